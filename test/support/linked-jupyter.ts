/* The test JupyterLab in an environment that a test makes, without installing it anew. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { testPython } from './jupyter.ts';

const run = promisify(execFile);

/**
 * A new virtual environment with JupyterLab. Returns its interpreter with the number in its name:
 * `bin/python3.11`.
 */
export async function linkedEnvironment(location: string): Promise<string> {
  await run(await basePython(), ['-m', 'venv', '--without-pip', location], { timeout: 120_000 });
  await linkJupyter(location);
  const packages = (await readdir(join(location, 'lib'))).find(name => /^python3\.\d+$/.test(name));
  const numbered = join(location, 'bin', basename(packages ?? ''));
  const there = await readdir(join(location, 'bin'));
  if (!there.includes(basename(numbered))) await symlink(await basePython(), numbered);
  return numbered;
}

/**
 * The Python that the test JupyterLab is an environment of: what is installed there can be imported by it.
 */
export async function basePython(): Promise<string> {
  const { stdout } = await run(await testPython(), ['-c', 'import sys; print(sys._base_executable)']);
  return stdout.trim();
}

/**
 * Installs the test JupyterLab, by links to its packages (as `uv pip install --link-mode=symlink` does it).
 */
export async function linkJupyter(location: string): Promise<void> {
  const from = dirname(dirname(await testPython()));
  const [version] = (await readdir(join(from, 'lib'))).filter(name => name.startsWith('python3'));
  const packages = join('lib', version ?? '', 'site-packages');
  for (const folder of [packages, 'share', 'etc']) {
    await mkdir(join(location, folder), { recursive: true });
    const there = await readdir(join(location, folder));
    const missing = (await readdir(join(from, folder))).filter(name => !there.includes(name));
    for (const name of missing) await symlink(join(from, folder, name), join(location, folder, name));
  }
}
