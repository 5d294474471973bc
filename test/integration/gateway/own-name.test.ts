/*
 * The attack: another account of this computer connects to a local listener, reads the secret host name of
 * the server, listens on a port of its own, and leads the owner's browser there under that name: the browser
 * sends it the session cookie. So nothing that is told without a credential has the name in it.
 */
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatewayTls } from '../../../src/main/core/gateway-tls.ts';
import { createRedactor } from '../../../src/main/core/log/redact.ts';
import { createAuthorityStore } from '../../../src/main/core/share/certificate/authority-store.ts';
import { hostNames } from '../../../src/main/core/share/network/host-names.ts';
import { memoryStore } from '../../../src/main/core/vault/memory-store.ts';
import { openRoom, token, type Room } from '../../support/gateway.ts';

const label = 'thesis-k3v9x2m7q4wz';
const own = `${label}.localhost`;
const secretStore = memoryStore('A test.');
const redactor = createRedactor();
const authorities = createAuthorityStore({
  secretStore,
  redactor,
  host: () => hostNames(['lab'], ['192.0.2.1']),
});
let plain: Room;
let secure: Room;

beforeAll(async () => {
  const parts = { storage: async () => ({ authorities }), secretStore, redactor, paths: { uid: null } };
  const tls = await gatewayTls({ kind: 'local-authority' }, label, parts);
  plain = await openRoom({ rules: { host: label } });
  secure = await openRoom({ rules: { host: label, tls } });
});
afterAll(async () => {
  await plain?.close();
  await secure?.close();
});

interface Handshake {
  readonly servername?: string;
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** The whole answer as it came, after the certificate where there is one. */
function exchange(
  room: Room,
  request: string,
  handshake: Handshake | null,
): Promise<{ text: string; certificate: X509Certificate | null }> {
  const socket =
    handshake === null
      ? connect({ host: '127.0.0.1', port: room.port })
      : connectTls({ host: '127.0.0.1', port: room.port, rejectUnauthorized: false, ...handshake });
  let certificate: X509Certificate | null = null;
  let text = '';
  socket.on(handshake === null ? 'connect' : 'secureConnect', () => {
    if ('getPeerX509Certificate' in socket) certificate = socket.getPeerX509Certificate() ?? null;
    socket.write(request);
  });
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve({ text, certificate }));
  });
}

