import { expect, test } from 'vitest';
import type { Interfaces } from '../../../../src/main/core/share/network/host-names.ts';
import {
  bindAddresses,
  listenChoices,
  listenTargetOf,
  exposureOf,
  shareOrigins,
} from '../../../../src/main/core/share/network/network-exposure.ts';

const of = (...addresses: string[]) => addresses.map(address => ({ address }));
const home: Interfaces = {
  lo: of('127.0.0.1', '::1'),
  eth0: of('192.168.1.7', 'fe80::1', 'fd00::7'),
  docker0: of('172.17.0.1'),
};
const onlyFour: Interfaces = { lo: of('127.0.0.1'), eth0: of('192.168.1.7') };
const data: Interfaces = { lo: of('127.0.0.1'), ens3: of('203.0.113.9') };

test.each([
  ['all', { kind: 'all' }],
  ['interface:eth0', { kind: 'interface', name: 'eth0' }],
  ['192.168.1.7', { kind: 'address', address: '192.168.1.7' }],
  ['FD00:0::7', { kind: 'address', address: 'fd00::7' }],
])('%s is a place', (listen, place) => {
  expect(listenTargetOf(listen, home)).toEqual(place);
});

test.each(['interface:wlan9', '192.168.1.8', '0.0.0.0', 'x', ''])('%s is none, and never all', listen => {
  expect(() => listenTargetOf(listen, home)).toThrow(/cannot|nothing can be shared/);
});

test.each<[string, Interfaces, readonly string[]]>([
  ['all', home, ['0.0.0.0', '::']],
  ['all', onlyFour, ['0.0.0.0']],
  ['interface:eth0', home, ['192.168.1.7', 'fd00::7']],
  ['127.0.0.1', home, ['127.0.0.1']],
])('%s is bound', (listen, interfaces, addresses) => {
  expect([...bindAddresses(listenTargetOf(listen, interfaces), interfaces)].sort()).toEqual(
    [...addresses].sort(),
  );
});

test.each<[string, Interfaces, readonly string[], string, string]>([
  ['all', home, [], 'private', 'unknown'],
  ['all', home, ['192.168.1.0/24'], 'private', 'unknown'],
  ['interface:eth0', onlyFour, ['192.168.1.0/24'], 'private', 'trusted'],
  ['interface:eth0', onlyFour, ['192.168.2.0/24'], 'private', 'unknown'],
  ['all', data, ['203.0.113.0/24'], 'public', 'trusted'],
  ['127.0.0.1', data, [], 'loopback', 'trusted'],
])('%s: what is warned of', (listen, interfaces, trusted, reach, network) => {
  expect(exposureOf(listenTargetOf(listen, interfaces), interfaces, trusted)).toMatchObject({
    reach,
    network,
  });
});

const certificate = {
  names: ['lab.local', 'localhost'],
  addresses: ['127.0.0.1', '172.17.0.1', '192.168.1.7', '::1', 'fd00::7'],
};
const facts = {
  place: { kind: 'all' } as const,
  interfaces: home,
  certificate,
  trustedByAll: false,
  names: ['localhost', 'lab.local', 'lab.example.org'],
  port: 8443,
};

test('an address that works comes first, what only works here last', () => {
  expect(shareOrigins(facts).map(({ origin }) => origin)).toEqual([
    'https://192.168.1.7:8443',
    'https://[fd00::7]:8443',
    'https://172.17.0.1:8443',
    'https://lab.local:8443',
    'https://127.0.0.1:8443',
    'https://[::1]:8443',
  ]);
});

test('a name that browsers trust comes before any number', () => {
  const star = { names: ['*.example.org'], addresses: [] };
  const origins = shareOrigins({ ...facts, certificate: star, trustedByAll: true, port: 443 });
  expect(origins).toEqual([{ origin: 'https://lab.example.org', where: 'by name' }]);
});

test('nothing is offered that the certificate does not name', () => {
  expect(shareOrigins({ ...facts, certificate: { names: [], addresses: [] } })).toEqual([]);
});

test('a listener on loopback offers loopback', () => {
  const place = { kind: 'address', address: '127.0.0.1' } as const;
  expect(shareOrigins({ ...facts, place })).toEqual([
    { origin: 'https://127.0.0.1:8443', where: 'this computer only' },
  ]);
});

test('there is a choice of networks', () => {
  expect(listenChoices(home).map(({ listen }) => listen)).toEqual([
    'all',
    'interface:eth0',
    'interface:docker0',
    '127.0.0.1',
  ]);
});
