import { beforeEach, expect, test } from 'vitest';
import {
  openToolSessions,
  type ToolSessions,
} from '../../../../src/main/core/gateway/guest/tool-sessions.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import type { JoinAnswer } from '../../../../src/main/core/share-ports.ts';

const token = `abcdefghijkl.${'s'.repeat(43)}`;
let joins: string[] = [];
let over = new Set<string>();
let answer: 'in' | 'no' | 'fails' = 'in';
let tools: ToolSessions;

const sessionOf = (id: string) => ({
  id,
  link: 'l',
  role: 'viewer' as const,
  name: '',
  endsAt: 1,
  permissions: null,
});

beforeEach(() => {
  joins = [];
  over = new Set();
  answer = 'in';
  tools = openToolSessions(
    cookie =>
      over.has(cookie) ? { open: false, reason: 'revoked' } : { open: true, session: sessionOf(cookie) },
    async (id, secret, address): Promise<JoinAnswer> => {
      joins.push(`${id} ${secret} ${address}`);
      if (answer === 'fails') throw new Error('disk');
      const cookie = `cookie ${joins.length}`;
      return answer === 'in'
        ? { kind: 'in', session: sessionOf(cookie), cookie: new Secret(cookie), opens: null }
        : { kind: 'no', reason: 'used-up' };
    },
    3,
  );
});

test('many requests spend one use', async () => {
  expect(tools.find(token, '10.0.0.1')).toBeNull();
  await Promise.all([1, 2, 3].map(() => tools.redeem(token, '10.0.0.1')));
  expect(joins).toEqual([`abcdefghijkl ${'s'.repeat(43)} 10.0.0.1`]);
  expect(tools.find(token, '10.0.0.1')).toMatchObject({ open: true, session: { id: 'cookie 1' } });
  expect(tools.cookie(token, '10.0.0.1')).toBe('cookie 1');
});

test('another address is another person', async () => {
  await tools.redeem(token, '10.0.0.1');
  expect(tools.find(token, '10.0.0.2')).toBeNull();
  await tools.redeem(token, '10.0.0.2');
  expect(joins).toHaveLength(2);
});

test('a session that is over is forgotten, and may be opened again', async () => {
  await tools.redeem(token, '10.0.0.1');
  over.add('cookie 1');
  expect(tools.find(token, '10.0.0.1')).toBeNull();
  expect(tools.cookie(token, '10.0.0.1')).toBeNull();
  await tools.redeem(token, '10.0.0.1');
  expect(tools.find(token, '10.0.0.1')).toMatchObject({ open: true });
});

test.each(['no', 'fails'] as const)('a redemption that %s leaves nothing behind', async how => {
  answer = how;
  await tools.redeem(token, '10.0.0.1').catch(() => null);
  expect(tools.find(token, '10.0.0.1')).toBeNull();
  answer = 'in';
  await tools.redeem(token, '10.0.0.1');
  expect(joins).toHaveLength(2);
});

test('the oldest makes room', async () => {
  for (const address of ['1', '2', '3', '4']) await tools.redeem(token, address);
  expect(['1', '2', '3', '4'].map(address => tools.cookie(token, address) !== null)).toEqual([
    false,
    true,
    true,
    true,
  ]);
});

test('attack: one link that is used from many addresses pushes out no session of another link', async () => {
  const other = `bbbbbbbbbbbb.${'s'.repeat(43)}`;
  await tools.redeem(other, '10.0.0.1');
  for (let host = 0; host < 50; host++) await tools.redeem(token, `10.0.1.${host}`);
  expect(tools.find(other, '10.0.0.1')).toMatchObject({ open: true });
  expect(tools.cookie(token, '10.0.1.0')).toBeNull();
  expect(tools.cookie(token, '10.0.1.49')).not.toBeNull();
});
