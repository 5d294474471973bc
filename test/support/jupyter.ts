import { execFile } from 'node:child_process';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const testCache = resolve(import.meta.dirname, '../../.cache');

/**
 * Path of a Python that has a real JupyterLab: GATEHOUSE_TEST_PYTHON, or an environment that is built once in
 * .cache with pip. Two that ask at once, also in two processes, get the same one; the second waits.
 */
export async function testPython(): Promise<string> {
  const given = process.env['GATEHOUSE_TEST_PYTHON'];
  if (given !== undefined && given !== '') return given;
  return pythonWith('test-jupyter', ['jupyterlab>=4.6,<5', 'ipykernel']);
}

/** Environments beside it, by name: what pip installs there. */
export const otherEnvironments = {
  'test-jupyter-collaboration': ['jupyterlab>=4.6,<5', 'ipykernel', 'jupyter-collaboration==5.0.4'],
  'test-jupyterlab-3.6': ['jupyterlab==3.6.*', 'jupyter_server>=2,<3', 'ipykernel'],
  'test-notebook-7': ['notebook>=7,<8', 'ipykernel'],
  'test-jupyter-server-2.0': ['jupyter_server==2.0.*', 'ipykernel'],
  'test-sslyze': ['sslyze==6.3.1'],
} as const;

/** Path of the Python of one of them. */
export function otherEnvironment(name: keyof typeof otherEnvironments): Promise<string> {
  return pythonWith(name, otherEnvironments[name]);
}

/** Path of a Python that has these packages; built once, under that name. */
export async function pythonWith(name: string, packages: readonly string[]): Promise<string> {
  const environment = resolve(testCache, name);
  const python = resolve(environment, 'bin/python');
  // Written last: an environment without it was cut while being built.
  const finished = resolve(environment, 'finished');
  if (await isThere(finished)) return python;
  await mkdir(dirname(environment), { recursive: true });
  const lock = await takeLock(resolve(testCache, `${name}.lock`), 600);
  try {
    if (!(await isThere(finished))) await build(environment, python, packages);
  } finally {
    await lock.release();
  }
  return python;
}

async function build(environment: string, python: string, packages: readonly string[]): Promise<void> {
  await rm(environment, { recursive: true, force: true });
  const base = await firstPython();
  await run(base, ['-m', 'venv', environment], { timeout: 120_000 }).catch(() =>
    // Debian's Python has no ensurepip until python3-venv is installed.
    run(base, ['-m', 'virtualenv', environment], { timeout: 120_000 }),
  );
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], {
    timeout: 480_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  const finished = resolve(environment, 'finished');
  const file = await open(`${finished}.new`, 'w');
  await file.close();
  await rename(`${finished}.new`, finished);
}

async function firstPython(): Promise<string> {
  const names = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3', '/usr/bin/python3'];
  for (const name of names) {
    const works = await run(name, ['-c', 'import sys, venv; assert sys.version_info >= (3, 10)']).then(
      () => true,
      () => false,
    );
    if (works) return name;
  }
  throw new Error('The tests need Python 3.10 or later, or GATEHOUSE_TEST_PYTHON.');
}

/** A lock file with the process id of its holder; one whose holder is gone is taken over. */
export async function takeLock(path: string, seconds: number): Promise<{ release: () => Promise<void> }> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const file: FileHandle | null = await open(path, 'wx').catch(() => null);
    if (file !== null) {
      await file.writeFile(String(process.pid));
      await file.close();
      return { release: () => rm(path, { force: true }) };
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
    await pause(200);
  }
  throw new Error(`Nobody released ${path} within ${seconds} s.`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
