/*
 * Colab's local runtime, vscode.dev and Thebe are pages of other sites that want to use a server of this
 * computer. They are refused, and told so.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, openRoom, token, websocket, type Room } from '../../support/gateway.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

const sites = [
  'https://colab.research.google.com',
  'https://vscode.dev',
  'https://thebe.readthedocs.io',
  'http://localhost:3000',
  'null',
];

test.each(sites)('a page of %s gets a sentence, and never a permission', async Origin => {
  const crossing = { Origin, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' };
  const asked = [
    { method: 'OPTIONS', headers: { ...crossing, 'Access-Control-Request-Method': 'GET' } },
    // With the token, as such a page would send it once its user has pasted it there.
    { method: 'GET', headers: { ...crossing, Authorization: `token ${token}` } },
    { method: 'POST', headers: { ...crossing, Authorization: `Bearer ${token}` } },
    { method: 'GET', headers: { ...crossing, ...websocket, 'Sec-Fetch-Mode': 'websocket' } },
  ];
  for (const [index, { method, headers }] of asked.entries()) {
    const path = index === 3 ? `/api/kernels/x/channels?token=${token}` : '/api/kernels';
    for (const host of [room.host, `localhost:${room.port}`]) {
      const reply = await ask(room, path, { method, headers: { ...headers, Host: host } });
      expect([method, reply.status]).toEqual([method, 403]);
      expect(reply.body).toContain('Pages of other sites cannot use this server');
      expect(Object.keys(reply.headers).filter(name => name.startsWith('access-control'))).toEqual([]);
    }
  }
  expect(room.executed).toEqual([]);
});

test('a page of the own origin may be asked about, and a program that names an origin is served', async () => {
  const Authorization = `Bearer ${token}`;
  const own = await ask(room, '/api', {
    method: 'OPTIONS',
    headers: { Origin: `http://${room.host}`, 'Access-Control-Request-Method': 'PUT', Authorization },
  });
  expect(own.status).toBe(200);
  const program = await ask(room, '/api', { headers: { Origin: 'https://vscode.dev', Authorization } });
  expect(program.status).toBe(200);
});
