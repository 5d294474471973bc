import { expect, test } from 'vitest';
import { GatehouseError } from '../../../src/main/core/errors.ts';
import type { SecretStore } from '../../../src/main/core/ports.ts';
import { createRedactor } from '../../../src/main/core/log/redact.ts';
import { Secret } from '../../../src/main/core/secret.ts';
import { memoryStore } from '../../../src/main/core/vault/memory-store.ts';
import { checkSuppliedToken } from '../../../src/main/core/vault/supplied-token.ts';
import { createVault } from '../../../src/main/core/vault/vault.ts';

const secretStore = (): SecretStore => memoryStore('Chosen.');

test('a token is minted once, kept, and the same the next time', async () => {
  const kept = secretStore();
  const first = await createVault(kept, { redactor: createRedactor() }).accessToken('jupyter-1');
  const again = await createVault(kept, { redactor: createRedactor() }).accessToken('jupyter-1');
  expect(first.reveal()).toMatch(/^[\w-]{43}$/);
  expect(again.reveal()).toBe(first.reveal());
});

test('every server has a secret of its own', async () => {
  const vault = createVault(secretStore(), { redactor: createRedactor() });
  const secrets = await Promise.all([vault.accessToken('a'), vault.accessToken('b')]);
  expect(new Set(secrets.map(secret => secret.reveal())).size).toBe(2);
});

test('two who ask at once get one token', async () => {
  const kept = secretStore();
  const vault = createVault(kept, { redactor: createRedactor() });
  const tokens = await Promise.all(Array.from({ length: 10 }, () => vault.accessToken('a')));
  expect(new Set(tokens.map(token => token.reveal())).size).toBe(1);
  expect((await kept.get('access-token:a'))?.reveal()).toBe(tokens[0]?.reveal());
});

test('a rotation between two readings is seen by the second, and what is kept is what was answered', async () => {
  const kept = secretStore();
  const vault = createVault(kept, { redactor: createRedactor() });
  const [before, fresh, after] = await Promise.all([
    vault.accessToken('a'),
    vault.rotateAccessToken('a'),
    vault.accessToken('a'),
  ]);
  expect(fresh.reveal()).not.toBe(before.reveal());
  expect(after.reveal()).toBe(fresh.reveal());
  expect((await kept.get('access-token:a'))?.reveal()).toBe(fresh.reveal());
});

test('everything minted, read or supplied is removed from texts', async () => {
  const kept = secretStore();
  await kept.set('access-token:old', new Secret('from-an-earlier-run'));
  const redactor = createRedactor();
  const vault = createVault(kept, { redactor, supplied: undefined });
  const secrets = [
    await vault.accessToken('old'),
    await vault.accessToken('new'),
    await vault.rotateAccessToken('new'),
  ];
  const text = secrets.map(secret => `<${secret.reveal()}>`).join('');
  expect(redactor.redact(text)).toBe('<***><***><***>');
  createVault(kept, { redactor, supplied: checkSuppliedToken('chosen-by-me') });
  expect(redactor.redact('chosen-by-me')).toBe('***');
});

test('a supplied token is used for every server and never kept; rotating replaces it', async () => {
  const kept = secretStore();
  const vault = createVault(kept, {
    redactor: createRedactor(),
    supplied: checkSuppliedToken('chosen-by-me'),
  });
  expect((await vault.accessToken('a')).reveal()).toBe('chosen-by-me');
  expect(await kept.get('access-token:a')).toBeNull();
  const fresh = await vault.rotateAccessToken('a');
  expect((await vault.accessToken('a')).reveal()).toBe(fresh.reveal());
  expect((await vault.accessToken('b')).reveal()).toBe('chosen-by-me');
});

test('a forgotten server gets a new token', async () => {
  const kept = secretStore();
  const vault = createVault(kept, { redactor: createRedactor() });
  const first = await vault.accessToken('a');
  await vault.forget('a');
  expect(await kept.get('access-token:a')).toBeNull();
  expect((await vault.accessToken('a')).reveal()).not.toBe(first.reveal());
});

test('an unusable empty entry is replaced', async () => {
  const kept = secretStore();
  await kept.set('access-token:a', new Secret(''));
  expect((await createVault(kept, { redactor: createRedactor() }).accessToken('a')).reveal()).toHaveLength(
    43,
  );
});

test('a keychain that refuses is an error, no token is handed out that was not kept, and later it works', async () => {
  const kept = secretStore();
  let locked = true;
  const vault = createVault(
    {
      ...kept,
      set: (name, value) =>
        locked
          ? Promise.reject(new GatehouseError('keychain-locked', 'It is locked.'))
          : kept.set(name, value),
    },
    { redactor: createRedactor() },
  );
  await expect(vault.accessToken('a')).rejects.toMatchObject({ code: 'keychain-locked' });
  await expect(vault.rotateAccessToken('a')).rejects.toMatchObject({ code: 'keychain-locked' });
  locked = false;
  expect((await vault.accessToken('a')).reveal()).toHaveLength(43);
});
