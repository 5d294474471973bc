import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secret } from '../../../../src/main/core/secret.ts';
import {
  digestOfPiece,
  noLine,
  sealLine,
  signHead,
  type ChainEnd,
} from '../../../../src/main/core/share/audit/audit-chain.ts';
import { verify, type AuditFile } from '../../../../src/main/core/share/audit/audit-verify.ts';
import type { AuditKey } from '../../../../src/main/core/share/ledger/retired-keys.ts';

const key = (name: string): AuditKey => ({ id: name, key: new Secret(Buffer.alloc(32, name)) });
const [old, now, foreign] = [key('old'), key('now'), key('foreign')];

interface Chain {
  readonly lines: string[];
  end: ChainEnd;
}

function chainOf(count: number, signer: AuditKey = now): Chain {
  const chain: Chain = { lines: [], end: noLine };
  for (let index = 0; index < count; index++) add(chain, { event: 'joined', name: `guest ${index}` }, signer);
  return chain;
}

function add(chain: Chain, event: { event: string; [field: string]: unknown }, signer: AuditKey = now): void {
  const { text, end } = sealLine(chain.end, 1000, event, signer);
  chain.lines.push(text);
  chain.end = end;
}

const fileOf = (lines: readonly string[], name = 'audit.jsonl'): AuditFile => ({
  name,
  text: lines.map(line => `${line}\n`).join(''),
});
const headOf = (chain: Chain, from = 1, signer = now): string => signHead({ ...chain.end, from }, signer);

function check(lines: readonly string[], head: string | null): string {
  const verdict = verify([fileOf(lines)], [old, now], [head]);
  return verdict.whole ? `whole ${verdict.lines}` : `${verdict.reason} ${verdict.line}`;
}

test('a log as it was written is whole, in one file or in three', () => {
  const chain = chainOf(9);
  expect(check(chain.lines, headOf(chain))).toBe('whole 9');
  const files = [
    fileOf(chain.lines.slice(0, 3), 'a'),
    fileOf(chain.lines.slice(3, 6), 'b'),
    fileOf(chain.lines.slice(6)),
  ];
  expect(verify(files, [now], [headOf(chain)])).toEqual({ whole: true, lines: 9 });
});

test('nothing at all is whole; a log without its count is not', () => {
  expect(verify([], [now], [null])).toEqual({ whole: true, lines: 0 });
  expect(check(chainOf(2).lines, null)).toBe('no-count 1');
  expect(check(chainOf(2).lines, headOf(chainOf(2), 1, foreign))).toBe('no-count 1');
});

