import { expect, test } from 'vitest';
import { forwardedPort, makeHosts, ownNameAt } from '../../../../src/main/core/gateway/request/hosts.ts';

test('the loopback names, the own name and the configured ones, each with what it is', () => {
  const hosts = makeHosts('Thesis', 8888, [' Lab.example.org ', 'tool.example.org:443', '', '[fd00::1]']);
  expect(hosts.own).toBe('thesis.localhost:8888');
  expect(Object.fromEntries(hosts.kinds)).toEqual({
    'thesis.localhost:8888': 'own',
    '127.0.0.1:8888': 'loopback',
    'localhost:8888': 'loopback',
    '[::1]:8888': 'loopback',
    'lab.example.org': 'extra',
    'lab.example.org:8888': 'extra',
    'tool.example.org:443': 'extra',
    '[fd00::1]': 'extra',
    '[fd00::1]:8888': 'extra',
  });
});

test('a forwarded port opens the loopback names and the own name at that port, and no other', () => {
  for (const name of ['localhost:9999', '127.0.0.1:9999', '[::1]:9999']) {
    const hosts = makeHosts('thesis', 8888, [name]);
    const at = [
      'localhost:9999',
      '127.0.0.1:9999',
      '[::1]:9999',
      'thesis.localhost:9999',
      'x.localhost:9999',
    ];
    const kinds = at.map(host => hosts.kinds.get(host));
    expect(kinds).toEqual(['forwarded', 'forwarded', 'forwarded', 'own', undefined]);
    expect(hosts.kinds.get('thesis.localhost:8888')).toBe('own');
    expect(ownNameAt(hosts, 'localhost:9999')).toBe('thesis.localhost:9999');
    expect(ownNameAt(hosts, '127.0.0.1:8888')).toBe('thesis.localhost:8888');
  }
  expect(makeHosts('thesis', 8888, ['localhost:8888']).kinds.get('localhost:8888')).toBe('loopback');
});

test.each([
  ['localhost:9999', '9999'],
  ['[::1]:65535', '65535'],
  ['a-b.localhost:1', '1'],
  ['localhost:65536', null],
  ['localhost:0', null],
  ['localhost', null],
  ['localhost:9999<b>', null],
  ['evil.io:9999', null],
  ['a.b.localhost:9999', null],
])('the port of %s is %s', (name, port) => {
  expect(forwardedPort(name)).toBe(port);
});

test('a configured name never turns a loopback name into something else', () => {
  const { kinds } = makeHosts('thesis', 1, ['thesis.localhost:1', 'localhost']);
  expect([kinds.get('thesis.localhost:1'), kinds.get('localhost:1')]).toEqual(['own', 'loopback']);
});
