/*
 * A server with users and a scheme of its own: what is theirs passes, what is ours does not, and nobody is
 * redirected for ever.
 */
import { expect } from 'vitest';
import { Secret } from '../../../src/main/core/secret.ts';
import { gatewayTest as test } from '../../fixtures/gateway-test.ts';
import { ask, signIn, token, websocket, type Room } from '../../support/gateway.ts';

function authorizations(room: Room): readonly string[] {
  return room.executed.flatMap(({ headers }) =>
    headers.flatMap((name, index) =>
      index % 2 === 0 && name.toLowerCase() === 'authorization' ? [headers[index + 1] ?? ''] : [],
    ),
  );
}

test('an Authorization of its own users reaches the server, ours does not', async ({ open }) => {
  const room = await open({ upstream: { passesAuthorization: true } });
  const Cookie = await signIn(room);
  const Authorization = 'Bearer theirs';
  expect((await ask(room, '/api', { headers: { Cookie, Authorization } })).status).toBe(200);
  expect((await ask(room, '/api', { headers: { 'X-Gatehouse-Token': token, Authorization } })).status).toBe(
    200,
  );
  expect((await ask(room, `/api?token=${token}`, { headers: { Authorization } })).status).toBe(200);
  expect(authorizations(room)).toEqual([Authorization, Authorization, Authorization]);
  for (const ours of [`Bearer ${token}`, `token ${token}`]) {
    expect((await ask(room, '/api', { headers: { Cookie, Authorization: ours } })).status).toBe(200);
  }
  expect((await ask(room, '/api', { headers: { Authorization } })).status).toBe(401);
  expect((await ask(room, '/api', { headers: { Cookie, Authorization: `Bearer ${token},` } })).status).toBe(
    401,
  );
  expect(authorizations(room)).toHaveLength(3);
});

test('a server that gets its Authorization from the gateway gets no other', async ({ open }) => {
  const room = await open({
    upstream: { passesAuthorization: true, headers: [['Authorization', new Secret('Bearer upstream')]] },
  });
  const Cookie = await signIn(room);
  await ask(room, '/api', { headers: { Cookie, Authorization: 'Bearer theirs' } });
  expect(authorizations(room)).toEqual(['Bearer upstream']);
});

test('without the option an Authorization that is not ours is refused, also for a WebSocket', async ({
  open,
}) => {
  const room = await open({});
  const Cookie = await signIn(room);
  const Authorization = 'Bearer theirs';
  expect((await ask(room, '/api', { headers: { Cookie, Authorization } })).status).toBe(401);
  expect((await ask(room, '/ws', { headers: { ...websocket, Cookie, Authorization } })).status).toBe(401);
  expect(room.executed).toEqual([]);
});

test('a server that leads everybody to https answers at the plain door of this computer', async ({
  open,
}) => {
  const room = await open({
    upstream: { scheme: 'https' },
    listener(request, response) {
      const { host, 'x-forwarded-proto': scheme, 'x-forwarded-host': asked, origin } = request.headers;
      if (scheme !== 'https') response.writeHead(302, { Location: `https://${host}${request.url}` }).end();
      else if (request.url === '/to') response.writeHead(302, { Location: `https://${host}/next` }).end();
      else if (request.url === '/also')
        response.writeHead(302, { Location: `https://${String(asked)}/next` }).end();
      else if (request.url === '/out') response.writeHead(302, { Location: 'https://example.org/' }).end();
      else response.end(String(origin));
    },
  });
  const Cookie = await signIn(room);
  const own = `http://${room.host}`;
  const headers = { Cookie, Origin: own };
  const page = await ask(room, '/page', { headers });
  expect([page.status, page.body]).toEqual([200, 'https://localhost']);
  for (const path of ['/to', '/also']) {
    expect((await ask(room, path, { headers })).headers['location']).toBe(`${own}/next`);
  }
  expect((await ask(room, '/out', { headers })).headers['location']).toBe('https://example.org/');
});
