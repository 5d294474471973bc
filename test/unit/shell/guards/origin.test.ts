import { expect, test } from 'vitest';
import { originOf, serverOrigin } from '../../../../src/main/shell/guards/origin.ts';

test.each<[string, string | null]>([
  ['http://a.localhost:1/x?y#z', 'http://a.localhost:1'],
  ['ws://a.localhost:1/x', 'http://a.localhost:1'],
  ['wss://a.localhost/x', 'https://a.localhost'],
  ['WS://A.localhost:1/x', 'http://a.localhost:1'],
  ['blob:http://a.localhost:1/5b', 'http://a.localhost:1'],
  ['about:blank', null],
  ['data:text/html,x', null],
  ['file:///etc/passwd', null],
  ['null', null],
  ['', null],
])('the origin of %s is %s', (address, wanted) => {
  expect(originOf(address)).toBe(wanted);
});

test.each<[string, string | null, string | null]>([
  ['lab', 'http://lab-x7k2.localhost:4100/', 'http://lab-x7k2.localhost:4100'],
  ['lab', 'http://lab.localhost:4100/', null],
  ['lab', 'http://other-x7k2.localhost:4100/', null],
  ['lab', 'http://lab-x.y.localhost:4100/', null],
  ['lab', 'http://lab-x7k2.localhost.evil.example/', null],
  ['lab', 'https://lab-x7k2.localhost:4100/', null],
  ['lab', 'http://127.0.0.1:4100/', null],
  ['lab', null, null],
])('server %s at %s has the origin %s', (id, address, wanted) => {
  expect(serverOrigin(id, address)).toBe(wanted);
});
