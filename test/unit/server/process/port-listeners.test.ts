import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import {
  findConnection,
  holds,
  listenersOn,
  parseLsof,
  parseNetstat,
  parseProcNet,
  reached,
} from '../../../../src/main/core/server/process/port-listeners.ts';

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 222 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0
   3: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 444 1 0 100 0 0 10 0
   4: 0500A8C0:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 555 1 0 100 0 0 10 0
`;
const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 666 1 0
   1: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 777 1 0
   2: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 888 1 0
`;

function inodes(listeners: ReturnType<typeof parseProcNet>): (string | null)[] {
  return listeners.map(listener => listener.inode);
}

test('only what listens on this very port counts', () => {
  expect(inodes(parseProcNet(tcp, 8080))).toEqual(['111', '222', '555']);
  expect(parseProcNet(tcp, 8080).map(listener => listener.reach)).toEqual(['loopback', 'any', 'specific']);
  expect(parseProcNet(tcp6, 8080).map(listener => listener.reach)).toEqual(['any', 'loopback', 'loopback']);
  expect(parseProcNet('', 8080)).toEqual([]);
});

test('a connection to 127.0.0.1 reaches the most precise one', () => {
  expect(inodes([...reached(parseProcNet(tcp, 8080))])).toEqual(['111']);
  expect(
    inodes([...reached([...parseProcNet(tcp, 8080).slice(1), ...parseProcNet(tcp6, 8080).slice(0, 2)])]),
  ).toEqual(['222']);
  expect(inodes([...reached(parseProcNet(tcp6, 8080))])).toEqual(['888']);
  expect(inodes([...reached(parseProcNet(tcp6, 8080).slice(0, 2))])).toEqual(['666']);
  expect(reached(parseProcNet(tcp6, 8080).slice(1, 2))).toEqual([]);
});

test('a connection to ::1 reaches the most precise one that takes it', () => {
  expect(inodes([...reached(parseProcNet(tcp6, 8080), true)])).toEqual(['777']);
  expect(inodes([...reached(parseProcNet(tcp6, 8080).slice(0, 1), true)])).toEqual(['666']);
  expect(reached(parseProcNet(tcp, 8080), true)).toEqual([]);
  expect(reached(parseLsof('p1\nn[::1]:80\np2\nn127.0.0.1:80\n'), true).map(({ pid }) => pid)).toEqual([1]);
});

test('the place of a listener is told as people write it', () => {
  expect(parseProcNet(tcp + tcp6, 8080).map(({ address }) => address)).toEqual([
    '127.0.0.1',
    '*',
    '192.168.0.5',
    '*',
    '[::1]',
    '127.0.0.1',
  ]);
});

const connections = `
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000 65534        0 333 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C351 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0 100 0 0 10 0
   3: 0100007F:1F90 0100007F:C352 03 00000000:00000000 01:00000013 00000000     0        0 0 1 0 100 0 0 10 0
   4: 0100007F:1F90 0100007F:C353 06 00000000:00000000 03:00000C8F 00000000     0        0 0 3 0
   5: 0100007F:C354 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 444 1 0 100 0 0 10 0
   6: 0200007F:1F90 0100007F:C355 01 00000000:00000000 00:00000000 00000000  1000        0 555 1 0 100 0 0 10 0
   7: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:C356 01 0:0 00:0 0 7 0 666 1 0
`;

test.each([
  ['accepted', 0xc350, { inode: '333', uid: 65534 }],
  ['not accepted yet', 0xc351, { inode: '0', uid: 0 }],
  ['not wholly made yet, for the server has too many that wait', 0xc352, { inode: '0', uid: 0 }],
  ['ended', 0xc353, null],
  ['our own end', 0xc354, null],
  ['at another address', 0xc355, null],
  ['at a server that speaks both versions of IP', 0xc356, { inode: '666', uid: 7 }],
  ['that is not there', 0xc357, null],
])('the other end of a connection: %s', (_name, fromPort, peer) => {
  expect(findConnection(connections, 0x1f90, fromPort)).toEqual(peer);
});

test('the other end of a connection to ::1', () => {
  const one = '00000000000000000000000001000000';
  const six = `   1: ${one}:1F90 ${one}:C350 01 00:00 00:00 0 65534 0 333 1 0\n`;
  expect(findConnection(six, 0x1f90, 0xc350, true)).toEqual({ inode: '333', uid: 65534 });
  expect(findConnection(six, 0x1f90, 0xc350)).toBeNull();
  expect(findConnection(connections, 0x1f90, 0xc350, true)).toBeNull();
});

test('reads what lsof and netstat print', () => {
  const lsof = 'p321\nf5\nn127.0.0.1:8080\nn*:8080\np654\nf6\nn[::1]:8080\n';
  expect(parseLsof(lsof).map(({ pid, reach }) => [pid, reach])).toEqual([
    [321, 'loopback'],
    [321, 'any'],
    [654, 'loopback'],
  ]);
  const netstat =
    '\r\n  Proto  Local Address          Foreign Address        State           PID\r\n  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       900\r\n  TCP    127.0.0.1:8080         0.0.0.0:0              ABHÖREN         1234\r\n  TCP    127.0.0.1:8080         127.0.0.1:5000         ESTABLISHED     1234\r\n';
  expect(parseNetstat(netstat, 8080).map(({ pid, reach }) => [pid, reach])).toEqual([[1234, 'loopback']]);
});

test.runIf(process.platform === 'linux')('a real listener is found and belongs to who holds it', async () => {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const [listener] = reached(await listenersOn(port, 'linux'));
  expect(listener?.reach).toBe('loopback');
  expect(await holds([process.pid], listener!)).toBe(true);
  expect(await holds([process.ppid], listener!)).toBe(false);
  expect(await holds([], listener!)).toBe(false);
  await new Promise(done => server.close(done));
  expect(await listenersOn(port, 'linux')).toEqual([]);
});
