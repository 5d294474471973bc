import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mintSecret, Secret } from '../../../../src/main/core/secret.ts';
import {
  addLink,
  ledgerStateText,
  emptyLedgerState,
  readLedgerState,
  redeem,
  revoke,
  revokeAll,
  settle,
  type LedgerState,
} from '../../../../src/main/core/share/ledger/ledger-state.ts';
import {
  findGuestSession,
  sessionKey,
  type GuestSessionLimits,
} from '../../../../src/main/core/share/ledger/guest-sessions.ts';
import { deriveKeys, keptHash } from '../../../../src/main/core/share/ledger/installation-key.ts';
import { makeLink } from '../../../../src/main/core/share/ledger/link.ts';
import { hashingOf, retire } from '../../../../src/main/core/share/ledger/retired-keys.ts';
import { steadyClock } from '../../../../src/main/core/share/ledger/steady-clock.ts';

const keys = deriveKeys(new Secret('installation'));
const next = deriveKeys(new Secret('next'));
const limits: GuestSessionLimits = { idleMs: 50_000, absoluteMs: 500_000, perLink: 4, total: 9 };
const facts = { name: 'Ada', address: '::1', browser: '' };

/** What the book should say, kept by somebody who only counts. */
interface Expected {
  readonly id: string;
  readonly secret: string;
  readonly approval: boolean;
  readonly endsAt: number;
  left: number;
  revoked: boolean;
  readonly cookies: string[];
}

const link = fc.nat(3);
const move = fc.oneof(
  fc.record({
    do: fc.constant('make' as const),
    life: fc.integer({ min: 60_000, max: 200_000 }),
    uses: fc.option(fc.integer({ min: 1, max: 3 })),
    approval: fc.boolean(),
  }),
  fc.record({ do: fc.constant('join' as const), link, approved: fc.boolean(), wrong: fc.boolean() }),
  fc.record({ do: fc.constant('revoke' as const), link }),
  fc.record({ do: fc.constant('pass' as const), by: fc.integer({ min: 0, max: 120_000 }) }),
  fc.record({ do: fc.constant('set-clock' as const), to: fc.integer({ min: 0, max: 4_000_000 }) }),
  fc.record({ do: fc.constant('settle' as const) }),
  fc.record({ do: fc.constant('restart' as const) }),
  fc.record({ do: fc.constant('rekey' as const) }),
);

test('no sequence of makes, joins, revokes, restarts, new keys and moved clocks opens what is over', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), moves => {
      let ledgerState = emptyLedgerState();
      let newest = keys;
      let wall = 1_000_000;
      let run = 0;
      const clock = (): (() => number) =>
        steadyClock(
          () => wall,
          () => run,
          ledgerState.mark,
        );
      let now = clock();
      const expected: Expected[] = [];
      for (const step of moves) {
        const at = now();
        const one = 'link' in step ? expected[step.link] : undefined;
        if (step.do === 'make') {
          const id = `aaaaaaaaaaa${'abcdefghijklmnopqrstuvwxyz234567abcdefghi'.charAt(expected.length)}`;
          if (expected.length >= 32) continue;
          const secret = mintSecret();
          const request = { label: 'x', role: 'viewer' as const, serverId: 's', madeBy: 'me' };
          const made = makeLink(
            at,
            id,
            { ...request, lifeMs: step.life, uses: step.uses, approval: step.approval },
            keptHash(newest, id, secret),
          );
          expect(addLink(ledgerState, made)).toBe(true);
          const left = step.uses ?? Infinity;
          const { approval } = step;
          expected.push({
            id,
            secret: secret.reveal(),
            approval,
            endsAt: at + step.life,
            left,
            revoked: false,
            cookies: [],
          });
        } else if (step.do === 'join' && one !== undefined) {
          const cookie = mintSecret();
          const verdict = redeem(
            ledgerState,
            at,
            {
              id: one.id,
              secret: step.wrong ? mintSecret().reveal() : one.secret,
              approved: step.approved,
              guest: facts,
            },
            cookie,
            hashingOf(newest, ledgerState.retired),
            limits,
          );
          const may =
            !step.wrong &&
            !one.revoked &&
            at < one.endsAt &&
            one.left > 0 &&
            (step.approved || !one.approval);
          // A full table may refuse who might come in; nothing ever lets in who may not.
          if (verdict.open) {
            expect(may).toBe(true);
            one.left -= 1;
            one.cookies.push(cookie.reveal());
          } else if (may) expect(verdict.reason).toBe('too-many-guests');
        } else if (step.do === 'revoke' && one !== undefined) {
          revoke(ledgerState, at, one.id);
          one.revoked = true;
        } else if (step.do === 'pass') {
          wall += step.by;
          run += step.by;
        } else if (step.do === 'set-clock') wall = step.to;
        else if (step.do === 'settle') settle(ledgerState, at, limits);
        else if (step.do === 'rekey') {
          const to = newest === keys ? next : keys;
          ledgerState.retired = retire(ledgerState.retired, newest, to);
          newest = to;
        } else if (step.do === 'restart') {
          settle(ledgerState, at, limits);
          ledgerState = readLedgerState(ledgerStateText(ledgerState));
          run = 0;
          now = clock();
        }
        everyCookieIsRight(ledgerState, expected, now());
      }
    }),
    { numRuns: 300 },
  );
});

