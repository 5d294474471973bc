import { expect, test } from 'vitest';
import { Secret } from '../../../../src/main/core/secret.ts';
import {
  latestHead,
  noLine,
  readHead,
  readLine,
  sealLine,
  signHead,
} from '../../../../src/main/core/share/audit/audit-chain.ts';
import type { AuditKey } from '../../../../src/main/core/share/ledger/retired-keys.ts';

const key = (name: string): AuditKey => ({ id: name, key: new Secret(Buffer.alloc(32, name)) });
const [mine, other] = [key('mine'), key('other')];

test('a line is read as it was sealed, and the next one carries its seal', () => {
  const first = sealLine(noLine, 1000, { event: 'a', name: 'Jürgen' } as { event: string }, mine);
  const second = sealLine(first.end, 2000, { event: 'b' }, mine);
  expect(readLine(first.text, [other, mine])).toEqual({
    n: 1,
    at: '1970-01-01T00:00:01.000Z',
    event: 'a',
    prev: '',
    key: 1,
    mac: first.end.mac,
    fields: { name: 'Jürgen' },
  });
  expect(readLine(second.text, [mine])?.prev).toBe(first.end.mac);
});

test('an event cannot take the place of the number, the key or the seal', () => {
  const nasty = { event: 'a', mac: 'x', name: '","mac":"AAAA"}' } as { event: string };
  const { text, end } = sealLine(noLine, 0, nasty, mine);
  expect(readLine(text, [mine])).toMatchObject({ n: 1, mac: end.mac });
});

test.each([
  ['nothing', ''],
  ['no object', '[]'],
  ['no seal', '{"n":1,"at":"1970-01-01T00:00:00.000Z","event":"a","key":"mine","prev":""}'],
  ['a seal of another key', sealLine(noLine, 0, { event: 'a' }, other).text],
  ['a space more', `${sealLine(noLine, 0, { event: 'a' }, mine).text} `],
  ['another name of the key', sealLine(noLine, 0, { event: 'a' }, other).text.replace('other', 'mine')],
])('%s is no line', (_name, text) => expect(readLine(text, [mine])).toBeNull());

test('the count is believed only as it was signed', () => {
  const head = { n: 5, mac: 'x', from: 2 };
  const text = signHead(head, mine);
  expect(readHead(text, [other, mine])).toEqual(head);
  expect(readHead(text, [other])).toBeNull();
  expect(readHead(text.replace('"n":5', '"n":4'), [mine])).toBeNull();
  expect(readHead(text.replace('"from":2', '"from":3'), [mine])).toBeNull();
  for (const none of [null, '', '{}', 'x']) expect(readHead(none, [mine])).toBeNull();
});

test('a line cannot be passed off as a count, nor a count as a line', () => {
  expect(readHead(sealLine(noLine, 0, { event: 'a' }, mine).text, [mine])).toBeNull();
  expect(readLine(signHead({ ...noLine, from: 1 }, mine), [mine])).toBeNull();
});

test('of several counts the one counts that has seen most', () => {
  const heads = [null, { n: 3, mac: 'a', from: 1 }, { n: 7, mac: 'b', from: 1 }, null];
  expect(latestHead(heads)?.n).toBe(7);
  expect(latestHead([null])).toBeNull();
});
