import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/rstudio.ts';
import { scratchFolder } from '../../support/fake-environment.ts';
import { foundIn, installProgram, planIn, profileIn, runSecret } from '../../support/profile-plan.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
  await installProgram(scratch.folder, 'rserver', '2025.09.1+401 (Cucumberleaf Sunflower) for Ubuntu Jammy');
});
afterEach(() => scratch.remove());

test('it is found with its version', async () => {
  const [found] = await foundIn(kind, scratch.folder);
  expect(found).toMatchObject({ version: '2025.09.1+401', problem: null, title: 'RStudio Server' });
});

test('on loopback alone, with everything that it writes in the private folder', async () => {
  const made = await planIn(kind, scratch.folder);
  const { folder } = scratch;
  expect(made.argv).toEqual([
    join(folder, 'rserver'),
    '--auth-none=1',
    '--www-address=127.0.0.1',
    '--www-port=4567',
    '--www-frame-origin=same',
    '--www-verify-user-agent=0',
    '--server-daemonize=0',
    '--server-user=zoe',
    `--server-data-dir=${folder}/data`,
    `--database-config-file=${folder}/database.conf`,
    `--secure-cookie-key-file=${folder}/cookie-key`,
  ]);
  expect(made.argv.join(' ')).not.toContain(runSecret);
  expect(made.environment).toEqual({ USER: 'zoe' });
  expect(await readFile(join(folder, 'database.conf'), 'utf8')).toBe(
    `provider=sqlite\ndirectory=${folder}/data\n`,
  );
  expect((await stat(join(folder, 'data'))).mode & 0o777).toBe(0o700);
  await expect(stat(join(folder, 'cookie-key'))).rejects.toThrow('ENOENT');
});

test('its own cookie passes, as its pages need it; its owner is told of the open port', async () => {
  const made = await planIn(kind, scratch.folder);
  expect(made.upstream).toMatchObject({
    address: { kind: 'port', port: 4567 },
    host: 'localhost',
    withheldCookies: [],
  });
  expect(made.caveat?.()).toMatch(/other accounts on this computer/);
});

test('full alone, with the reason', () => {
  const { sharing } = profileIn(kind, scratch.folder);
  expect(sharing.rules.roles).toEqual(['full']);
  for (const { reason } of sharing.notOffered) expect(reason).toMatch(/console/);
});
