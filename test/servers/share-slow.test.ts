/* Five hundred who are slow on purpose (slowhttptest), and meanwhile the owner and a guest who work. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolUrl } from '../support/core.ts';
import { GuestClient } from '../support/guest.ts';
import { openShared, type Shared } from '../support/shared.ts';

const mayLeaveOut = process.env['CI'] !== 'true' && !existsSync('/usr/bin/slowhttptest');
const seconds = 6;

let shared: Shared;
beforeAll(async () => {
  shared = await openShared();
});
afterAll(() => shared?.close());

/** Asks one after the other while `work` goes on; answers with every status. */
async function during(work: Promise<unknown>, ask: () => Promise<number>): Promise<number[]> {
  const state = { going: true };
  const end = work.finally(() => (state.going = false));
  const statuses: number[] = [];
  do {
    statuses.push(await ask());
    await delay(20);
  } while (state.going);
  await end;
  return statuses;
}

test.skipIf(mayLeaveOut).each([
  ['header', '-H'],
  ['body', '-B'],
  ['reading', '-X'],
])('slow %s: the owner and the guests go on', { timeout: 120_000 }, async (_name, mode) => {
  const link = await shared.share();
  const guest = new GuestClient(link.url, shared.authority);
  await guest.join();
  const headers = { authorization: `Bearer ${await shared.served.token()}` };
  const target = `${new URL(link.url).origin}/_gatehouse/join/${guest.id}`;
  const args = [mode, '-c', '500', '-r', '250', '-i', '2', '-l', String(seconds), '-p', '3', '-u', target];
  const attack = spawn('slowhttptest', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  attack.stdout.on('data', chunk => (said += String(chunk)));
  const over = once(attack, 'exit');
  const [owner, guests] = await Promise.all([
    during(over, () =>
      fetch(`${toolUrl(shared.served.server)}small`, { headers }).then(({ status }) => status),
    ),
    during(over, () => guest.page('/small').then(({ status }) => status)),
  ]);
  expect(said).toMatch(/connected/u);
  expect(new Set(owner)).toEqual(new Set([200]));
  expect(new Set(guests)).toEqual(new Set([200]));
  expect(owner.length).toBeGreaterThan(20);
  expect(guests.length).toBeGreaterThan(20);
});
