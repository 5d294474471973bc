import { expect, test } from 'vitest';
import { compareVersions } from '../../../../src/main/core/profiles/common/versions.ts';

test.each<[string, string, number]>([
  ['4.6.6', '4.6.6', 0],
  ['4.6', '4.6.0', 0],
  ['4.10.0', '4.9.9', 1],
  ['3.6.8', '4.0', -1],
  ['2.0.0rc1', '2.0', 0],
  ['1!2.0', '2.0', 0],
  ['nonsense', '0', 0],
])('%s against %s', (one, other, wanted) => {
  expect(Math.sign(compareVersions(one, other))).toBe(wanted);
  expect(Math.sign(compareVersions(other, one))).toBe(wanted === 0 ? 0 : -wanted);
});
