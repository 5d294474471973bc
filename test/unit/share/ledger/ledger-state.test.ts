import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mintSecret, Secret } from '../../../../src/main/core/secret.ts';
import {
  addLink,
  bookText,
  emptyBook,
  readBook,
  redeem,
  revoke,
  revokeAll,
  settle,
  type Book,
} from '../../../../src/main/core/share/ledger/ledger-state.ts';
import {
  findGuest,
  guestKey,
  type GuestLimits,
} from '../../../../src/main/core/share/ledger/guest-sessions.ts';
import { deriveKeys, keptHash } from '../../../../src/main/core/share/ledger/installation-key.ts';
import { makeLink } from '../../../../src/main/core/share/ledger/link.ts';
import { hashingOf, retire } from '../../../../src/main/core/share/ledger/retired-keys.ts';
import { steadyClock } from '../../../../src/main/core/share/ledger/steady-clock.ts';

const keys = deriveKeys(new Secret('installation'));
const next = deriveKeys(new Secret('next'));
const limits: GuestLimits = { idleMs: 50_000, absoluteMs: 500_000, each: 4, all: 9 };
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
      let book = emptyBook();
      let newest = keys;
      let wall = 1_000_000;
      let run = 0;
      const clock = (): (() => number) =>
        steadyClock(
          () => wall,
          () => run,
          book.mark,
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
          expect(addLink(book, made)).toBe(true);
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
            book,
            at,
            {
              id: one.id,
              secret: step.wrong ? mintSecret().reveal() : one.secret,
              approved: step.approved,
              guest: facts,
            },
            cookie,
            hashingOf(newest, book.retired),
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
          revoke(book, at, one.id);
          one.revoked = true;
        } else if (step.do === 'pass') {
          wall += step.by;
          run += step.by;
        } else if (step.do === 'set-clock') wall = step.to;
        else if (step.do === 'settle') settle(book, at, limits);
        else if (step.do === 'rekey') {
          const to = newest === keys ? next : keys;
          book.retired = retire(book.retired, newest, to);
          newest = to;
        } else if (step.do === 'restart') {
          settle(book, at, limits);
          book = readBook(bookText(book));
          run = 0;
          now = clock();
        }
        everyCookieIsRight(book, expected, now());
      }
    }),
    { numRuns: 300 },
  );
});

function everyCookieIsRight(book: Book, expected: readonly Expected[], at: number): void {
  for (const one of expected) {
    for (const cookie of one.cookies) {
      const verdict = findGuest(book.guests, book.links, at, guestKey(cookie), 's', limits);
      if (verdict.open) expect(!one.revoked && at < one.endsAt).toBe(true);
    }
  }
}

function bookWith(count: number): { book: Book; secret: Secret<string> } {
  const book = emptyBook();
  const secret = mintSecret();
  for (let index = 0; index < count; index++) {
    const id = `aaaaaaaaaaa${'abcdefgh'.charAt(index)}`;
    const request = { label: 'Jürgen 日本', role: 'full' as const, serverId: `s${index}`, madeBy: 'me' };
    addLink(book, makeLink(1000, id, request, keptHash(keys, id, secret)));
  }
  return { book, secret };
}

test('a book reads back as it was written', () => {
  const { book, secret } = bookWith(3);
  const hashing = hashingOf(keys, []);
  const asked = { id: 'aaaaaaaaaaaa', secret: secret.reveal(), approved: false, guest: facts };
  redeem(book, 2000, asked, mintSecret(), hashing, limits);
  book.retired = retire([], keys, next);
  expect(readBook(bookText(book))).toEqual(book);
});

test.each([
  ['nothing', ''],
  ['another thing', '{}'],
  ['a link too many fields', bookText(bookWith(1).book).replace('"label"', '"more":1,"label"')],
  ['a role that is none', bookText(bookWith(1).book).replace('"full"', '"owner"')],
  ['one link twice', bookText(bookWith(2).book).replace('aaaaaaaaaaab', 'aaaaaaaaaaaa')],
])('%s is no book', (_name, text) => expect(() => readBook(text)).toThrow(/JSON|nvalid|nrecognized|twice/));

test('an id is given once', () => {
  const { book } = bookWith(1);
  const [link] = book.links.values();
  expect(addLink(book, link!)).toBe(false);
});

test('revoking twice keeps the first time, and an unknown link is none', () => {
  const { book } = bookWith(1);
  expect(revoke(book, 5000, 'aaaaaaaaaaaa')).toEqual([]);
  expect(revoke(book, 6000, 'aaaaaaaaaaaa')).toEqual([]);
  expect(book.links.get('aaaaaaaaaaaa')?.revokedAt).toBe(5000);
  expect(revoke(book, 5000, 'bbbbbbbbbbbb')).toBeNull();
});

test('what ended is forgotten after 30 days, and is unknown then', () => {
  const { book, secret } = bookWith(2);
  revokeAll(book, 5000, 's0');
  settle(book, 5000 + 29 * 86_400_000, limits);
  expect(book.links.size).toBe(2);
  settle(book, 5000 + 30 * 86_400_000, limits);
  expect([...book.links.keys()]).toEqual(['aaaaaaaaaaab']);
  const asked = { id: 'aaaaaaaaaaaa', secret: secret.reveal(), approved: false, guest: facts };
  expect(redeem(book, 5000, asked, mintSecret(), hashingOf(keys, []), limits)).toEqual({
    open: false,
    reason: 'unknown',
  });
});

test('a used link moves to the newest key, and the old key goes with the last link that needs it', () => {
  const { book, secret } = bookWith(1);
  book.retired = retire([], keys, next);
  settle(book, 2000, limits);
  expect(book.retired[0]?.links).not.toBeNull();
  const asked = { id: 'aaaaaaaaaaaa', secret: secret.reveal(), approved: false, guest: facts };
  expect(redeem(book, 2000, asked, mintSecret(), hashingOf(next, book.retired), limits).open).toBe(true);
  settle(book, 2000, limits);
  expect(book.retired).toEqual([expect.objectContaining({ id: keys.id, links: null })]);
  expect(redeem(book, 2000, asked, mintSecret(), hashingOf(next, book.retired), limits).open).toBe(true);
});

test('a full table refuses the newcomer, of one link or of all, and throws nobody out', () => {
  const { book, secret } = bookWith(4);
  const join = (id: string): string => {
    const asked = { id, secret: secret.reveal(), approved: false, guest: facts };
    const verdict = redeem(book, 2000, asked, mintSecret(), hashingOf(keys, []), limits);
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
  expect(book.guests.size).toBe(9);
});
