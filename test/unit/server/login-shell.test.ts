/* Real shells, and the start files that people have. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askLoginShell } from '../../../src/main/core/server/login-shell.ts';

let home = '';
beforeEach(async () => (home = await mkdtemp(join(tmpdir(), 'löginshell '))));
afterEach(() => rm(home, { recursive: true, force: true }));

const desktop = (shell: string) => ({
  HOME: home,
  SHELL: shell,
  PATH: '/usr/bin:/bin',
  SSH_AUTH_SOCK: '/run/x',
});

test('the start files of bash are asked, whatever they print', async () => {
  await writeFile(
    join(home, '.bash_profile'),
    'echo Welcome; echo "{\\"not\\": 1}"; export FROM_PROFILE="a\nb"; . ~/.bashrc; echo oops >&2\n',
  );
  await writeFile(join(home, '.bashrc'), 'case $- in *i*) export FROM_RC=1;; esac\n');
  const answer = await askLoginShell({ variables: desktop('/bin/bash'), milliseconds: 20_000 });
  expect(answer).toMatchObject({
    kind: 'variables',
    variables: { FROM_PROFILE: 'a\nb', FROM_RC: '1', SSH_AUTH_SOCK: '/run/x' },
  });
});

test('a POSIX shell is asked the same way', async () => {
  await writeFile(join(home, '.profile'), 'export FROM_PROFILE=1\n');
  const answer = await askLoginShell({ variables: desktop('/bin/sh'), milliseconds: 20_000 });
  expect(answer).toMatchObject({ kind: 'variables', variables: { FROM_PROFILE: '1' } });
});

test.each([
  ['asks a question', 'read -r answer < /dev/tty || read -r answer; sleep 600\n'],
  ['never ends', 'sleep 600 & wait\n'],
])('a start file that %s is ended, with all that it started', async (_what, text) => {
  await writeFile(join(home, '.bash_profile'), `echo $$ > ~/pid; ${text}`);
  const answer = await askLoginShell({ variables: desktop('/bin/bash'), milliseconds: 1500 });
  expect(answer).toMatchObject({ kind: 'none', reason: expect.stringContaining('within 1.5 s') });
  const group = Number(await readFile(join(home, 'pid'), 'utf8'));
  await expect.poll(() => isThere(-group), { timeout: 10_000 }).toBe(false);
});

test('what a start file leaves in the background does not keep anybody waiting', async () => {
  await writeFile(join(home, '.bash_profile'), 'sleep 600 & export LATER=1\n');
  const answer = await askLoginShell({ variables: desktop('/bin/bash'), milliseconds: 60_000 });
  expect(answer).toMatchObject({ kind: 'variables', variables: { LATER: '1' } });
});

test.each(['/no/such/shell', '/bin/false'])('%s is no shell to ask', async shell => {
  const answer = await askLoginShell({ variables: desktop(shell), milliseconds: 20_000 });
  expect(answer.kind).toBe('none');
});

test('a shell that ends at once, or answers nonsense, is named', async () => {
  const shell = join(home, 'odd-shell');
  await writeFile(shell, '#!/bin/sh\necho hello\n');
  await chmod(shell, 0o700);
  const answer = await askLoginShell({ variables: desktop(shell), milliseconds: 20_000 });
  expect(answer).toEqual({ kind: 'none', reason: `${shell} did not run the command it was given` });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
