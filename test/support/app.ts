/* A server of one kind, installed from its registry and started by a real core, with what every test of such a server asks of it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { listenersOn } from '../../src/main/core/profiles/custom/listeners.ts';
import { toolUrl } from './core.ts';
import { Guest } from './guest.ts';
import { processesOf, type ProcessSeen } from './processes.ts';
import { pythonServer } from './server-packages.ts';
import { openShared, type Shared } from './shared.ts';

/** @param files by their path below the home, which is the working folder too @param target what `serve` is told after the kind */
export async function openApp(
  kind: string,
  files: Readonly<Record<string, string>>,
  target: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<Shared> {
  const python = await pythonServer(kind);
  const path = `${dirname(python)}:/usr/bin:/bin`;
  return openShared({ PATH: path, ...environment }, [kind, ...target], async ({ folder }) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  });
}

/** The server's own process, by a word of its argv or its environment; the port in it, on which it has to listen, and on loopback alone. */
export async function expectOnLoopback(shared: Shared, portIn: RegExp): Promise<number> {
  const seen = await processesOf(shared.home.folder);
  const port = Number(seen.flatMap(one => portIn.exec(one.argv + one.environment)?.[1] ?? [])[0]);
  const listeners = await listenersOn(port, 'linux');
  expect(listeners.map(({ reach }) => reach)).toEqual(['loopback']);
  return port;
}

/** Its processes show no secret to whoever may look at them. */
export async function expectNoSecrets(shared: Shared): Promise<readonly ProcessSeen[]> {
  const seen = await processesOf(shared.home.folder);
  const token = await shared.served.token();
  expect(seen.length).toBeGreaterThan(1);
  for (const { argv, environment } of seen) {
    expect(argv).not.toContain(token);
    expect(environment).not.toContain(token);
    expect(environment).not.toMatch(/SECRET=|TOKEN=/);
  }
  return seen;
}

/** Nobody without a credential gets past either door, by HTTP or by WebSocket. */
export async function expectClosed(
  shared: Shared,
  paths: readonly string[],
  sockets: readonly string[],
): Promise<void> {
  const stranger = new Guest((await shared.share()).url, shared.authority);
  const owner = toolUrl(shared.served.server);
  for (const path of paths) {
    const answer = await fetch(new URL(path, owner), { redirect: 'manual' });
    expect([path, answer.status, (await stranger.ask(path)).status]).toEqual([path, 401, 401]);
  }
  for (const path of sockets) {
    const url = new URL(path, owner.replace('http', 'ws')).href;
    const statuses = [await upgradeStatus(new WebSocket(url)), await upgradeStatus(stranger.socket(path))];
    expect([path, ...statuses]).toEqual([path, 401, 401]);
  }
}

/** 101, or the status with which the upgrade was refused. */
export function upgradeStatus(socket: WebSocket): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  }).finally(() => socket.terminate());
}

export async function guestOf(shared: Shared): Promise<Guest> {
  const guest = new Guest((await shared.share({ role: 'full' })).url, shared.authority);
  expect((await guest.join()).status).toBe(200);
  return guest;
}

/** The owner's browser, signed in by a one-time link, on the server's first page. */
export async function inBrowser(shared: Shared, use: (page: Page) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    const { url } = await shared.core.call('server.link', shared.served.server.id, { tool: false });
    await page.goto(url);
    await use(page);
  } finally {
    await browser.close();
  }
}

/** It is told to stop, and nothing of it is left. */
export async function expectStopped(shared: Shared): Promise<void> {
  await shared.core.call('server.stop', shared.served.server.id);
  const left = await processesOf(shared.home.folder);
  expect(left.filter(({ argv }) => argv.includes('python'))).toEqual([]);
}
