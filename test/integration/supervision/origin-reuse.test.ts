/*
 * The attack: while a server is stopped, another account listens on its port and is told its host name by the
 * owner's browser. If the server ever came back under that name, whatever the other account left in that
 * origin would be trusted.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { askByName, eventually, makeHome, type TestHome } from '../../support/core.ts';
import { openForeignListener } from '../../support/foreign-listener.ts';

let home: TestHome;
beforeEach(async () => {
  home = await makeHome();
  await home.cli('config', 'set', 'secrets.store', 'memory');
});
afterEach(() => home[Symbol.asyncDispose]());

const command = ['--', 'python3', '-u', '-m', 'http.server', '{port}', '--bind', '127.0.0.1'];
const start = (): Promise<ServerInfo> => home.json<ServerInfo>('start', '--name', 'lab', ...command);
const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' };

async function signIn(): Promise<string> {
  const { url } = await home.json<{ url: string }>('link', 'lab');
  const { headers } = await askByName(url, { ...navigation, cookie: 'gatehouse-probe=1' });
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

async function killCore(): Promise<void> {
  const { pid } = await home.json<{ pid: number }>('about');
  process.kill(pid, 'SIGKILL');
  await eventually('the end of the core', 15_000, async () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}

const ends: Record<string, () => Promise<unknown>> = {
  'a stop': () => home.json('stop', 'lab'),
  'a quit': () => home.json('quit'),
  'a core that was killed': killCore,
};

test.for(Object.keys(ends))('after %s the next listener has another host name', async name => {
  const before = await start();
  const cookie = await signIn();
  expect((await askByName(before.url ?? '', { cookie })).status).toBe(200);
  const address = new URL(before.url ?? '');
  await ends[name]?.();
  {
    await using foreign = await openForeignListener(Number(address.port));
    // The owner's tab asks again by itself: name and cookie are told.
    expect((await askByName(address.href, { cookie })).body).toContain('foreign page');
    await expect.poll(() => foreign.seen[0]?.headers).toMatchObject({ host: address.host, cookie });
  }
  const after = new URL((await start()).url ?? '');
  // The port is the same unless another program took it meanwhile; what cookies, storage and service workers
  // hang on is not.
  expect(after.hostname).not.toBe(address.hostname);
  const formerName = new URL(address.href);
  formerName.port = after.port;
  expect((await askByName(formerName.href, { cookie })).status).toBe(400);
  const withOldCookie = await askByName(after.href, { ...navigation, cookie });
  expect([withOldCookie.status, withOldCookie.headers.location]).toEqual([
    303,
    expect.stringContaining('/_gatehouse/login'),
  ]);
});
