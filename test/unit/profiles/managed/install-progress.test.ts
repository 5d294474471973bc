import { expect, test } from 'vitest';
import { progressReader } from '../../../../src/main/core/profiles/managed/install-progress.ts';

test('pip: it goes on, and never back', () => {
  const read = progressReader();
  const lines = [
    'Collecting jupyterlab<5,>=4.6',
    '  Downloading jupyterlab-4.6.6-py3-none-any.whl (12.3 MB)',
    'Collecting ipykernel',
    'Requirement already satisfied: pip in ./x',
    'Collecting ipykernel',
    'Installing collected packages: a, b, c',
    'Collecting late',
    'Successfully installed a-1 b-2 c-3',
  ];
  const steps = lines.map(line => read(line));
  expect(steps.map(step => step?.message)).toEqual([
    'Fetching jupyterlab',
    'Fetching jupyterlab',
    'Fetching ipykernel',
    'Fetching pip',
    'Fetching ipykernel',
    'Installing 3 packages',
    'Fetching late',
    'Installed',
  ]);
  const fractions = steps.map(step => step?.fraction ?? -1);
  expect(fractions).toEqual(fractions.toSorted((one, other) => one - other));
  expect(fractions[0]).toBeGreaterThan(0);
  expect(fractions.at(-1)).toBe(1);
});

test('uv: its own words', () => {
  const read = progressReader();
  const lines = [
    'Resolved 90 packages in 300ms',
    'Downloading pygments (1.2MiB)',
    'Prepared 90 packages in 2s',
    'Installed 90 packages in 1s',
  ];
  expect(lines.map(line => read(line)?.message)).toEqual([
    'Fetching 90 packages',
    'Fetching pygments',
    'Installing',
    'Installed',
  ]);
});

test('other lines tell nothing, and there are never more than all', () => {
  const read = progressReader();
  expect(read('WARNING: something')).toBeNull();
  const last = Array.from({ length: 300 }, (_, index) => read(`Collecting p${index}`)).at(-1);
  expect(last?.fraction).toBeCloseTo(0.8);
});
