import { expect, test } from 'vitest';
import {
  listOnWindows,
  parseWindowsRow,
} from '../../../../src/main/core/server/process/processes-windows.ts';
import { familyOf } from '../../../../src/main/core/server/process/process-family.ts';

const table = ['4 0 1', '100 4 20', '101 100 30', '102 101 40', '200 4 50'];

test('a family is told by who started whom', () => {
  const rows = table.flatMap(line => parseWindowsRow(`${line}\r`) ?? []);
  expect(rows).toHaveLength(5);
  expect(familyOf(rows, { pid: 100, start: '20' }, 7).map(row => row.pid)).toEqual([100, 101, 102]);
});

test('whose leader has lost its number is not ours', () => {
  const rows = table.flatMap(line => parseWindowsRow(line) ?? []);
  expect(familyOf(rows, { pid: 100, start: '19' }, 7)).toEqual([]);
});

test.each(['', 'ProcessId', '1 2', '1 2 x', '-1 2 3'])('%j is no row', line => {
  expect(parseWindowsRow(line)).toBe(null);
});

test.skipIf(process.platform === 'win32')('where there is no PowerShell, nothing is listed', async () => {
  expect(await listOnWindows()).toEqual([]);
});
