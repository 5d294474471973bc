/*
 * A server of one kind, installed from its registry and started by a real core, with what every test of such
 * a server asks of it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { listenersOn } from '../../src/main/core/server/process/port-listeners.ts';
import { toolUrl } from './core.ts';
import { GuestClient } from './guest.ts';
import { processesOf, type ProcessSeen } from './processes.ts';
import { pythonServer } from './server-packages.ts';
import { openShared, type Shared } from './shared.ts';

/**
 * @param files by their path below the home, which is the working folder too @param target what `serve` is
 *   told after the kind
 */
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

/**
 * The port on which the server was told to listen, and where it does. @param portIn finds it in its argv or
 * its environment
 */
export async function listensOn(
  shared: Shared,
  portIn: RegExp,
): Promise<{ readonly port: number; readonly reach: readonly string[] }> {
  const seen = await processesOf(shared.home.folder);
  const port = Number(seen.flatMap(one => portIn.exec(one.argv + one.environment)?.[1] ?? [])[0]);
  return { port, reach: (await listenersOn(port, 'linux')).map(({ reach }) => reach) };
}

/** Which of its processes show a secret to who may look at them; none should. */
export async function telling(shared: Shared): Promise<readonly string[]> {
  const seen = await processesOf(shared.home.folder);
  const token = await shared.served.token();
  expect(seen.length).toBeGreaterThan(1);
  return seen
    .map(({ argv, environment }) => argv + environment)
    .filter(text => text.includes(token) || /SECRET=|TOKEN=/.test(text));
}

/** What answers somebody without a credential otherwise than with 401, at either door; nothing should. */
export async function openWithout(
  shared: Shared,
  paths: readonly string[],
  sockets: readonly string[],
): Promise<readonly string[]> {
  const stranger = new GuestClient((await shared.share()).url, shared.authority);
  const owner = toolUrl(shared.served.server);
  const seen: [what: string, status: number][] = [];
  for (const path of paths) {
    const answer = await fetch(new URL(path, owner), { redirect: 'manual' });
    seen.push([`own ${path}`, answer.status], [`guests' ${path}`, (await stranger.ask(path)).status]);
  }
  for (const path of sockets) {
    const own = new WebSocket(new URL(path, owner.replace('http', 'ws')).href);
    seen.push([`own socket ${path}`, await upgradeStatus(own)]);
    seen.push([`guests' socket ${path}`, await upgradeStatus(stranger.socket(path))]);
  }
  expect(seen.length).toBe(2 * (paths.length + sockets.length));
  return seen.filter(([, status]) => status !== 401).map(([what, status]) => `${what}: ${status}`);
}

/** 101, or the status with which the upgrade was refused. */
export function upgradeStatus(socket: WebSocket): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  }).finally(() => socket.terminate());
}

export async function guestOf(shared: Shared): Promise<GuestClient> {
  const guest = new GuestClient((await shared.share({ role: 'full' })).url, shared.authority);
  expect((await guest.join()).status).toBe(200);
  return guest;
}

/** The owner's browser, signed in by a one-time link, on the server's first page. */
export async function inBrowser<T>(shared: Shared, use: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    const { url } = await shared.core.call('server.link', shared.served.server.id, { tool: false });
    await page.goto(url);
    return await use(page);
  } finally {
    await browser.close();
  }
}

/** What is left of it after it was told to stop. */
export async function leftOver(shared: Shared): Promise<readonly ProcessSeen[]> {
  await shared.core.call('server.stop', shared.served.server.id);
  return (await processesOf(shared.home.folder)).filter(({ argv }) => argv.includes('python'));
}
