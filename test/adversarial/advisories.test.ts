/*
 * Advisories of other gateways, as classes: the request that passed theirs is refused at both doors of ours,
 * because nothing that a client writes makes an exemption. What the requests without a credential are
 * compared with is one with it, which passes. (doc/advisories.md says where the other ones are tested.)
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jupyterSharing } from '../../src/main/core/profiles/jupyter/roles/offers.ts';
import { openRoom, rawExchange, token, type Room } from '../support/gateway.ts';
import type { GuestClient } from '../support/guest.ts';
import { openShareRoom, type ShareRoom } from '../support/share-room.ts';

let own: Room;
let shared: ShareRoom;
let guest: GuestClient;

beforeAll(async () => {
  own = await openRoom();
  shared = await openShareRoom(jupyterSharing.rules);
  guest = await shared.guest('viewer');
});
afterAll(async () => {
  await own.close();
  await shared.close();
});

/** Bytes as they are written, at the guests' door. */
function rawTls(bytes: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host: '127.0.0.1', port: shared.gateway.port, ca: shared.pem });
  let answer = '';
  socket.setEncoding('latin1').setTimeout(400, () => socket.destroy());
  socket.on('data', (chunk: string) => (answer += chunk));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => resolve(answer));
  socket.write(bytes);
  return promise;
}

const bytesOf = (target: string, host: string, headers: readonly string[]): string =>
  `${[`GET ${target} HTTP/1.1`, `Host: ${host}`, ...headers].join('\r\n')}\r\n\r\n`;

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

/** The statuses of one request at both doors. */
async function bothDoors(
  target: string,
  headers: readonly string[],
  credential: readonly [owner: string, guest: string] = ['', ''],
): Promise<readonly [number, number]> {
  const [owners, guests] = credential.map(line => (line === '' ? headers : [...headers, line]));
  const { host } = new URL(shared.origin);
  return [
    statusOf(await rawExchange(own.port, bytesOf(target, own.host, owners ?? []))),
    statusOf(await rawTls(bytesOf(target, host, guests ?? []))),
  ];
}

const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
];

/** Each header line and target that opened another gateway. */
const exemptions: readonly (readonly [advisory: string, target: string, headers: readonly string[]])[] = [
  [
    'GHSA-7x63-xv5r-3p2x: a path that is open is named in X-Forwarded-Uri',
    '/api/contents',
    ['X-Forwarded-Uri: /_gatehouse/login'],
  ],
  ['GHSA-7x63-xv5r-3p2x: the same in X-Original-URL', '/api/contents', ['X-Original-URL: /_gatehouse/login']],
  ['GHSA-5hvv-m4w4-gf6v: the name of a health check', '/api/contents', ['User-Agent: GoogleHC/1.0']],
  ['GHSA-5hvv-m4w4-gf6v: the name of another', '/api/contents', ['User-Agent: kube-probe/1.30']],
  ['GHSA-pxq7-h93f-9jrg: a fragment that names an open path', '/api/contents#/_gatehouse/login', []],
  ['GHSA-pxq7-h93f-9jrg: the same, percent-encoded', '/api/contents%23/_gatehouse/login', []],
  ['GHSA-7rh7-c77v-6434: a query that names an open path', '/api/contents?/_gatehouse/login', []],
  ['GHSA-7rh7-c77v-6434: a query that ends like a picture', '/api/contents?x=/static/logo.png', []],
  ['CVE-2024-28179, CVE-2026-39987: an upgrade instead of a request', '/api/contents', upgrade],
  ['CVE-2024-28179, CVE-2026-39987: an upgrade of a terminal', '/terminal/ws', upgrade],
  [
    'CVE-2023-26114: an upgrade from its own origin',
    '/api/contents',
    [...upgrade, 'Origin: https://127.0.0.1'],
  ],
  [
    'home-assistant 14345: an address of this computer in X-Forwarded-For',
    '/api/contents',
    ['X-Forwarded-For: 127.0.0.1'],
  ],
  ['home-assistant 14345: the same in Forwarded', '/api/contents', ['Forwarded: for=127.0.0.1;proto=https']],
];

test.each(exemptions)('%s: nobody without a credential is let in', async (_advisory, target, headers) => {
  own.executed.length = 0;
  shared.executed.length = 0;
  for (const status of await bothDoors(target, headers)) expect([400, 401]).toContain(status);
  expect([own.executed, shared.executed]).toEqual([[], []]);
});

test('what they are compared with: with a credential the same path is served', async () => {
  const statuses = await bothDoors(
    '/api/contents',
    [],
    [`Authorization: Bearer ${token}`, `Cookie: ${guest.cookie}`],
  );
  expect(statuses).toEqual([200, 200]);
});

describe('CVE-2025-66414: DNS rebinding, a page whose name leads to this computer', () => {
  test.each(['/api/contents', '/_gatehouse/login', '/_gatehouse/join/x'])(
    '%s at both doors',
    async target => {
      const { port } = new URL(shared.origin);
      const bearer = `Authorization: Bearer ${token}`;
      const answers = [
        await rawExchange(own.port, bytesOf(target, `rebound.evil.example:${own.port}`, [bearer])),
        await rawTls(bytesOf(target, `rebound.evil.example:${port}`, [`Cookie: ${guest.cookie}`])),
      ];
      for (const answer of answers) {
        expect(statusOf(answer)).toBe(400);
        expect(answer).toMatch(/is not trusted/);
      }
    },
  );
});

test('CVE-2024-28233: the cookie of a guest cannot be set by another name or path, and no script reads it', async () => {
  const { headers } = await (await shared.link('viewer')).join();
  const [set = ''] = [headers['set-cookie'] ?? []].flat();
  expect(set).toMatch(/^__Host-/);
  expect(set).toMatch(/; Path=\/(;|$)/);
  expect(set).toMatch(/; Secure/);
  expect(set).toMatch(/; HttpOnly/);
  expect(set).not.toMatch(/Domain=/i);
});

test('CVE-2026-40934: a cookie is a row in a table and ends with its link, whatever it was signed with', async () => {
  const visitor = await shared.guest('viewer');
  expect((await visitor.page('/api/contents')).status).toBe(200);
  await shared.revoke(visitor);
  expect((await visitor.page('/api/contents')).status).toBe(401);
});

test('GHSA-c4gm-pwx9-9w8j: a guest makes no share, by none of the ways that an owner has', async () => {
  const full = await shared.guest('full');
  shared.executed.length = 0;
  for (const path of ['/_gatehouse/share', '/_gatehouse/links', '/_gatehouse/token', '/_gatehouse/open']) {
    expect([path, (await full.page(path)).status]).toEqual([path, 404]);
    expect([path, (await full.post(path, {})).status]).toEqual([path, 404]);
  }
  expect(shared.executed).toEqual([]);
});
