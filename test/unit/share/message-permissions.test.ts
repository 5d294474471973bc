import { expect, test } from 'vitest';
import { permissionsFor, permissionsSchema } from '../../../src/main/core/share/message-permissions.ts';

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
