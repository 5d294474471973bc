import { expect, test } from 'vitest';
import { makeHosts } from '../../../src/main/core/gateway/hosts.ts';

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

test('a configured name never turns a loopback name into something else', () => {
  const { kinds } = makeHosts('thesis', 1, ['thesis.localhost:1', 'localhost']);
  expect([kinds.get('thesis.localhost:1'), kinds.get('localhost:1')]).toEqual(['own', 'loopback']);
});
