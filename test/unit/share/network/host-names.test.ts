import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  everyName,
  hostNames,
  machineNames,
  matchesName,
  plainName,
} from '../../../../src/main/core/share/network/host-names.ts';

const interfaces = {
  lo: [{ address: '127.0.0.1' }, { address: '::1' }],
  eth0: [{ address: '192.168.1.20' }, { address: '2001:db8::20' }, { address: 'fe80::20' }],
  tun0: [{ address: '10.8.0.2' }],
};

test('the host name, its .local form, localhost and every reachable address', () => {
  const host = machineNames({
    hostname: 'Lab-PC7.physics.example.edu',
    interfaces,
    place: { kind: 'all' },
    extra: ['router.example.edu', '203.0.113.9'],
  });
  expect(host.names).toEqual([
    'lab-pc7.local',
    'lab-pc7.physics.example.edu',
    'localhost',
    'router.example.edu',
  ]);
  expect(host.addresses).toEqual(
    ['10.8.0.2', '127.0.0.1', '192.168.1.20', '2001:db8::20', '203.0.113.9', '::1'].sort(),
  );
});

test('only the addresses of the chosen interface, or the one chosen', () => {
  const options = { hostname: 'pc', interfaces, extra: [] };
  expect(machineNames({ ...options, place: { kind: 'interface', name: 'tun0' } }).addresses).toEqual([
    '10.8.0.2',
    '127.0.0.1',
    '::1',
  ]);
  const one = machineNames({ ...options, place: { kind: 'address', address: '192.168.1.20' } });
  expect(one.addresses).toEqual(['127.0.0.1', '192.168.1.20', '::1']);
  const gone = machineNames({ ...options, place: { kind: 'interface', name: 'wlan0' } });
  expect(gone.addresses).toEqual(['127.0.0.1', '::1']);
});

test('a host name that is none, or an address, does not get in; hundreds of bridges do not either', () => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_none, i) => [`br${i}`, [{ address: `172.17.${i >> 8}.${i & 255}` }]]),
  );
  const publicOne = { wan: [{ address: '203.0.113.77' }] };
  const options = { place: { kind: 'all' }, extra: [] } as const;
  const host = machineNames({ ...options, hostname: 'bad name!', interfaces: { ...many, ...publicOne } });
  expect(host.names).toEqual(['localhost']);
  expect(host.addresses.length).toBeLessThanOrEqual(50);
  expect(host.addresses).toContain('203.0.113.77');
  expect(machineNames({ ...options, hostname: '10.0.0.9', interfaces: {} }).names).toEqual(['localhost']);
});

test('names of other scripts are ASCII in a certificate; what is no name is null', () => {
  expect(plainName('Bücher.example.')).toBe('xn--bcher-kva.example');
  expect(plainName(' PC_7 ')).toBe('pc_7');
  for (const text of [
    '',
    '.',
    '*',
    '*.example.com',
    'a..b',
    '-a',
    'a-',
    'a b',
    'a/b',
    '1.2.3.4',
    '::1',
    'a\0b',
    `${'a'.repeat(64)}.de`,
  ]) {
    expect(plainName(text), text).toBeNull();
  }
});

test('whatever a computer is called, what comes out is clean, and the same the second time', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 8 }), texts => {
      const host = hostNames(texts, texts);
      expect(everyName(host).every(name => /^[a-z0-9._:-]+$/.test(name))).toBe(true);
      expect(hostNames(host.names, host.addresses)).toEqual(host);
    }),
  );
});

test('a star is one whole label', () => {
  expect(matchesName('*.example.edu', 'lab.example.edu')).toBe(true);
  expect(matchesName('lab.example.edu', 'lab.example.edu')).toBe(true);
  for (const name of ['example.edu', 'a.lab.example.edu', '.example.edu', 'lab.example.edu.evil.io', '']) {
    expect(matchesName('*.example.edu', name), name).toBe(false);
  }
});
