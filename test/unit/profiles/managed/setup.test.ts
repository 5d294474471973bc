import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { incompleteMark, managedJupyter } from '../../../../src/main/core/profiles/managed/setup.ts';
import type { SetupProgress } from '../../../../src/shared/model.ts';
import { fakeEnvironment, scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let location = '';
const seen: SetupProgress[] = [];
beforeEach(async () => {
  seen.length = 0;
  scratch = await scratchFolder();
  location = join(scratch.folder, 'environments/jupyter');
});
afterEach(() => scratch.remove());

const working = `echo 'gatehouse:{"jupyterlab":"4.6.6","jupyter_server":"2.21.1","jupyter_collaboration":"5.0.4"}'`;
const earlier = `echo 'gatehouse:{"jupyterlab":"4.6.6","jupyter_server":"2.21.1"}'`;

/** A stand-in for uv: `venv` makes an environment, `pip install` does what is asked of it. */
async function setup(install: string, made = working) {
  const bin = join(scratch.folder, 'bin');
  const environment = `last=$(printf '%s' "$*" | /usr/bin/sed 's/.* 3[^ ]* //; s/.*python3[^ ]* //')`;
  await mkdir(bin, { recursive: true });
  const script = `#!/bin/sh
${environment}
if [ "$1" = venv ]; then
  for target in "$@"; do :; done
  /bin/mkdir -p "$target/bin"
  printf '%s\\n' '#!/bin/sh' ${JSON.stringify(made).replaceAll('`', '')} > "$target/bin/python"
  /bin/chmod 755 "$target/bin/python"
  exit 0
fi
${install}
`;
  await writeFile(join(bin, 'uv'), script, { mode: 0o755 });
  return managedJupyter({
    location,
    environment: { PATH: bin, PYENV_ROOT: '/nowhere', UV_DEFAULT_INDEX: 'https://index.example' },
    home: scratch.folder,
    platform: 'linux',
    shimFolder: '/nowhere',
  });
}

const left = () => readdir(join(scratch.folder, 'environments'));
const run = (managed: Awaited<ReturnType<typeof setup>>, signal = AbortSignal.timeout(20_000)) =>
  managed.run(progress => seen.push(progress), signal);

test('made, told about, kept, found again, removed', async () => {
  const managed = await setup('echo "Resolved 2 packages in 1ms"; echo "Installed 2 packages in 1ms"');
  const found = await run(managed);
  expect(found).toMatchObject({ title: 'JupyterLab', version: '4.6.6', location, problem: null });
  expect(seen.at(-1)).toEqual({
    profile: 'jupyter',
    step: 'done',
    message: 'JupyterLab 4.6.6 is ready.',
    fraction: 1,
  });
  expect(await left()).toEqual(['jupyter']);
  seen.length = 0;
  expect(await run(managed)).toEqual(found);
  expect(seen.map(progress => progress.step)).toEqual(['done']);
  await managed.remove();
  await expect(managed.remove()).rejects.toMatchObject({ code: 'no-environment', kind: 'not-found' });
  expect(await left()).toEqual([]);
});

test('one of an earlier version, without jupyter-collaboration, is made again', async () => {
  await run(await setup('echo "Installed 2 packages in 1ms"', earlier));
  seen.length = 0;
  await run(await setup('echo "Installed 3 packages in 1ms"'));
  expect(seen.map(progress => progress.step)).toContain('make-environment');
  seen.length = 0;
  await run(await setup('false'));
  expect(seen.map(progress => progress.step)).toEqual(['done']);
});

test("a failure is the installer's own, without its password, and leaves nothing", async () => {
  const managed = await setup(
    'echo "error: Failed to fetch https://zoe:hunter2@h/x: No space left on device" >&2; exit 2',
  );
  const failed = run(managed);
  await expect(failed).rejects.toMatchObject({
    code: 'setup-failed',
    message: expect.stringContaining('Failed to fetch https://***@h/x'),
    nextStep: expect.stringContaining('disk is full'),
  });
  expect(JSON.stringify(seen)).not.toContain('hunter2');
  expect(seen.at(-1)?.step).toBe('failed');
  expect(await left()).toEqual([]);
});

test('what is installed and does not work is not kept', async () => {
  const managed = await setup('exit 0', 'exit 1');
  await expect(run(managed)).rejects.toMatchObject({
    code: 'setup-failed',
    message: 'The new environment does not work.',
  });
  expect(await left()).toEqual([]);
});

test('a half-made one is made again, and remains of a removal are swept away', async () => {
  await fakeEnvironment(location);
  await writeFile(incompleteMark(location), '');
  await fakeEnvironment(`${location}.removed-abcd`);
  const found = await run(await setup('echo "Installed 2 packages in 1ms"'));
  expect(seen.map(progress => progress.step)).toContain('install');
  expect(found.version).toBe('4.6.6');
  expect(await left()).toEqual(['jupyter']);
});

test('an aborted one leaves nothing', async () => {
  const managed = await setup('exec /bin/sleep 60');
  const cancel = new AbortController();
  const running = managed.run(progress => {
    if (progress.step === 'install') cancel.abort();
  }, cancel.signal);
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  expect(await left()).toEqual([]);
});

test('without uv and without Python there is advice', async () => {
  const managed = managedJupyter({
    location,
    environment: { PATH: '/nowhere', PYENV_ROOT: '/nowhere' },
    home: scratch.folder,
    platform: 'win32',
    shimFolder: '/nowhere',
  });
  await expect(run(managed)).rejects.toMatchObject({ code: 'no-python', kind: 'not-found' });
  expect(await left()).toEqual([]);
});

test('a place that cannot be written to is named', async () => {
  await writeFile(join(scratch.folder, 'environments'), 'a file where the folder would be');
  await expect(run(await setup('exit 0'))).rejects.toMatchObject({
    code: 'setup-failed',
    message: expect.stringContaining('environments'),
  });
});
