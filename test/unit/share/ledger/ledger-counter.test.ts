import { expect, test } from 'vitest';
import { Secret } from '../../../../src/main/core/secret.ts';
import { openCounter } from '../../../../src/main/core/share/ledger/ledger-counter.ts';
import { memoryStore } from '../../../../src/main/core/vault/memory-store.ts';

const silent = (): void => undefined;
const name = 'ledger-generation';

test.each([
  [null, 0],
  ['12', 12],
  ['', null],
  ['-1', null],
  ['many', null],
])('kept as %j it is %s', async (text, wanted) => {
  const secretStore = memoryStore('A test.');
  if (text !== null) await secretStore.set(name, new Secret(text));
  expect((await openCounter(secretStore, silent)).kept).toBe(wanted);
});

test('it is kept before it is answered, and never goes back', async () => {
  const secretStore = memoryStore('A test.');
  const counter = await openCounter(secretStore, silent);
  await counter.advance(5);
  expect((await secretStore.get(name))?.reveal()).toBe('5');
  await counter.advance(4);
  expect((await secretStore.get(name))?.reveal()).toBe('5');
});

test('many at once are few writings', async () => {
  const kept = memoryStore('A test.');
  let writings = 0;
  const secretStore = {
    ...kept,
    set: async (name: string, value: Secret<string>) => {
      writings += 1;
      await kept.set(name, value);
    },
  };
  const counter = await openCounter(secretStore, silent);
  await Promise.all(Array.from({ length: 50 }, (_, index) => counter.advance(index + 1)));
  expect((await kept.get(name))?.reveal()).toBe('50');
  expect(writings).toBe(1);
});

test('a keychain that does not answer is waited for no longer than patience lasts', async () => {
  const never = { ...memoryStore('A test.'), set: () => new Promise<void>(() => undefined) };
  const counter = await openCounter(never, silent, 5);
  await counter.advance(1);
  await expect(counter.advance(2)).resolves.toBeUndefined();
});

test('a keychain that refuses is said once, asked again, and said again after it had worked', async () => {
  const kept = memoryStore('A test.');
  let locked = true;
  const said: string[] = [];
  const set = (name: string, value: Secret<string>): Promise<void> =>
    locked ? Promise.reject(new Error('locked')) : kept.set(name, value);
  const counter = await openCounter({ ...kept, set }, sentence => said.push(sentence));
  await counter.advance(1);
  await counter.advance(2);
  expect(said).toHaveLength(1);
  locked = false;
  await counter.advance(3);
  expect((await kept.get(name))?.reveal()).toBe('3');
  locked = true;
  await counter.advance(4);
  expect(said).toHaveLength(2);
  await counter.settled();
});

test('a keychain that cannot be read is no reason to believe an old copy', async () => {
  const secretStore = { ...memoryStore('A test.'), get: () => Promise.reject(new Error('locked')) };
  await expect(openCounter(secretStore, silent)).rejects.toThrow('locked');
});