const chain = chainOf(6);
const head = headOf(chain);
const [first = '', second = '', third = ''] = chain.lines;
const forged = sealLine(chain.end, 1000, { event: 'joined' }, foreign).text;
test.each<[string, string[], string]>([
  ['the end cut off', chain.lines.slice(0, 5), 'cut 6'],
  ['everything cut off', [], 'cut 1'],
  ['the beginning cut off', chain.lines.slice(1), 'beginning-missing 1'],
  ['a line removed', chain.lines.toSpliced(2, 1), 'removed 3'],
  ['two lines swapped', chain.lines.toSpliced(0, 2, second, first), 'beginning-missing 1'],
  ['two later lines swapped', chain.lines.toSpliced(1, 2, third, second), 'removed 2'],
  ['a line twice', chain.lines.toSpliced(2, 0, second), 'reordered 3'],
  ['a name changed', chain.lines.toSpliced(2, 1, third.replace('guest 2', 'guest 3')), 'changed 3'],
  [
    'the seal of a line changed',
    chain.lines.toSpliced(2, 1, third.replace(/.{5}"}$/, 'AAAAA"}')),
    'changed 3',
  ],
  ['an empty line', chain.lines.toSpliced(2, 0, ''), 'changed 3'],
  ['a line of another key at the end', [...chain.lines, forged], 'changed 7'],
  ['a line of another chain', chain.lines.toSpliced(2, 1, chainOf(4, old).lines[2] ?? ''), 'removed 3'],
])('attack: %s', (_name, lines, wanted) => expect(check(lines, head)).toBe(wanted));

test('attack: a line signed with a key that had been rotated away', () => {
  const mixed = chainOf(2, old);
  add(mixed, { event: 'key-changed' });
  expect(check(mixed.lines, headOf(mixed))).toBe('whole 3');
  add(mixed, { event: 'joined' }, old);
  expect(check(mixed.lines, headOf(mixed))).toBe('old-key 4');
});

test('attack: who knows a key that was rotated away rewrites the lines of its time', () => {
  const mixed = chainOf(3, old);
  add(mixed, { event: 'key-changed' });
  const other = chainOf(1, old);
  add(other, { event: 'joined', name: 'nobody' }, old);
  add(other, { event: 'joined', name: 'nobody' }, old);
  expect(check([...other.lines, mixed.lines[3] ?? ''], headOf(mixed))).toBe('removed 4');
});

test('old lines may go by rotation, as far as the count says', () => {
  expect(check(chain.lines.slice(3), headOf(chain, 4))).toBe('whole 3');
  expect(check(chain.lines.slice(3), headOf(chain, 3))).toBe('beginning-missing 1');
});

test('the count that has seen most is believed', () => {
  const early = headOf(chainOf(2));
  const verdict = verify([fileOf(chain.lines.slice(0, 2))], [now], [early, head]);
  expect(verdict).toMatchObject({ whole: false, reason: 'cut' });
});

test('a line that a crash cut is no fault once it is told of, and only then', () => {
  const torn = chainOf(2);
  const piece = '{"n":3,"at":"2026-1';
  expect(verify([{ name: 'f', text: `${torn.lines.join('\n')}\n${piece}` }], [now], [headOf(torn)])).toEqual({
    whole: true,
    lines: 2,
  });
  expect(check([...torn.lines, piece], headOf(torn))).toBe('changed 3');
  add(torn, { event: 'torn', bytes: piece.length, digest: digestOfPiece(piece) });
  expect(check(torn.lines.toSpliced(2, 0, piece), headOf(torn))).toBe('whole 3');
  expect(check(torn.lines.toSpliced(2, 0, `${piece}0`), headOf(torn))).toBe('changed 3');
  expect(check(torn.lines, headOf(torn))).toBe('removed 3');
});

test('a cut that was found when the log was opened stays a fault', () => {
  const cut = chainOf(2);
  add(cut, { event: 'cut-found' });
  add(cut, { event: 'joined' });
  expect(check(cut.lines, headOf(cut))).toBe('cut 3');
});

const attack = fc.oneof(
  fc.record({ do: fc.constant('remove' as const), at: fc.nat() }),
  fc.record({ do: fc.constant('swap' as const), at: fc.nat(), with: fc.nat() }),
  fc.record({ do: fc.constant('insert' as const), at: fc.nat(), text: fc.string() }),
  fc.record({ do: fc.constant('repeat' as const), at: fc.nat(), of: fc.nat() }),
  fc.record({
    do: fc.constant('change' as const),
    at: fc.nat(),
    byte: fc.nat(),
    to: fc.integer({ min: 32, max: 126 }),
  }),
);

test('any one line that is changed, removed, inserted, repeated or moved shows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), attack, (count, attack) => {
      const { lines, end } = chainOf(count);
      const at = attack.at % count;
      const before = [...lines];
      const line = lines[at] ?? '';
      if (attack.do === 'remove') lines.splice(at, 1);
      else if (attack.do === 'insert') lines.splice(at, 0, attack.text.replaceAll('\n', ''));
      else if (attack.do === 'repeat') lines.splice(at, 0, lines[attack.of % count] ?? '');
      else if (attack.do === 'swap') {
        const other = attack.with % count;
        lines[at] = lines[other] ?? '';
        lines[other] = line;
      } else {
        const place = attack.byte % line.length;
        lines[at] = line.slice(0, place) + String.fromCharCode(attack.to) + line.slice(place + 1);
      }
      fc.pre(lines.join('\n') !== before.join('\n'));
      expect(verify([fileOf(lines)], [now], [signHead({ ...end, from: 1 }, now)]).whole).toBe(false);
    }),
    { numRuns: 500 },
  );
});
