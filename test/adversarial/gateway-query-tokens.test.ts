import { afterAll, beforeAll, expect, test } from 'vitest';
import { attacks } from '../support/attacks.ts';
import { ask, openRoom, owner, token, type Room } from '../support/gateway.ts';
import { splitTokens } from '../../src/main/core/gateway/request/query.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

const cases = attacks('query-tokens.txt').map(line => {
  const [target = '', clean = ''] = line.split(' | ');
  return [target, clean] as const;
});

test.each(cases)('%s', (target, clean) => {
  expect(splitTokens(target).target).toBe(clean);
});

test.each(cases)('%s as a Referer', async (target, clean) => {
  room.executed.length = 0;
  const headers = { ...owner, Referer: `http://${room.host}${target}` };
  expect((await ask(room, '/x', { headers })).status).toBe(200);
  const seen = room.executed[0]?.headers ?? [];
  expect(seen[seen.indexOf('Referer') + 1]).toBe(`http://localhost${clean}`);
});

test.each(['token', 'gatehouse-token', '%74oken', 'toke%6e'])(
  '?%s= opens for a tool and is not passed on',
  async name => {
    room.executed.length = 0;
    expect((await ask(room, `/x?a=1&${name}=${token}`)).status).toBe(200);
    expect(room.executed.map(({ url }) => url)).toEqual(['/x?a=1']);
    expect(JSON.stringify(room.executed)).not.toContain(token);
  },
);

test('two token parameters are ambiguous', async () => {
  expect((await ask(room, `/x?token=${token}&token=other`)).status).toBe(400);
  expect((await ask(room, `/x?token=other&gatehouse-token=${token}`)).status).toBe(400);
});
