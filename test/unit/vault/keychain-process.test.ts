import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createKeychainProcess,
  KeychainEnded,
  KeychainTimeout,
  type KeychainCalls,
} from '../../../src/main/core/vault/keychain-process.ts';

let folder = '';

/** A keychain of its own kind: the account says how to behave, the answer says which process gave it. */
const stub = `
  import { createInterface } from 'node:readline';
  createInterface({ input: process.stdin }).on('line', line => {
    const { id, service, account, value } = JSON.parse(line);
    const tell = told => process.stdout.write(JSON.stringify({ id, ...told }) + '\\n');
    if (account === 'hang') return;
    if (account === 'crash') process.kill(process.pid, 'SIGABRT');
    if (account === 'refuse') return tell({ ok: false, message: 'It is locked.' });
    if (account === 'noise') process.stdout.write('GLib-CRITICAL: {"id": 1}\\n{"id":999,"ok":true,"value":"x"}\\n');
    tell({ ok: true, value: [process.pid, service, value, Object.keys(process.env).sort()].join(' ') });
  });
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keychain-process-'));
  await writeFile(join(folder, 'stub.mjs'), stub);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function using(
  change: { timeoutMs?: number; idleMs?: number; entry?: string },
  work: (calls: KeychainCalls) => Promise<void>,
): Promise<void> {
  const entry = join(folder, 'stub.mjs');
  const calls = createKeychainProcess({
    service: 'S',
    environment: { A: '1' },
    timeoutMs: 5000,
    entry,
    ...change,
  });
  try {
    await work(calls);
  } finally {
    calls.close();
  }
}

const pidOf = (answer: string | null): number => Number(answer?.split(' ')[0]);

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('questions are answered by one child, which gets only the environment it is given', async () => {
  await using({}, async calls => {
    const [one, two] = await Promise.all([calls.ask('set', 'a', 'v'), calls.ask('get', 'noise')]);
    expect(one).toMatch(/^\d+ S v A$/);
    expect(pidOf(two)).toBe(pidOf(one));
  });
});

test("the keychain's own words of refusal arrive", async () => {
  await using({}, async calls => {
    await expect(calls.ask('get', 'refuse')).rejects.toThrow('It is locked.');
    expect(await calls.ask('get', 'a')).toContain('S');
  });
});

test('a child that hangs is given up and replaced', async () => {
  await using({ timeoutMs: 1000 }, async calls => {
    const before = pidOf(await calls.ask('get', 'a'));
    await expect(calls.ask('get', 'hang')).rejects.toBeInstanceOf(KeychainTimeout);
    await expect.poll(() => isRunning(before)).toBe(false);
    expect(pidOf(await calls.ask('get', 'a'))).not.toBe(before);
  });
});

test('a child that crashes fails what waits, and is replaced', async () => {
  await using({}, async calls => {
    const waiting = calls.ask('get', 'hang');
    await expect(calls.ask('get', 'crash')).rejects.toBeInstanceOf(KeychainEnded);
    await expect(waiting).rejects.toBeInstanceOf(KeychainEnded);
    expect(await calls.ask('get', 'a')).toContain('S');
  });
});

test('an idle child ends', async () => {
  await using({ idleMs: 10 }, async calls => {
    const pid = pidOf(await calls.ask('get', 'a'));
    await expect.poll(() => isRunning(pid)).toBe(false);
    expect(pidOf(await calls.ask('get', 'a'))).not.toBe(pid);
  });
});

test('a program that is not there is an error, not a wait', async () => {
  await using({ entry: join(folder, 'none.mjs') }, async calls => {
    await expect(calls.ask('get', 'a')).rejects.toBeInstanceOf(KeychainEnded);
  });
});
