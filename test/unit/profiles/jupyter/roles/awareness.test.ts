import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Presence,
  readAwareness,
  writeAwareness,
} from '../../../../../src/main/core/profiles/jupyter/roles/awareness.ts';

const user = { username: 'ada', name: 'Ada', display_name: 'Ada', initials: 'A', color: '#123456' };

function said(presence: Presence, state: unknown, id = 1): unknown {
  return presence.own([{ id, clock: 1, state }])?.state;
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
      const presence = new Presence();
      presence.seen(entries ?? []);
      const own = presence.own(entries ?? []);
      expect(own === null || own.state === null || typeof own.state === 'object').toBe(true);
    }),
    { numRuns: 3000 },
  );
  for (const hex of ['', '01', '0101', '010101', '01010101', '0101010178', 'ff7f', '0000', '010101025b5b']) {
    expect([hex, readAwareness(Buffer.from(hex, 'hex'))]).toEqual([hex, null]);
  }
});

test('the first number is the own one, unless somebody else has it', () => {
  const presence = new Presence();
  presence.seen([{ id: 7, clock: 1, state: { user } }]);
  expect(said(presence, { user }, 7)).toBeUndefined();
  expect(said(presence, { user }, 1)).toMatchObject({ user });
  expect(said(presence, { user }, 2)).toBeUndefined();
  expect(said(presence, null, 7)).toBeUndefined();
  expect(said(presence, null, 1)).toBeNull();
  // What a client hears it repeats, its own among it.
  const mixed = [7, 1].map(id => ({ id, clock: 2, state: { user } }));
  expect(presence.own(mixed)?.id).toBe(1);
});

test('several at once are nobody until the number is known', () => {
  const presence = new Presence();
  expect(presence.own([1, 2].map(id => ({ id, clock: 1, state: { user } })))).toBeNull();
  expect(presence.own([])).toBeNull();
});

test.each([5, 'x', true, [], [1]])('%j is no state', state => {
  expect(said(new Presence(), state)).toBeUndefined();
});

test('only known fields are said again', () => {
  const cursor = {
    anchor: { type: { client: 1, clock: 2 }, assoc: 0 },
    head: { tname: 'source' },
    primary: true,
  };
  const state = {
    user: { ...user, avatar_url: 'https://evil.example/', html: '<b>' },
    cursors: [{ ...cursor, evil: 1 }],
    evil: 1,
    current: 'notebook:RTC:a.ipynb',
  };
  expect(said(new Presence(), state)).toEqual({
    user,
    cursors: [cursor],
    current: 'notebook:RTC:a.ipynb',
    autosave: true,
    gatehouse: 'viewer',
  });
  for (const bad of [5, { name: 5 }, { ...user, name: 'x'.repeat(201) }]) {
    expect(said(new Presence(), { user: bad })).not.toHaveProperty('user.name');
  }
  for (const color of ['url(http://evil.example)', 'red;background:url(x)', 'expression(1)', 5]) {
    expect(said(new Presence(), { user: { ...user, color } })).toHaveProperty('user.color', null);
  }
  expect(said(new Presence(), { user, cursors: [{ anchor: 'x' }] })).not.toHaveProperty('cursors.0');
});

test("a viewer's presence does not change what is saved", () => {
  const cases: [others: unknown[], expected: boolean][] = [
    [[], true],
    [[{ user, autosave: false }], false],
    [[{ user, autosave: true }], true],
    [[{ user }], true],
    [
      [
        { user, autosave: false },
        { user, autosave: true },
      ],
      true,
    ],
    // Another viewer does not count, whatever it says.
    [
      [
        { gatehouse: 'viewer', autosave: true },
        { user, autosave: false },
      ],
      false,
    ],
    [[{ gatehouse: 'viewer', autosave: false }], true],
  ];
  for (const [others, expected] of cases) {
    const presence = new Presence();
    presence.seen(others.map((state, index) => ({ id: 100 + index, clock: 1, state })));
    expect([others, said(presence, { user, autosave: !expected })]).toMatchObject([
      others,
      { autosave: expected },
    ]);
  }
  const presence = new Presence();
  presence.seen([{ id: 9, clock: 1, state: { autosave: false } }]);
  presence.seen([{ id: 9, clock: 2, state: null }]);
  expect(said(presence, { user })).toMatchObject({ autosave: true });
});

test('a crowd takes no memory without end', () => {
  const presence = new Presence();
  for (let id = 10; id < 5000; id++) presence.seen([{ id, clock: 1, state: { autosave: false } }]);
  // Whoever came after the thousandth is not remembered, so its number counts as free.
  expect(said(presence, { user }, 20)).toBeUndefined();
  expect(said(presence, { user }, 4999)).toBeDefined();
});
