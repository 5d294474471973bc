import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inspectPython } from '../../../../src/main/core/profiles/python/inspect.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

async function ask(script: string, options: { mode?: number; milliseconds?: number } = {}) {
  const python = join(scratch.folder, 'python');
  await rm(python, { force: true });
  await writeFile(python, `#!/bin/sh\n${script}\n`, { mode: options.mode ?? 0o755 });
  return inspectPython({
    python,
    environment: { PATH: '/usr/bin:/bin' },
    milliseconds: options.milliseconds ?? 5000,
    signal: new AbortController().signal,
  });
}

test.each<[string, string, unknown]>([
  [
    'an answer',
    `echo noise; echo 'gatehouse:{"jupyterlab":"4.6.6"}'`,
    { kind: 'works', versions: { jupyterlab: '4.6.6' } },
  ],
  [
    'its own last line',
    'echo first >&2; echo "ModuleNotFoundError: No module named zmq" >&2; exit 1',
    { kind: 'broken', reason: 'ModuleNotFoundError: No module named zmq' },
  ],
  ['no words', 'exit 3', { kind: 'broken', reason: 'Its interpreter ended without a message (3).' }],
  [
    'nonsense',
    'echo gatehouse:hello',
    { kind: 'broken', reason: 'It answers in a way that Gatehouse does not understand.' },
  ],
  ['silence', 'exit 0', { kind: 'broken', reason: 'Its interpreter ended without a message (unknown).' }],
])('%s', async (_name, script, wanted) => {
  expect(await ask(script)).toEqual(wanted);
});

test('one that hangs is ended in its time', async () => {
  const began = performance.now();
  expect(await ask('exec /bin/sleep 60', { milliseconds: 200 })).toEqual({ kind: 'too-slow' });
  expect(performance.now() - began).toBeLessThan(3000);
});

test('one that may not be run, or is gone, says so', async () => {
  expect(await ask('', { mode: 0o644 })).toMatchObject({ reason: expect.stringMatching(/may not run/) });
  await rm(join(scratch.folder, 'python'));
  const python = join(scratch.folder, 'python');
  const signal = new AbortController().signal;
  const gone = await inspectPython({ python, environment: {}, milliseconds: 1000, signal });
  expect(gone).toEqual({ kind: 'broken', reason: 'Its interpreter is not there any more.' });
});
