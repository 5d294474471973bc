import { expect, test } from 'vitest';
import {
  addLink,
  ledgerStateText,
  emptyLedgerState,
  readLedgerState,
  redeem,
} from '../../../../src/main/core/share/ledger/ledger-state.ts';
import { deriveKeys, keptHash } from '../../../../src/main/core/share/ledger/installation-key.ts';
import { makeLink } from '../../../../src/main/core/share/ledger/link.ts';
import { hashingOf } from '../../../../src/main/core/share/ledger/retired-keys.ts';
import { mintSecret, Secret } from '../../../../src/main/core/secret.ts';
import {
  permissionsFor,
  permissionsSchema,
} from '../../../../src/main/core/share/ledger/message-permissions.ts';

const messages = {
  presets: { viewer: { send: [], receive: ['*'] }, editor: { send: ['speak'], receive: ['speak'] } },
  refuse: (role: string, { send }: { send: readonly string[] }) =>
    role === 'viewer' && send.length > 0 ? 'A viewer sends nothing.' : null,
  runsCode: () => false,
};

test('what its owner says stands in the place of what the role means', () => {
  expect(permissionsFor({ messages }, { role: 'viewer' })).toEqual({ send: [], receive: ['*'] });
  expect(permissionsFor({ messages }, { role: 'editor', send: ['a.b'] })).toEqual({
    send: ['a.b'],
    receive: ['speak'],
  });
  expect(permissionsFor({ messages }, { role: 'editor', send: [], receive: ['a:*', 'b.*', '*'] })).toEqual({
    send: [],
    receive: ['a:*', 'b.*', '*'],
  });
  expect(permissionsFor({}, { role: 'editor' })).toBeNull();
  expect(permissionsFor({ messages }, { role: 'full' })).toBeNull();
});

test.each(['', 'a b', 'a,b', 'a*', '*.a', 'a.*.b', '**', 'a\u0000', 'a\u202e', '"a"', 'x'.repeat(201)])(
  'no type: %j',
  type => {
    for (const asked of [{ send: [type] }, { receive: [type] }]) {
      expect(() => permissionsFor({ messages }, { role: 'editor', ...asked })).toThrow(
        /characters that no type has/,
      );
    }
  },
);

test('what the role forbids, and a server without types, are refused in words', () => {
  expect(() => permissionsFor({ messages }, { role: 'viewer', send: ['speak'] })).toThrow(
    'A viewer sends nothing.',
  );
  expect(() => permissionsFor({}, { role: 'viewer', receive: ['speak'] })).toThrow(/one by one/);
});

test('a link that was kept before there were permissions has none', () => {
  expect(permissionsSchema.parse(undefined)).toBeNull();
  expect(permissionsSchema.parse(null)).toBeNull();
  expect(permissionsSchema.safeParse({ send: ['*'], receive: [], more: 1 }).success).toBe(false);
});

test('a book from before links permitted types of messages is read, and its links and guests permit none', () => {
  const keys = deriveKeys(new Secret('installation'));
  const limits = { idleMs: 50_000, absoluteMs: 500_000, perLink: 4, total: 9 };
  const facts = { name: 'Ada', address: '::1', browser: '' };
  const ledgerState = emptyLedgerState();
  const permissions = { send: ['speak'], receive: [] };
  const request = { label: 'Ada', role: 'viewer', serverId: 'thesis', madeBy: 'mira', permissions } as const;
  const secret = mintSecret();
  const id = 'abcdefghijkl';
  addLink(ledgerState, makeLink(1000, id, request, keptHash(keys, id, secret)));
  const hashing = hashingOf(keys, []);
  redeem(
    ledgerState,
    2000,
    { id, secret: secret.reveal(), approved: false, guest: facts },
    mintSecret(),
    hashing,
    limits,
  );
  const kept = readLedgerState(ledgerStateText(ledgerState));
  expect(kept.links.get(id)?.permissions).toEqual(permissions);
  expect([...kept.guests.values()].map(guest => guest.permissions)).toEqual([permissions]);
  const before = ledgerStateText(ledgerState).replaceAll(/,"permissions":\{[^}]*\}/g, '');
  expect(before).not.toContain('permissions');
  const old = readLedgerState(before);
  expect(old.links.get(id)?.permissions).toBeNull();
  expect([...old.guests.values()].map(guest => guest.permissions)).toEqual([null]);
});
