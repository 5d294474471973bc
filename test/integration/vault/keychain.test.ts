import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createRedactor } from '../../../src/main/core/log/redact.ts';
import { Secret } from '../../../src/main/core/secret.ts';
import { openKeychain, type KeychainStore } from '../../../src/main/core/vault/keychain-store.ts';
import { openSecretStore, type SecretStoreChoice } from '../../../src/main/core/vault/secret-store.ts';
import { createVault } from '../../../src/main/core/vault/vault.ts';
import { startKeyring, withKeyring, type Keyring } from '../../support/keyring.ts';

const run = promisify(execFile);
const opened: KeychainStore[] = [];
let keyring: Keyring;

beforeAll(async () => {
  keyring = await startKeyring();
});
afterAll(async () => {
  await keyring.stop();
});
afterEach(() => {
  for (const secretStore of opened.splice(0)) secretStore.close();
});

const bare = { PATH: process.env['PATH'], HOME: '/nonexistent' };

async function keychainOf(from: Keyring, home = '/home/ada', timeoutMs = 10_000): Promise<KeychainStore> {
  const environment = { ...bare, ...from.environment };
  const secretStore = await openKeychain({ environment, platform: 'linux', home, timeoutMs });
  opened.push(secretStore);
  return secretStore;
}

const choose = (choice: SecretStoreChoice, environment: Record<string, string>) =>
  openSecretStore(choice, {
    environment: { ...bare, ...environment },
    platform: 'linux',
    home: '/home/ada',
    file: '/nonexistent/secrets',
    uid: 0,
    timeoutMs: 3000,
  });

test('what the vault mints is in the real keychain, and only there', async () => {
  const vault = createVault(await keychainOf(keyring), { redactor: createRedactor() });
  const token = await vault.accessToken('jupyter-1');
  const found = await keyring.client('secret-tool', 'lookup', 'account', 'access-token:jupyter-1');
  expect(found).toBe(token.reveal());
  const fresh = await vault.rotateAccessToken('jupyter-1');
  expect(fresh.reveal()).not.toBe(token.reveal());
  const rotated = await keyring.client('secret-tool', 'lookup', 'account', 'access-token:jupyter-1');
  expect(rotated).toBe(fresh.reveal());
  const later = createVault(await keychainOf(keyring), { redactor: createRedactor() });
  expect((await later.accessToken('jupyter-1')).reveal()).toBe(fresh.reveal());
  await later.forget('jupyter-1');
  await expect(
    keyring.client('secret-tool', 'lookup', 'account', 'access-token:jupyter-1'),
  ).rejects.toMatchObject({ code: 1 });
});

test('the proof leaves nothing behind, and two installations do not see each other', async () => {
  const one = await keychainOf(keyring, '/srv/one');
  const two = await keychainOf(keyring, '/srv/two');
  await one.set('control-key', new Secret('of one'));
  expect(await two.get('control-key')).toBeNull();
  expect((await one.get('control-key'))?.reveal()).toBe('of one');
  const probes = keyring.client('secret-tool', 'lookup', 'account', `probe-${process.pid}`);
  await expect(probes).rejects.toMatchObject({ code: 1 });
});

test('any text comes back as it was', async () => {
  const secretStore = await keychainOf(keyring);
  const value = 'ümlaut "quoted"\\ \u{1F511}\nsecond line';
  await secretStore.set('odd ü', new Secret(value));
  expect((await secretStore.get('odd ü'))?.reveal()).toBe(value);
});

test('no secret is on a command line or in an environment while the keychain is used', async () => {
  const secretStore = await keychainOf(keyring);
  const value = 'a-very-visible-secret-0123456789';
  await secretStore.set('visible', new Secret(value));
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const texts = await Promise.all(
    pids.flatMap(pid =>
      ['cmdline', 'environ'].map(name => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
    ),
  );
  expect(texts.some(text => text.includes('keychain.ts'))).toBe(true);
  expect(texts.filter(text => text.includes(value))).toEqual([]);
});

test('a keychain that is locked in mid-run is an error with a next step, and mints no second token', async () => {
  await withKeyring(async own => {
    const vault = createVault(await keychainOf(own), { redactor: createRedactor() });
    const token = await vault.accessToken('a');
    await own.lock();
    const locked = { code: 'keychain-locked', nextStep: expect.stringContaining('Unlock') };
    await expect(vault.accessToken('a')).rejects.toMatchObject(locked);
    await expect(vault.rotateAccessToken('a')).rejects.toMatchObject(locked);
    await expect(vault.forget('a')).rejects.toMatchObject(locked);
    await own.kill();
    await own.start();
    expect((await vault.accessToken('a')).reveal()).toBe(token.reveal());
  });
});

test('a keychain that dies in mid-run is an error at once, and one that comes back is used again', async () => {
  await withKeyring(async own => {
    const secretStore = await keychainOf(own);
    await secretStore.set('a', new Secret('kept'));
    await own.kill();
    const start = Date.now();
    await expect(secretStore.get('a')).rejects.toMatchObject({
      code: 'keychain-gone',
      nextStep: expect.stringContaining('gnome-keyring'),
    });
    expect(Date.now() - start).toBeLessThan(5000);
    await own.start();
    expect((await secretStore.get('a'))?.reveal()).toBe('kept');
  });
});

test('a keychain that hangs is an error in bound time, blocks nothing else, and is used again when it wakes', async () => {
  await withKeyring(async own => {
    const secretStore = await keychainOf(own, '/home/ada', 1500);
    await secretStore.set('a', new Secret('kept'));
    own.freeze();
    const start = Date.now();
    const asked = Promise.allSettled(Array.from({ length: 8 }, () => secretStore.get('a')));
    // Eight hanging calls would fill libuv's pool if they were made in this process; then no file could be
    // read.
    await readFile('/etc/hostname');
    expect(Date.now() - start).toBeLessThan(1000);
    for (const answer of await asked) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'keychain-timeout' } });
    }
    expect(Date.now() - start).toBeLessThan(5000);
    own.thaw();
    expect((await secretStore.get('a'))?.reveal()).toBe('kept');
  });
});

