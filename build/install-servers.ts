/*
 * Installs every server that the tests know into .cache, two at a time, before the tests that need them: a
 * test that had to install its server first could run out of time.
 */
import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { otherEnvironments, pythonWith, testPython } from '../test/support/jupyter.ts';
import { lockFolder, nodeServer, pythonServer } from '../test/support/server-packages.ts';

const jobs: (readonly [name: string, install: () => Promise<string>])[] = [
  ['test-jupyter', testPython],
  ...Object.entries(otherEnvironments).map(
    ([name, packages]) => [name, () => pythonWith(name, packages)] as const,
  ),
];
for (const file of (await readdir(lockFolder)).toSorted()) {
  const name = basename(file, extname(file));
  jobs.push([name, () => (extname(file) === '.json' ? nodeServer(name) : pythonServer(name))]);
}

const failures: string[] = [];
await Promise.all([installNext(), installNext()]);
for (const failure of failures) process.stderr.write(`${failure}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function installNext(): Promise<void> {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const [name, install] = job;
    await install().catch((error: unknown) => failures.push(`${name} was not installed: ${String(error)}`));
  }
}
