import { createServer } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/main/core/secret.ts';
import { keychainStore, openKeychain, sessionBus } from '../../../src/main/core/vault/keychain-store.ts';
import { KeychainTimeout, type KeychainCalls } from '../../../src/main/core/vault/keychain-process.ts';

interface Fake extends KeychainCalls {
  readonly kept: Map<string, string>;
  readonly asked: string[];
  closed: number;
}

/** A keychain in memory that can be made to fail. */
function fake(fault: (step: string, account: string) => Error | null = () => null): Fake {
  const calls: Fake = {
    kept: new Map(),
    asked: [],
    closed: 0,
    ask(step, account, value) {
      calls.asked.push(step);
      const error = fault(step, account);
      if (error !== null) return Promise.reject(error);
      if (step === 'get') return Promise.resolve(calls.kept.get(account) ?? null);
      if (step === 'set') calls.kept.set(account, value ?? '');
      else calls.kept.delete(account);
      return Promise.resolve(null);
    },
    close() {
      calls.closed += 1;
    },
  };
  return calls;
}

test('keeps, reads, deletes, and leaves no proof behind', async () => {
  const calls = fake();
  const secretStore = keychainStore(calls, 'Here.');
  expect(await secretStore.get('a')).toBeNull();
  await secretStore.set('a', new Secret('v'));
  expect((await secretStore.get('a'))?.reveal()).toBe('v');
  expect([...calls.kept.keys()]).toEqual(['a']);
  await secretStore.delete('a');
  expect(calls.kept.size).toBe(0);
  expect(secretStore).toMatchObject({ store: 'keychain', sentence: 'Here.' });
});

test('"nothing found" is believed only of a keychain that is not locked', async () => {
  const calls = fake(step =>
    step === 'set' ? new Error('Cannot create an item in a locked collection') : null,
  );
  const secretStore = keychainStore(calls, 'Here.');
  await expect(secretStore.get('a')).rejects.toMatchObject({ code: 'keychain-locked' });
  await expect(secretStore.delete('a')).rejects.toMatchObject({ code: 'keychain-locked' });
});

test('a keychain that is gone is tried once more with a new child; one that is locked or slow is not', async () => {
  let faults = [new Error('disconnected')];
  const calls = fake(() => faults.shift() ?? null);
  const secretStore = keychainStore(calls, 'Here.');
  await secretStore.set('a', new Secret('v'));
  expect([calls.closed, calls.kept.get('a')]).toEqual([1, 'v']);
  faults = [new Error('disconnected'), new Error('disconnected')];
  await expect(secretStore.set('a', new Secret('w'))).rejects.toMatchObject({ code: 'keychain-gone' });
  faults = [new KeychainTimeout()];
  await expect(secretStore.set('a', new Secret('w'))).rejects.toMatchObject({ code: 'keychain-timeout' });
  expect(calls.closed).toBe(2);
});

test('the session bus is looked for before the library is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bus '));
  const server = createServer();
  try {
    await new Promise<void>(resolve => {
      server.listen(join(folder, 'bus'), resolve);
    });
    await writeFile(join(folder, 'file'), '');
    const escaped = join(folder, 'bus').replaceAll(' ', '%20');
    for (const [environment, wanted] of [
      [{}, null],
      [{ XDG_RUNTIME_DIR: folder }, `unix:path=${join(folder, 'bus')}`],
      [{ XDG_RUNTIME_DIR: 'relative' }, null],
      [{ XDG_RUNTIME_DIR: join(folder, 'none') }, null],
      [{ DBUS_SESSION_BUS_ADDRESS: `unix:path=${escaped},guid=1` }, `unix:path=${escaped},guid=1`],
      [{ DBUS_SESSION_BUS_ADDRESS: `unix:path=${folder}/file`, XDG_RUNTIME_DIR: folder }, null],
      [{ DBUS_SESSION_BUS_ADDRESS: 'unix:path=%', XDG_RUNTIME_DIR: folder }, null],
      [{ DBUS_SESSION_BUS_ADDRESS: 'unix:abstract=/x' }, 'unix:abstract=/x'],
    ] as const) {
      expect(await sessionBus(environment)).toBe(wanted);
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});

test('without a bus no child is started', async () => {
  const nowhere = { environment: {}, platform: 'linux', home: '/', entry: '/nonexistent' } as const;
  await expect(openKeychain(nowhere)).rejects.toMatchObject({
    code: 'keychain-gone',
    cause: expect.objectContaining({ message: expect.stringContaining('session bus') }),
  });
});
