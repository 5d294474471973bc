import { BlockList } from 'node:net';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressBytes,
  isPrivateAddress,
  networkOf,
  plainAddress,
  rangeContains,
} from '../../../../src/main/core/share/network/address-range.ts';

test('an address has one spelling', () => {
  expect(plainAddress('FD00:0:0:0:0:0:0:2')).toBe('fd00::2');
  expect(plainAddress('[::1]')).toBe('::1');
  expect(plainAddress('fe80::1%eth0')).toBe('fe80::1');
  expect(plainAddress('10.0.0.1')).toBe('10.0.0.1');
  for (const text of ['', 'localhost', '10.0.0', '010.0.0.1', '1.2.3.4/8', '::1::', '10.0.0.1 ']) {
    expect(plainAddress(text), text).toBeNull();
  }
});

test('bytes of an address, also with an IPv4 tail and a gap anywhere', () => {
  expect(addressBytes('192.0.2.1')).toEqual(Uint8Array.of(192, 0, 2, 1));
  expect(addressBytes('::')).toEqual(new Uint8Array(16));
  expect(addressBytes('::ffff:1.2.3.4')).toEqual(
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4),
  );
  expect(addressBytes('2001:db8::')).toEqual(
    Uint8Array.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  );
  expect(addressBytes('nothing')).toBeNull();
});

test('the bytes of every IPv6 address come back from its groups', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), groups => {
      const bytes = addressBytes(groups.map(group => group.toString(16)).join(':'));
      expect(bytes).toEqual(Uint8Array.from(groups.flatMap(group => [group >> 8, group & 0xff])));
    }),
  );
});

test('the first address of a range', () => {
  expect(networkOf({ address: '172.31.9.9', prefix: 12 })).toBe('172.16.0.0/12');
  expect(networkOf({ address: '1.2.3.4', prefix: 0 })).toBe('0.0.0.0/0');
  expect(networkOf({ address: 'fdff::1', prefix: 7 })).toBe('fc00::/7');
  expect(() => networkOf({ address: 'x', prefix: 8 })).toThrow(TypeError);
});

test('an address that programs read in different ways is none', () => {
  for (const text of ['10.1', '0x0a.0.0.1', '012.0.0.1', '167772161']) {
    expect(addressBytes(text), text).toBeNull();
    expect(isPrivateAddress(text), text).toBe(false);
  }
});

const anyAddress = fc.oneof(fc.ipV4(), fc.ipV6());

test('a range contains what the block list of Node contains', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.nat(32), anyAddress, (address, prefix, candidate) => {
      const list = new BlockList();
      list.addSubnet(address, prefix, 'ipv4');
      const plain = plainAddress(candidate) ?? '';
      // Node sees an IPv4 address inside a mapped one; certificates do not.
      fc.pre(!plain.startsWith('::ffff:'));
      const family = plain.includes(':') ? 'ipv6' : 'ipv4';
      expect(rangeContains({ address, prefix }, candidate)).toBe(list.check(plain, family));
    }),
  );
});

test('no range contains an address of the other family, mapped or not', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.nat(32), (address, prefix) => {
      expect(rangeContains({ address, prefix }, `::ffff:${address}`)).toBe(false);
      expect(rangeContains({ address: '::', prefix: 0 }, address)).toBe(false);
    }),
  );
});

test('what is private and what is not, at the edges', () => {
  const inside = [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.255.255',
    '127.0.0.1',
  ];
  const inside6 = [
    '169.254.1.1',
    '100.64.0.1',
    '100.127.255.255',
    '::1',
    'fc00::',
    'fdff:ffff::1',
    'fe80::1',
    'febf::1',
  ];
  const outside = [
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.1.1',
    '128.0.0.1',
    '100.128.0.0',
  ];
  const outside6 = [
    '8.8.8.8',
    '::2',
    '::',
    'fbff::1',
    'fe00::1',
    'fec0::1',
    '2001:4860::8888',
    '::ffff:10.0.0.1',
    // The same bytes in the other family.
    'a00::',
    '252.0.0.1',
    'x',
  ];
  for (const address of [...inside, ...inside6]) expect(isPrivateAddress(address), address).toBe(true);
  for (const address of [...outside, ...outside6]) expect(isPrivateAddress(address), address).toBe(false);
});
