/*
 * The advisories of code-server, each against the real server of before its fix: the attack works there, and
 * not through a door of Gatehouse. code-server's own part is what they are in, so VS Code's part of these
 * versions is not built; and they are not started by the profile at all.
 */
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closedPortProxy } from '../../src/main/core/profiles/code-server/port-proxy.ts';
import type { Upstream } from '../../src/main/core/ports.ts';
import { openNeighbour, startBare, type Bare, type Neighbour } from '../support/code-server.ts';
import { makeHome } from '../support/core.ts';
import { ask, openRoom, owner, signIn, websocket, type Room } from '../support/gateway.ts';
import { nodeServer } from '../support/server-packages.ts';

const path = [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
const password = 'the-password-of-the-user';

async function programsOf(version: string): Promise<string> {
  return join(await nodeServer(`code-server-${version}`), 'node_modules', '.bin');
}

/** A door before it. @param change what the profile adds to the way to it; nothing: the gateway alone */
function doorTo({ socketPath }: Bare, change: Partial<Upstream> = {}): Promise<Room> {
  return openRoom({
    upstream: { address: { kind: 'socket', path: socketPath }, headers: [], withheldCookies: [], ...change },
  });
}

/** The cookie that its own login gives. */
async function login(bare: Bare): Promise<string> {
  const { headers } = await bare.ask('/login', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ password, base: '.', href: 'http://localhost/login' }).toString(),
  });
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  if (!cookie.includes('session') && !cookie.includes('key')) throw new Error(`No login: ${cookie}`);
  return cookie;
}

describe.each(['4.2.0', '4.99.3'])('code-server %s', version => {
  test('is found, listed with the reason, and not started', async () => {
    const programs = await programsOf(version);
    await using home = await makeHome({ PATH: [programs, path].join(delimiter) });
    const { code, err } = await home.cli('serve', 'code-server', '--secrets', 'memory');
    expect([code, err]).toEqual([
      expect.any(Number),
      expect.stringContaining(`${version} is older than 4.99.4`),
    ]);
    expect(code).not.toBe(0);
    expect(err).toContain('CVE-2025-47269');
  });
});

describe('code-server 4.2.0', () => {
  let bare: Bare;
  let neighbour: Neighbour;
  beforeAll(async () => {
    neighbour = await openNeighbour();
    bare = await startBare(await programsOf('4.2.0'), path, [], `auth: password\npassword: ${password}\n`);
  });
  afterAll(async () => {
    await bare?.stop();
    neighbour?.close();
  });

  test('fixed in 4.5.2: a stranger uses its port proxy without signing in; at the door a stranger gets nothing', async () => {
    const { port, asked } = neighbour;
    asked.length = 0;
    expect(await bare.status(`/proxy/${port}/secret`)).toBe(200);
    expect(asked).toEqual(['GET /secret']);
    const room = await doorTo(bare, { closed: closedPortProxy });
    expect((await ask(room, `/proxy/${port}/secret`)).status).toBe(401);
    expect((await ask(room, `/proxy/${port}/secret`, { headers: owner })).status).toBe(403);
    expect(asked).toEqual(['GET /secret']);
    await room.close();
  });

  test('CVE-2023-26114: a foreign page opens its WebSocket with the cookie of a visitor; at the door it does not', async () => {
    const { port, asked } = neighbour;
    const cookie = await login(bare);
    const foreign = { origin: 'https://evil.example' };
    asked.length = 0;
    expect(await bare.shake(`/proxy/${port}/ws`, { cookie, ...foreign })).toBe(101);
    expect(asked).toEqual(['UPGRADE /ws']);
    // The gateway alone: nothing is closed, so it is the look at the Origin that holds.
    const room = await doorTo(bare);
    const visitor = `${await signIn(room)}; ${cookie}`;
    const shaken = (origin: string): Promise<number> =>
      ask(room, `/proxy/${port}/ws`, { headers: { ...websocket, cookie: visitor, origin } }).then(
        ({ status }) => status,
      );
    expect(await shaken(foreign.origin)).toBe(403);
    expect(asked).toEqual(['UPGRADE /ws']);
    expect(await shaken(`http://${room.host}`)).toBe(101);
    expect(asked).toEqual(['UPGRADE /ws', 'UPGRADE /ws']);
    await room.close();
  });
});

describe('code-server 4.99.3', () => {
  let bare: Bare;
  let evil: Neighbour;
  let cookie: string;
  beforeAll(async () => {
    evil = await openNeighbour();
    bare = await startBare(await programsOf('4.99.3'), path, [], `auth: password\npassword: ${password}\n`);
    cookie = await login(bare);
  });
  afterAll(async () => {
    await bare?.stop();
    evil?.close();
  });

  test.each([
    [
      'CVE-2025-47269: a link with a crafted port sends the session cookie to any host',
      (port: number) => `/proxy/1@127.0.0.1:${port}/x`,
    ],
    [
      'fixed in 4.124.2: the session cookie goes to whatever listens on a local port',
      (port: number) => `/proxy/${port}/x`,
    ],
  ])('%s; through the door nothing goes there', async (_what, address) => {
    const target = address(evil.port);
    evil.cookies.length = 0;
    expect((await bare.ask(target, { headers: { cookie } })).status).toBe(200);
    expect(evil.cookies).toEqual([cookie]);
    const room = await doorTo(bare, { closed: closedPortProxy });
    const visitor = `${await signIn(room)}; ${cookie}`;
    expect((await ask(room, target, { headers: { cookie: visitor } })).status).toBe(403);
    expect(evil.cookies).toEqual([cookie]);
    await room.close();
    // And where the proxy is open, what goes there has nothing of ours.
    const open = await doorTo(bare);
    const signedIn = await signIn(open);
    await ask(open, target, { headers: { cookie: `${signedIn}; ${cookie}` } });
    expect(evil.cookies).toEqual([cookie, cookie]);
    await open.close();
  });
});
