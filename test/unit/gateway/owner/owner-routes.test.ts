import { expect, test } from 'vitest';
import { isOwnPath } from '../../../../src/main/core/gateway/own-path.ts';
import { rateHeaders } from '../../../../src/main/core/gateway/request/attempts.ts';

test.each([
  ['/_gatehouse', true],
  ['/_gatehouse/', true],
  ['/_gatehouse/login', true],
  ['/_gatehouse/../lab', true],
  ['/_gatehouse//', true],
  ['/_gatehouselogin', false],
  ['/_gatehouse.login', false],
  ['/_gatehouse%2flogin', false],
  ['//_gatehouse/login', false],
  ['/lab/_gatehouse/login', false],
  ['/_GATEHOUSE/login', false],
  ['/', false],
])('%s: is it a page of Gatehouse?', (path, wanted) => {
  expect(isOwnPath(path)).toBe(wanted);
});

test('the client is told how many wrong credentials are left, and when to come back only if it must', () => {
  const attempt = { limited: false, limit: 20, remaining: 3, resetSeconds: 12 };
  const common = ['X-RateLimit-Limit', '20', 'X-RateLimit-Remaining', '3', 'X-RateLimit-Reset', '12'];
  expect(rateHeaders(attempt)).toEqual(common);
  expect(rateHeaders({ ...attempt, limited: true })).toEqual([...common, 'Retry-After', '12']);
});
