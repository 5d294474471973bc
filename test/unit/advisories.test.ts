/* doc/advisories.md promises tests by their numbers: they are there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

const rows = (await readFile(join(root, 'doc/advisories.md'), 'utf8'))
  .split('\n')
  .filter(line => /^\| .*(?:CVE|GHSA|RCE|home-assistant)/.test(line))
  .map(line => line.split(' | ').map(cell => cell.replaceAll('|', '').trim()));

test('the table is read', () => {
  expect(rows.length).toBeGreaterThanOrEqual(20);
});

test.each(rows.map(cells => [cells[0] ?? '', cells.at(-1) ?? ''] as const))('%s', async (title, tests) => {
  const paths = [...tests.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path ?? '');
  const texts = await Promise.all(paths.map(path => readFile(join(root, path), 'utf8')));
  const ids = title.match(/CVE-\d{4}-\d+|GHSA(?:-\w{4}){3}|MycroftAI-RCE|home-assistant \d+/g) ?? [];
  expect(ids).not.toEqual([]);
  // The number itself, in one of the files; where an advisory has two numbers, either.
  const groups = title.split(/[,;] /).map(group => ids.filter(id => group.includes(id)));
  const missing = groups.filter(
    group => group.length > 0 && !group.some(id => texts.some(text => text.includes(id))),
  );
  expect(missing).toEqual([]);
});