function head(line: string, host: string, ...headers: readonly string[]): string {
  return [`${line} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n');
}

const navigation = [
  'Accept: text/html',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Dest: document',
  'Sec-Fetch-Site: none',
];
const upgrade = [
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];
const paths = [
  '/',
  '/lab',
  '/nothing',
  '//',
  '/_gatehouse',
  '/_gatehouse/',
  '/_gatehouse/login',
  '/_gatehouse/login?next=/lab',
  '/_gatehouse/open',
  '/_gatehouse/open?code=x',
  '/_gatehouse/logout',
  '/_gatehouse/certificate',
  '/_gatehouse/join/x',
  '/?token=wrong',
  '/lab?token=wrong',
];
const wrong: readonly (readonly string[])[] = [
  [],
  navigation,
  ['X-Gatehouse-Token: wrong'],
  ['Authorization: Bearer wrong', ...navigation],
  ['Cookie: gatehouse-session=x; __Host-gatehouse-session=x', ...navigation],
  ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site'],
  ['X-Forwarded-Host: evil.example', ...navigation],
];

function everyRequest(port: number): string[] {
  const hosts = ['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST', 'evil.example'].map(
    name => `${name}:${port}`,
  );
  const methods = ['GET', 'HEAD', 'POST', 'OPTIONS', 'TRACE', 'CONNECT'];
  const asked = hosts.flatMap(host =>
    paths.flatMap(path => [
      ...wrong.map(headers => head(`GET ${path}`, host, ...headers)),
      ...methods.map(method => head(`${method} ${path}`, host)),
    ]),
  );
  const host = `127.0.0.1:${port}`;
  return [
    ...asked,
    ...paths.map(path =>
      head(`GET ${path}`, host, ...upgrade).replace('Connection: close', 'Connection: Upgrade'),
    ),
    head('GET /', '').replace('Host: \r\n', ''),
    head('GET /', host, `Host: ${host}`),
    head('GET /', host, `X-Long: ${'x'.repeat(200_000)}`),
    head('POST /_gatehouse/login', host, 'Expect: 100-continue', 'Content-Length: 0'),
    head('GET http://evil.example/', host),
    'GARBAGE\r\n\r\n',
  ];
}

test.each(['plain', 'with TLS'])('no answer to a stranger has the own name in it: %s', async kind => {
  const room = kind === 'plain' ? plain : secure;
  const handshake = kind === 'plain' ? null : {};
  const requests = everyRequest(room.port);
  let answered = 0;
  for (let at = 0; at < requests.length; at += 20) {
    const some = await Promise.all(
      requests.slice(at, at + 20).map(async request => {
        const { text } = await exchange(room, request, handshake).catch(() => ({ text: '' }));
        return { request: request.slice(0, 300), text };
      }),
    );
    answered += some.filter(({ text }) => text.startsWith('HTTP/1.1 ')).length;
    expect(some.filter(({ text }) => text.toLowerCase().includes(label))).toEqual([]);
  }
  expect(answered).toBeGreaterThan(requests.length * 0.95);
});

test('the same walk finds the name where the token is shown', async () => {
  const request = head(`GET /lab?token=${token}`, `127.0.0.1:${plain.port}`, ...navigation);
  expect((await exchange(plain, request, null)).text).toContain(own);
});

const handshakes: readonly Handshake[] = [
  {},
  { servername: 'localhost' },
  { servername: 'evil.example' },
  { servername: 'thesis.localhost' },
  { servername: `x.${own}` },
  { servername: label },
].flatMap(each => (['TLSv1.2', 'TLSv1.3'] as const).map(maxVersion => ({ ...each, maxVersion })));

test.each(handshakes)('a certificate without the own name is shown to %o', async handshake => {
  const { certificate } = await exchange(secure, head('GET /', `127.0.0.1:${secure.port}`), handshake);
  expect(certificate?.raw.toString('latin1')).not.toContain(label);
  expect(certificate?.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
});

test('a certificate with the own name is shown to who names it, and to plain HTTP nothing is', async () => {
  const request = head('GET /', `${own}:${secure.port}`);
  const { certificate } = await exchange(secure, request, { servername: own });
  expect([certificate?.subject, certificate?.subjectAltName]).toEqual(['CN=localhost', `DNS:${own}`]);
  expect(certificate?.verify((await authorities.get(Date.now())).certificate.publicKey)).toBe(true);
  const unsecured = await exchange(secure, head('GET /', `127.0.0.1:${secure.port}`), null).catch(() => ({
    text: '',
  }));
  expect(unsecured.text).not.toContain(label);
});

const probe = 'Cookie: __Host-gatehouse-probe=1';

test('the session cookie of a listener with TLS is Secure, and opens it', async () => {
  const { pathname, search } = new URL(secure.gateway.oneTimeLink().url);
  const host = `${own}:${secure.port}`;
  const { text } = await exchange(secure, head(`GET ${pathname}${search}`, host, ...navigation, probe), {
    servername: own,
  });
  const cookie = /set-cookie: (__Host-gatehouse-session=[^;]+); (.*)\r\n/i.exec(text);
  expect(cookie?.[2]).toBe('Secure; HttpOnly; SameSite=Lax; Path=/');
  const opened = await exchange(secure, head('GET /x', host, `Cookie: ${cookie?.[1]}`), { servername: own });
  expect(opened.text).toMatch(/^HTTP\/1\.1 200 /);
  const out = await exchange(
    secure,
    head(
      'POST /_gatehouse/logout',
      host,
      `Cookie: ${cookie?.[1]}`,
      `Origin: https://${host}`,
      'Content-Length: 0',
    ),
    { servername: own },
  );
  expect(out.text).toMatch(/set-cookie: __Host-gatehouse-session=; Secure;.*Max-Age=0/i);
});