function everyCookieIsRight(ledgerState: LedgerState, expected: readonly Expected[], at: number): void {
  for (const one of expected) {
    for (const cookie of one.cookies) {
      const verdict = findGuestSession(
        ledgerState.guests,
        ledgerState.links,
        at,
        sessionKey(cookie),
        's',
        limits,
      );
      if (verdict.open) expect(!one.revoked && at < one.endsAt).toBe(true);
    }
  }
}

function bookWith(count: number): { ledgerState: LedgerState; secret: Secret<string> } {
  const ledgerState = emptyLedgerState();
  const secret = mintSecret();
  for (let index = 0; index < count; index++) {
    const id = `aaaaaaaaaaa${'abcdefgh'.charAt(index)}`;
    const request = { label: 'Jürgen 日本', role: 'full' as const, serverId: `s${index}`, madeBy: 'me' };
    addLink(ledgerState, makeLink(1000, id, request, keptHash(keys, id, secret)));
  }
  return { ledgerState, secret };
}

test('a book reads back as it was written', () => {
  const { ledgerState, secret } = bookWith(3);
  const hashing = hashingOf(keys, []);
  const asked = { id: 'aaaaaaaaaaaa', secret: secret.reveal(), approved: false, guest: facts };
  redeem(ledgerState, 2000, asked, mintSecret(), hashing, limits);
  ledgerState.retired = retire([], keys, next);
  expect(readLedgerState(ledgerStateText(ledgerState))).toEqual(ledgerState);
});

test.each([
  ['nothing', ''],
  ['another thing', '{}'],
  ['a link too many fields', ledgerStateText(bookWith(1).ledgerState).replace('"label"', '"more":1,"label"')],
  ['a role that is none', ledgerStateText(bookWith(1).ledgerState).replace('"full"', '"owner"')],
  ['one link twice', ledgerStateText(bookWith(2).ledgerState).replace('aaaaaaaaaaab', 'aaaaaaaaaaaa')],
])('%s is no book', (_name, text) =>
  expect(() => readLedgerState(text)).toThrow(/JSON|nvalid|nrecognized|twice/),
);

test('an id is given once', () => {
  const { ledgerState } = bookWith(1);
  const [link] = ledgerState.links.values();
  expect(addLink(ledgerState, link!)).toBe(false);
});

test('revoking twice keeps the first time, and an unknown link is none', () => {
  const { ledgerState } = bookWith(1);
  expect(revoke(ledgerState, 5000, 'aaaaaaaaaaaa')).toEqual([]);
  expect(revoke(ledgerState, 6000, 'aaaaaaaaaaaa')).toEqual([]);
  expect(ledgerState.links.get('aaaaaaaaaaaa')?.revokedAt).toBe(5000);
  expect(revoke(ledgerState, 5000, 'bbbbbbbbbbbb')).toBeNull();
});

test('what ended is forgotten after 30 days, and is unknown then', () => {
  const { ledgerState, secret } = bookWith(2);
  revokeAll(ledgerState, 5000, 's0');
  settle(ledgerState, 5000 + 29 * 86_400_000, limits);
  expect(ledgerState.links.size).toBe(2);
  settle(ledgerState, 5000 + 30 * 86_400_000, limits);
  expect([...ledgerState.links.keys()]).toEqual(['aaaaaaaaaaab']);
  const asked = { id: 'aaaaaaaaaaaa', secret: secret.reveal(), approved: false, guest: facts };
  expect(redeem(ledgerState, 5000, asked, mintSecret(), hashingOf(keys, []), limits)).toEqual({
    open: false,
    reason: 'unknown',
  });
});

test('a used link moves to the newest key, and the old key goes with the last link that needs it', () => {
  const { ledgerState, secret } = bookWith(1);
  ledgerState.retired = retire([], keys, next);
  settle(ledgerState, 2000, limits);
  expect(ledgerState.retired[0]?.links).not.toBeNull();
  const asked = { id: 'aaaaaaaaaaaa', secret: secret.reveal(), approved: false, guest: facts };
  expect(
    redeem(ledgerState, 2000, asked, mintSecret(), hashingOf(next, ledgerState.retired), limits).open,
  ).toBe(true);
  settle(ledgerState, 2000, limits);
  expect(ledgerState.retired).toEqual([expect.objectContaining({ id: keys.id, links: null })]);
  expect(
    redeem(ledgerState, 2000, asked, mintSecret(), hashingOf(next, ledgerState.retired), limits).open,
  ).toBe(true);
});

test('a full table refuses the newcomer, of one link or of all, and throws nobody out', () => {
  const { ledgerState, secret } = bookWith(4);
  const join = (id: string): string => {
    const asked = { id, secret: secret.reveal(), approved: false, guest: facts };
    const verdict = redeem(ledgerState, 2000, asked, mintSecret(), hashingOf(keys, []), limits);
    return verdict.open ? 'in' : verdict.reason;
  };
  expect(['a', 'a', 'a', 'a', 'a'].map(last => join(`aaaaaaaaaaa${last}`))).toEqual([
    'in',
    'in',
    'in',
    'in',
    'too-many-guests',
  ]);
  expect(['b', 'b', 'b', 'b', 'c', 'd'].map(last => join(`aaaaaaaaaaa${last}`))).toEqual([
    'in',
    'in',
    'in',
    'in',
    'in',
    'too-many-guests',
  ]);
  expect(ledgerState.guests.size).toBe(9);
});
