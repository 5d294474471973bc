import { expect, test } from 'vitest';
import { Secret } from '../../../../src/main/core/secret.ts';
import { noLine, sealLine, signHead } from '../../../../src/main/core/share/audit/audit-chain.ts';
import { freshHead, resume } from '../../../../src/main/core/share/audit/audit-resume.ts';
import type { AuditKey } from '../../../../src/main/core/share/ledger/retired-keys.ts';

const key: AuditKey = { id: 'mine', key: new Secret(Buffer.alloc(32, 1)) };
const other: AuditKey = { id: 'other', key: new Secret(Buffer.alloc(32, 2)) };
const one = sealLine(noLine, 0, { event: 'a' }, key);
const two = sealLine(one.end, 0, { event: 'b' }, key);
const whole = `${one.text}\n${two.text}\n`;
const head = signHead({ ...two.end, from: 1 }, key);

test.each<[string, string | null, string | null, object]>([
  ['nothing', null, null, { end: noLine, events: [{ event: 'chain-started' }], foreign: false }],
  ['a whole log', whole, head, { end: two.end, before: '', events: [] }],
  ['one that lacks its last line end', whole.trimEnd(), head, { end: two.end, before: '\n', events: [] }],
  [
    'half a line',
    `${whole}{"n":3`,
    head,
    { end: two.end, before: '\n', events: [{ event: 'torn', bytes: 6 }] },
  ],
  ['half a line, closed', `${whole}{"n":3\n`, head, { before: '', events: [{ event: 'torn', bytes: 6 }] }],
  ['a count that is behind', whole, signHead({ ...one.end, from: 1 }, key), { end: two.end, events: [] }],
  [
    'a cut',
    `${one.text}\n`,
    head,
    { end: { n: 2, mac: one.end.mac }, events: [{ event: 'cut-found', expected: 2, found: 1 }] },
  ],
  ['no count', whole, null, { end: two.end, events: [{ event: 'cut-found', expected: null, found: 2 }] }],
  [
    'a count of another',
    whole,
    signHead({ ...two.end, from: 1 }, other),
    { events: [{ event: 'cut-found' }] },
  ],
  [
    'a count and no log',
    null,
    head,
    { end: { n: 2, mac: '' }, events: [{ event: 'cut-found', found: 0 }, { event: 'chain-started' }] },
  ],
  [
    'a fresh count and no log',
    null,
    signHead(freshHead, key),
    { end: noLine, events: [{ event: 'chain-started' }] },
  ],
  [
    'the log of another',
    sealLine(noLine, 0, { event: 'a' }, other).text,
    null,
    { end: noLine, foreign: true },
  ],
])('%s', (_name, text, kept, wanted) => {
  const files = text === null ? [] : [{ name: 'audit.jsonl', text }];
  expect(resume(files, [key], [kept, null])).toMatchObject(wanted);
});

test('a crash between two files goes on from the full one', () => {
  const files = [
    { name: 'audit.000001.jsonl', text: whole },
    { name: 'audit.jsonl', text: '' },
  ];
  expect(resume(files, [key], [head])).toMatchObject({ end: two.end, events: [], before: '' });
});
