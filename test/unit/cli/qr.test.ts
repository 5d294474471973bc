import { expect, test } from 'vitest';
import { qrText } from '../../../src/main/cli/qr.ts';
import { readQrText } from '../../support/qr.ts';

const link = `https://192.168.100.200:45678/_gatehouse/join/abcdefghijkl#${'s3cret-_'.repeat(5)}abc`;

test.each([true, false])('a camera reads the link (colours: %s)', colour => {
  expect(readQrText(qrText(link, colour))).toBe(link);
});

test('it fits into a terminal of 80 columns', () => {
  expect(
    Math.max(
      ...qrText(link, false)
        .split('\n')
        .map(line => line.length),
    ),
  ).toBeLessThanOrEqual(80);
});
