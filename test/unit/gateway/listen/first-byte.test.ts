import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookAtFirstByte, plainAnswer } from '../../../../src/main/core/gateway/listen/first-byte.ts';

const hosts = new Set(['lab.local:8443', '[::1]:8443']);
const lines = (request: string): string[] => plainAnswer(request, hosts).split('\r\n');

test.each([
  ['GET /lab?x=1 HTTP/1.1\r\nHost: LAB.local:8443\r\n\r\n', 'https://lab.local:8443/lab?x=1'],
  ['GET / HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n', 'https://[::1]:8443/'],
  ['GET //evil.io/ HTTP/1.1\r\nHost: lab.local:8443\r\n\r\n', 'https://lab.local:8443/'],
  ['GET http://evil.io/ HTTP/1.1\r\nHost: lab.local:8443\r\n\r\n', 'https://lab.local:8443/'],
])('a name of ours is led to https', (request, location) => {
  expect(lines(request)).toContain('HTTP/1.1 308 Permanent Redirect');
  expect(lines(request)).toContain(`Location: ${location}`);
});

test.each([
  'GET / HTTP/1.1\r\nHost: evil.io\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: lab.local:8443.evil.io\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: lab.local:8443\r\nHost: evil.io\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
])('no other name is', request => {
  expect(lines(request)[0]).toBe('HTTP/1.1 426 Upgrade Required');
  expect(plainAnswer(request, hosts)).not.toContain('Location');
});

let server: Server;
let port: number;
let secured: Buffer[];

beforeEach(async () => {
  secured = [];
  server = createServer(socket =>
    lookAtFirstByte(socket, {
      secure: one => one.on('data', (chunk: Buffer) => secured.push(chunk)),
      hosts: () => hosts,
      waitMs: 100,
    }),
  );
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.close();
});

function say(...pieces: (string | Buffer)[]): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  let said = '';
  socket.on('data', chunk => (said += String(chunk)));
  for (const piece of pieces) socket.write(piece);
  return new Promise(done => socket.on('close', () => done(said)).on('error', () => {}));
}

test('what begins as TLS does is handed over whole', async () => {
  void say(Buffer.from([22, 3, 1]), Buffer.from([0, 5]));
  await expect.poll(() => Buffer.concat(secured).toString('hex')).toBe('1603010005');
});

test('plain HTTP is answered, also in pieces', async () => {
  expect(await say('GET / HT', 'TP/1.1\r\nHo', 'st: lab.local:8443\r\n\r\n')).toContain('308 Permanent');
});

test.each<[string, (string | Buffer)[]]>([
  ['nothing', []],
  ['half a request', ['GET / HTTP/1.1\r\n']],
  ['something else', [Buffer.from([5, 1, 0])]],
  ['HTTP/2 without TLS', ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']],
  ['a request that does not end', [`GET /${'x'.repeat(5000)}`]],
])('%s is closed without a word', async (_name, pieces) => {
  expect(await say(...pieces)).toBe('');
  expect(secured).toEqual([]);
});
