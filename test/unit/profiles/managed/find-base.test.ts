import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bestBase, findBasePython } from '../../../../src/main/core/profiles/managed/find-base.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

test.each<[number[], number | null]>([
  [[9, 8], null],
  [[10], 10],
  [[10, 13, 11], 13],
  [[10, 14, 15], 10],
  [[9, 14, 15], 15],
  [[], null],
])('of 3.%j the best is 3.%s', (minors, wanted) => {
  const found = minors.map(minor => ({ path: `/p/${minor}`, minor }));
  expect(bestBase(found)?.minor ?? null).toBe(wanted);
});

test('every folder of PATH and every version of pyenv is asked; broken ones stop nobody', async () => {
  const bin = join(scratch.folder, 'bin');
  const pyenv = join(scratch.folder, 'pyenv/versions/3.13.1/bin');
  await mkdir(bin);
  await mkdir(pyenv, { recursive: true });
  const python = (path: string, line: string) => writeFile(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  await python(join(bin, 'python3'), 'exit 1');
  await python(join(bin, 'python3.12'), 'echo "gatehouse:3:12:/real/python3.12"');
  await python(join(bin, 'python3.99-config'), 'echo "gatehouse:3:13:/never"');
  await python(join(pyenv, 'python3'), 'echo "gatehouse:3:13:/pyenv/of 3.13"');
  const found = await findBasePython({
    environment: { PATH: `${bin}:relative:${bin}`, PYENV_ROOT: join(scratch.folder, 'pyenv') },
    home: scratch.folder,
    platform: 'linux',
    signal: AbortSignal.timeout(20_000),
  });
  expect(found).toEqual({ path: '/pyenv/of 3.13', minor: 13 });
});