test('without a bus: chosen, it is refused with a next step; by itself, memory is used and says so', async () => {
  for (const environment of [
    {},
    { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' },
    { XDG_RUNTIME_DIR: '/nonexistent' },
  ]) {
    await expect(choose('keychain', environment)).rejects.toMatchObject({
      code: 'keychain-gone',
      nextStep: expect.stringContaining('--secrets=memory'),
    });
    const secretStore = await choose('auto', environment);
    expect(secretStore.store).toBe('memory');
    expect(secretStore.sentence).toBe(
      'The keychain cannot be reached. Secrets are kept in memory, for this run only.',
    );
  }
});

test('with a bus, auto means the keychain; on one without a keychain it means memory', async () => {
  const secretStore = await choose('auto', keyring.environment);
  expect(secretStore.store).toBe('keychain');
  expect(secretStore.sentence).toContain('Secret Service');
  await withKeyring(async own => {
    await own.kill();
    expect((await choose('auto', own.environment)).store).toBe('memory');
    await expect(choose('keychain', own.environment)).rejects.toMatchObject({ code: 'keychain-gone' });
  });
});

test('a keychain that hangs at the start is said, then given up: memory when nothing was chosen', async () => {
  await withKeyring(async own => {
    own.freeze();
    const said: string[] = [];
    const secretStore = await openSecretStore('auto', {
      environment: { ...bare, ...own.environment },
      platform: 'linux',
      home: '/home/ada',
      file: '/nonexistent/secrets',
      uid: 0,
      timeoutMs: 4000,
      waiting: sentence => said.push(sentence),
    });
    expect(secretStore.sentence).toBe(
      'The keychain did not answer in time. Secrets are kept in memory, for this run only.',
    );
    expect(said).toEqual([expect.stringContaining('Waiting for the keychain')]);
  });
});

test('the child that uses the keychain ends with its parent, even by KILL, and keeps no parent alive', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keychain-'));
  const module = new URL('../../../src/main/core/vault/keychain-store.ts', import.meta.url).href;
  const code = `
    import { openKeychain } from ${JSON.stringify(module)};
    const keeper = await openKeychain({ environment: process.env, platform: 'linux', home: ${JSON.stringify(folder)} });
    const { readdirSync, readFileSync } = await import('node:fs');
    const children = readdirSync('/proc').filter(pid => {
      try { return readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ').pop().split(' ')[1] === String(process.pid); }
      catch { return false; }
    });
    console.log(JSON.stringify(children));
    if (process.argv[1] === 'kill') process.kill(process.pid, 'SIGKILL');`;
  try {
    for (const way of ['end', 'kill']) {
      const env = { ...bare, ...keyring.environment };
      const args = ['--input-type=module', '--eval', code, way];
      const { stdout } = await run(process.execPath, args, { env, timeout: 20_000 }).catch(
        (error: { stdout: string }) => error,
      );
      const children: string[] = JSON.parse(stdout);
      expect(children).toHaveLength(1);
      await expect.poll(() => isRunning(children[0] ?? ''), { timeout: 5000 }).toBe(false);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the built program finds the keychain, and refuses with a next step where it was chosen and is not there', async () => {
  const home = await mkdtemp(join(tmpdir(), 'keychain home '));
  const program = fileURLToPath(new URL('../../../out/core/main.mjs', import.meta.url));
  try {
    const env = { ...bare, HOME: home, GATEHOUSE_HOME: home };
    const found = await run(process.execPath, [program, 'doctor', '--json'], {
      env: { ...env, ...keyring.environment },
      timeout: 30_000,
    });
    const lines: { id: string; detail: string }[] = JSON.parse(found.stdout);
    expect(lines.find(line => line.id === 'secrets')?.detail).toContain('Secret Service');
    const refused = run(process.execPath, [program, 'serve', '--secrets=keychain', '--', 'true'], {
      env,
      timeout: 30_000,
    });
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/keychain cannot be reached[^]*--secrets=memory/),
    });
  } finally {
    await rm(home, { recursive: true });
  }
});

async function isRunning(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}
