import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import type { PreflightReport, Upstream } from '../../../src/main/core/ports.ts';
import {
  openBeside,
  preflight,
  preflightCaveat,
  preflightWords,
} from '../../../src/main/core/server/preflight.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function listen(host: string, listener: RequestListener, upgrades = false): Promise<number> {
  const server = createServer(listener);
  if (upgrades) {
    server.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
  }
  servers.push(server);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, host, resolve);
  await promise;
  return (server.address() as AddressInfo).port;
}

const upstream = (port: number): Upstream => ({
  address: { kind: 'port', port },
  host: 'localhost',
  headers: [],
  withheldCookies: [],
});
const look = (
  port: number,
  change: Partial<Parameters<typeof preflight>[0]> = {},
): Promise<PreflightReport> =>
  preflight({ upstream: upstream(port), landing: '/', ...change }, [process.pid], AbortSignal.timeout(5000));

const answering =
  (status: number): RequestListener =>
  (_request, response) => {
    response.statusCode = status;
    response.end('x');
  };

test.each([
  [200, ['/']],
  [204, ['/']],
  [302, []],
  [401, []],
  [403, []],
  [500, []],
])('on this computer alone, a page with status %d', async (status, open) => {
  const port = await listen('127.0.0.1', answering(status));
  expect(await look(port)).toEqual({ reach: 'computer', networkPorts: [], open });
});

test.each([
  ['/app/', ['/']],
  ['app', ['/']],
  ['/', []],
  ['/login?next=%2F', []],
  ['/sso/start', []],
  ['/ask?next=/', []],
  ['http://localhost/app', ['/']],
  ['http://127.0.0.1:1/', []],
  ['https://example.org/', []],
  ['http://[', []],
])('a first page that only leads to %s', async (location, open) => {
  const port = await listen('127.0.0.1', (incoming, response) => {
    if (incoming.url === '/') response.writeHead(302, { Location: location });
    response.end('x');
  });
  expect((await look(port)).open).toEqual(open);
});

test('one that looks at the name by which it is asked is asked by the name that it knows', async () => {
  const port = await listen('127.0.0.1', (incoming, response) => {
    response.statusCode = incoming.headers.host === 'localhost' ? 200 : 403;
    response.end('x');
  });
  expect((await look(port)).open).toEqual(['/']);
});

test('a WebSocket that opens for anybody is found although its pages are closed', async () => {
  const port = await listen('127.0.0.1', answering(403), true);
  const questions = { paths: ['/api'], sockets: ['/terminal/ws'] };
  expect((await look(port, { preflight: questions })).open).toEqual(['WebSocket /terminal/ws']);
});

test('an answer that never comes is none', async () => {
  const port = await listen('127.0.0.1', () => {});
  expect((await look(port)).open).toEqual([]);
});

test.runIf(process.platform === 'linux')('every port of the run is looked at, from the network', async () => {
  const own = await listen('127.0.0.1', answering(401));
  const other = await listen('0.0.0.0', answering(200));
  const report = await look(own);
  expect(report).toEqual({ reach: 'network', networkPorts: [other], open: ['/'] });
  // Somebody else's process is not ours to judge.
  const stranger = await preflight({ upstream: upstream(own), landing: '/' }, [1], AbortSignal.timeout(5000));
  expect(stranger.reach).toBe('computer');
});

/** Each of them may be the only one on which it listens: the second network card, a tunnel, IPv6. */
const outside = Object.values(networkInterfaces())
  .flatMap(each => each ?? [])
  .filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0);

test.runIf(process.platform === 'linux').each(outside)(
  'a server that listens on $address alone is asked there',
  async ({ address }) => {
    const port = await listen(address, answering(200));
    const report = await look(port);
    expect(report).toEqual({ reach: 'network', networkPorts: [port], open: ['/'] });
    expect(openBeside(report)).toContain('without a link');
  },
);

test.runIf(process.platform === 'linux')(
  'a server that answers only its own computer is closed to the network',
  async () => {
    const others = Object.values(networkInterfaces())
      .flatMap(each => each ?? [])
      .filter(({ internal }) => !internal);
    const port = await listen('0.0.0.0', (request, response) => {
      response.statusCode = request.socket.remoteAddress === '127.0.0.1' ? 200 : 403;
      response.end();
    });
    expect((await look(port)).open).toEqual(others.length === 0 ? ['/'] : []);
  },
);

test('behind a private socket nothing is asked', async () => {
  const report = await preflight(
    { upstream: { ...upstream(1), address: { kind: 'socket', path: '/nowhere' } }, landing: '/' },
    [process.pid],
    AbortSignal.timeout(5000),
  );
  expect(report).toEqual({ reach: 'private', networkPorts: [], open: [] });
});

test.each<[PreflightReport, string | null, string | null]>([
  [{ reach: 'private', networkPorts: [], open: [] }, null, null],
  [{ reach: 'computer', networkPorts: [], open: [] }, null, null],
  [
    { reach: 'computer', networkPorts: [], open: ['/'] },
    'other accounts of this computer can reach its port directly.',
    null,
  ],
  [
    { reach: 'network', networkPorts: [80], open: [] },
    'it listens on the network (port 80), where other computers can reach it directly; it asks them for a credential of its own.',
    null,
  ],
  [
    { reach: 'network', networkPorts: [80, 81], open: ['/a', 'WebSocket /b'] },
    'it listens on the network (port 80, 81), where it answers other computers without a credential (/a, WebSocket /b).',
    'anyone who reaches port 80, 81 of this computer gets /a, WebSocket /b without a link',
  ],
])('%j in words', (report, caveat, beside) => {
  expect(preflightCaveat(report)).toBe(caveat);
  expect(openBeside(report)).toBe(beside);
  expect(preflightWords(report)).toMatch(
    /^Seen from outside the gateway: it listens (?:only )?on .+, and .+\.$/,
  );
});

test('what does not run is not open', () => expect(openBeside(null)).toBeNull());
