import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  firstGuestNumber,
  Presence,
  readAwareness,
  writeAwareness,
  type AwarenessEntry,
} from '../../../../../src/main/core/profiles/jupyter/roles/awareness.ts';

const number = firstGuestNumber + 99;
const ada = {
  username: 'Ada (guest)',
  name: 'Ada (guest)',
  display_name: 'Ada (guest)',
  initials: 'A',
  color: null,
};
const newPresence = (): Presence => new Presence(number, 'Ada (guest)');

function said(presence: Presence, state: unknown, id = 1): unknown {
  return presence.said([{ id, clock: 1, state }])?.state;
}

test('what is written is read', () => {
  const entry = fc.record({ id: fc.maxSafeNat(), clock: fc.maxSafeNat(), state: fc.jsonValue() });
  fc.assert(
    fc.property(fc.array(entry), entries => {
      const plain = JSON.parse(JSON.stringify(entries)) as typeof entries;
      expect(readAwareness(writeAwareness(plain))).toEqual(plain);
    }),
  );
});

test('garbage is nothing and never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
      const entries = readAwareness(Buffer.from(bytes));
      const presence = newPresence();
      const own = presence.said(entries ?? []);
      presence.heard(entries ?? []);
      expect(own === null || own.state === null || typeof own.state === 'object').toBe(true);
    }),
    { numRuns: 3000 },
  );
  for (const hex of ['', '01', '0101', '010101', '01010101', '0101010178', 'ff7f', '0000', '010101025b5b']) {
    expect([hex, readAwareness(Buffer.from(hex, 'hex'))]).toEqual([hex, null]);
  }
});

test('whatever a viewer says and hears, it speaks under its own number, in its own name, of bounded size', () => {
  const id = fc.oneof(fc.nat(5), fc.constantFrom(number, number + 1), fc.maxSafeNat());
  const state = fc.oneof(
    fc.jsonValue(),
    fc.record({
      user: fc.oneof(
        fc.jsonValue(),
        fc.record(
          { name: fc.string(), username: fc.string(), color: fc.oneof(fc.string(), fc.constant('#123456')) },
          { requiredKeys: [] },
        ),
      ),
      current: fc.jsonValue(),
      documents: fc.oneof(fc.jsonValue(), fc.array(fc.string(), { maxLength: 100 })),
      autosave: fc.boolean(),
    }),
  );
  const entries = fc.array(fc.record({ id, clock: fc.maxSafeNat(), state }), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), entries), { maxLength: 10 }), messages => {
      const presence = newPresence();
      for (const [fromGuest, entries] of messages) {
        if (!fromGuest) {
          const heard: readonly AwarenessEntry[] = presence.heard(entries) ?? entries;
          // Of others nothing is invented.
          for (const { id, state } of heard) {
            expect(entries.some(one => (one.id === id || one.id === number) && one.state === state)).toBe(
              true,
            );
          }
          continue;
        }
        const out = presence.said(entries);
        if (out === null) continue;
        expect(out.id).toBe(number);
        if (out.state === null) continue;
        const { user, ...rest } = out.state as { user: { color: string | null } };
        expect({ ...user, color: null }).toEqual(ada);
        expect(Object.keys(rest).filter(key => key !== 'current' && key !== 'documents')).toEqual([]);
        expect(JSON.stringify(out.state).length).toBeLessThan(200_000);
        expect((user.color ?? '').length).toBeLessThan(80);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a number of the owner's that a viewer uses is the gateway's on the way", () => {
  const presence = newPresence();
  expect(presence.said([{ id: 41, clock: 9, state: { user: { name: 'The Owner' } } }])).toMatchObject({
    id: number,
    state: { user: ada },
  });
  expect(presence.said([{ id: 41, clock: 10, state: null }])).toEqual({ id: number, clock: 10, state: null });
});

test('one socket, one number; what a client repeats of others is left out', () => {
  const presence = newPresence();
  expect(presence.said([1, 2].map(id => ({ id, clock: 1, state: {} })))).toBeNull();
  expect(presence.said([])).toBeNull();
  expect(said(presence, {}, 1)).toMatchObject({ user: ada });
  expect(said(presence, {}, 2)).toBeUndefined();
  expect(presence.said([7, 1].map(id => ({ id, clock: 2, state: {} })))?.id).toBe(number);
});

test('a viewer hears of itself under the number that it knows', () => {
  const presence = newPresence();
  const other = { id: 7, clock: 1, state: { user: 'o' } };
  expect(presence.heard([{ id: number, clock: 1, state: {} }])).toBeNull();
  said(presence, {}, 1);
  expect(presence.heard([other])).toBeNull();
  expect(presence.heard([other, { id: number, clock: 3, state: { a: 1 } }])).toEqual([
    other,
    { id: 1, clock: 3, state: { a: 1 } },
  ]);
  // Whoever else has the number that this page took for itself.
  expect(presence.heard([other, { id: 1, clock: 3, state: null }])).toEqual([other]);
});

test.each([5, 'x', true, [], [1]])('%j is no state', state => {
  expect(said(newPresence(), state)).toBeUndefined();
});

test('only known fields are said again', () => {
  const user = { name: 'The Owner', color: '#123456', avatar_url: 'https://evil.example/', html: '<b>' };
  const state = { user, cursors: [{}], autosave: false, evil: 1, current: 'notebook:RTC:a.ipynb' };
  expect(said(newPresence(), state)).toEqual({
    user: { ...ada, color: '#123456' },
    current: 'notebook:RTC:a.ipynb',
  });
  for (const color of ['url(http://evil.example)', 'red;background:url(x)', 'expression(1)', 5]) {
    expect(said(newPresence(), { user: { color } })).toHaveProperty('user.color', null);
  }
  expect(said(newPresence(), { user: 5, current: 'x'.repeat(501), documents: Array(51).fill('x') })).toEqual({
    user: ada,
    current: null,
  });
});
