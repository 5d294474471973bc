import { createServer, connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ownAccount, toldByLsof, uidOf } from '../../../../src/main/core/server/process/own-account.ts';

const one = '00000000000000000000000001000000';
const table = `
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 333 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     7        0 334 1 0 100 0 0 10 0
   3: 0100007F:C351 0100007F:1F90 06 00000000:00000000 03:00000C8F 00000000     0        0 0 3 0
   4: ${one}:C352 ${one}:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 335 1 0 100 0 0 10 0
   5: 0000000000000000FFFF00000100007F:C353 0000000000000000FFFF00000204537F:1F90 01 00:00 00:0 0  1002        0 336 1
`;
const to = { address: '127.0.0.1', port: 0x1f90 };

test.each([
  ['the one who has connected, not we', { from: { address: '127.0.0.1', port: 0xc350 }, to }, 1000],
  ['a connection that has ended', { from: { address: '127.0.0.1', port: 0xc351 }, to }, null],
  ['IPv6', { from: { address: '::1', port: 0xc352 }, to: { address: '::1', port: 0x1f90 } }, 1001],
  [
    'IPv4 by way of a socket of IPv6, to another address of loopback',
    { from: { address: '::ffff:127.0.0.1', port: 0xc353 }, to: { address: '127.83.4.2', port: 0x1f90 } },
    1002,
  ],
  ['another address', { from: { address: '127.0.0.2', port: 0xc350 }, to }, null],
  ['no address', { from: { address: '', port: 0 }, to }, null],
  ['an expression', { from: { address: '.*.*.*', port: 0xc350 }, to }, null],
])('whose the other end is: %s', (_what, ends, uid) => {
  expect(uidOf(table, ends)).toBe(uid);
});

test('lsof tells of the ends of one account', () => {
  const text = 'p5\nf3\nn[::1]:5000->[::1]:6000\n';
  const from = { address: '::1', port: 5000 };
  expect(toldByLsof(text, { from, to: { address: '::1', port: 6000 } })).toBe(true);
  expect(toldByLsof(text, { from, to: { address: '::1', port: 600 } })).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'a real connection of this account is known; Windows tells of none',
  async () => {
    const server = createServer();
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const accepted = new Promise<Socket>(done => server.once('connection', done));
    const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
    const socket = await accepted;
    expect(await ownAccount('linux')?.(socket)).toBe(true);
    expect(ownAccount('win32')).toBeUndefined();
    client.destroy();
    socket.destroy();
    server.close();
  },
);
