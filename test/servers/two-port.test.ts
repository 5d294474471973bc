/*
 * Two ports behind one door, with a real core and a real share. Net.Create is in no registry: a stand-in of
 * its shape (test/fakes/two-port.mjs) is started by the profile, with the names that a checkout has. Its page
 * is run as a browser runs it, and what it dials is dialled.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { type Browser, chromium } from '@playwright/test';
import getPort from 'get-port';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { listenersOn } from '../../src/main/core/server/process/port-listeners.ts';
import { askByName, eventually, root } from '../support/core.ts';
import { GuestClient } from '../support/guest.ts';
import { openShared, type Shared } from '../support/shared.ts';

let shared: Shared;
let folder = '';
let bearer: string;

beforeAll(async () => {
  folder = await checkout(2023);
  shared = await openNetCreate(folder);
  bearer = `Bearer ${await shared.served.token()}`;
});
afterAll(async () => {
  await shared?.close();
  await rm(folder, { recursive: true, force: true });
});

async function checkout(release: number): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'net create '));
  const standIn = pathToFileURL(join(root, 'test', 'fakes', 'two-port.mjs')).href;
  const start = `globalThis.release = ${release};\nimport(${JSON.stringify(standIn)});\n`;
  await writeFile(join(made, 'nc.js'), start);
  await mkdir(join(made, 'app', 'unisys'), { recursive: true });
  await writeFile(join(made, 'app', 'unisys', 'server-network.js'), '');
  await symlink(join(root, 'node_modules'), join(made, 'node_modules'));
  return made;
}

function openNetCreate(at: string): Promise<Shared> {
  const environment = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  return openShared(environment, ['netcreate', '--trust', '--folder', at]);
}

/** What the page dials when a browser runs it. */
function dialled(page: string, script: string): string {
  const urls: string[] = [];
  class Recorded {
    constructor(url: string) {
      urls.push(url);
    }
    addEventListener(): void {}
  }
  const inline = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
  const browser = { window: {}, location: new URL('http://lab/'), document: { body: { append() {} } } };
  runInNewContext(`${inline}\n${script}`, { ...browser, WebSocket: Recorded });
  return urls[0] ?? '';
}

interface Talk {
  readonly socket: WebSocket;
  next(): Promise<unknown>;
}

function talk(url: string, options: object): Talk {
  const socket = new WebSocket(url, options);
  const heard: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  socket.on('message', data => {
    const text = Buffer.isBuffer(data) ? data.toString() : '';
    const first = waiting.shift();
    if (first === undefined) heard.push(text);
    else first(text);
  });
  return {
    socket,
    async next() {
      const text = heard.shift();
      if (text !== undefined) return JSON.parse(text);
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      waiting.push(resolve);
      socket.once('error', reject);
      return JSON.parse(await promise);
    },
  };
}

test('the owner and a guest open the page, and each page dials the door that it came from', async () => {
  const url = shared.served.server.url ?? '';
  const page = (await askByName(url, { authorization: bearer })).body;
  const script = (await askByName(`${url}scripts/netc-app.js`, { authorization: bearer })).body;
  const host = new URL(url).host;
  expect(dialled(page, script)).toBe(`ws://${host}/.gatehouse/net`);
  // What only looks like an address stays.
  expect(page).toMatch(/The socket is at 127\.0\.0\.1:\d+, says this sentence/);

  const owner = talk(`ws://127.0.0.1:${new URL(url).port}/.gatehouse/net`, {
    headers: { host, authorization: bearer },
  });
  expect(await owner.next()).toMatchObject({ HELLO: 'Welcome' });

  const link = await shared.share({
    // The link brings the class token along, and its label is the person: so the audit log says who it was.
    label: 'Ada',
    opens: '/#/edit/BIO-WEEK1-2DE',
  });
  const guest = new GuestClient(link.url, shared.authority);
  expect(JSON.parse((await guest.join('Ada')).body)).toMatchObject({ next: '/#/edit/BIO-WEEK1-2DE' });
  const theirs = await guest.open('/');
  const dials = dialled(theirs.body, (await guest.page('/scripts/netc-app.js')).body);
  expect(dials).toBe(`${guest.origin.replace('https', 'wss')}/.gatehouse/net`);
  // The page of a guest has the banner behind it, too.
  expect(theirs.body).toContain('/_gatehouse/guest.js');
  const ada = talk(dials, { ca: shared.authority, headers: { cookie: guest.cookie, origin: guest.origin } });
  expect(await ada.next()).toMatchObject({ HELLO: 'Welcome' });
  ada.socket.send(JSON.stringify({ msg: 'EDIT', data: { id: 1 } }));
  expect([await owner.next(), await ada.next()]).toEqual([
    { msg: 'EDIT', data: { id: 1 }, heard: true },
    { msg: 'EDIT', data: { id: 1 }, heard: true },
  ]);
  expect(await shared.core.call('share.people')).toMatchObject([{ name: 'Ada', label: 'Ada' }]);
  expect(JSON.stringify(await shared.core.call('audit.read', { lines: 100 }))).toMatch(
    /joined.*"Ada"|"Ada".*joined/,
  );

  const gone = new Promise(resolve => ada.socket.once('close', resolve));
  await shared.core.call('share.revoke', link.id);
  await gone;
  owner.socket.terminate();
});

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

// In CI a Chromium that is missing is a failure, not a test left out.
test.skipIf(!existsSync(executablePath) && process.env['CI'] !== 'true')(
  'Chromium opens the page, and its script talks to the second port without knowing',
  async () => {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      const { url } = await shared.core.call('server.link', shared.served.server.id, { tool: false });
      await page.goto(url);
      await page.waitForFunction(() => document.title.includes('HELLO'));
      expect(JSON.parse(await page.title())).toMatchObject({ HELLO: 'Welcome' });
    } finally {
      await browser.close();
    }
  },
);

/** Whether a browser that opens the page offers what only an administrator may do. */
async function isAdministrator(
  browser: Browser,
  gateway: GatewayUnderTest,
  fragment: string,
): Promise<boolean> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    if (gateway.cookie !== null) await context.setExtraHTTPHeaders({ cookie: gateway.cookie });
    const page = await context.newPage();
    await page.goto(gateway.url);
    await page.waitForFunction(() => document.title.includes('HELLO'));
    if (fragment !== '') {
      await page.goto('about:blank');
      await page.goto(new URL(`/${fragment}`, gateway.url).href);
      await page.waitForFunction(() => document.title.includes('HELLO'));
    }
    return (await page.textContent('body'))?.includes('Edit Template') ?? false;
  } finally {
    await context.close();
  }
}

interface GatewayUnderTest {
  readonly url: string;
  /** Of a guest; null for the owner, whose address signs in. */
  readonly cookie: string | null;
}

test.skipIf(!existsSync(executablePath) && process.env['CI'] !== 'true').each([
  [2023, { owner: [true, true], guest: [false, false] }],
  [2024, { owner: [false, true], guest: [false, false] }],
] as const)(
  'Net.Create of %i takes the owner for an administrator as it always did, and no guest',
  async (release, expected) => {
    const at = await checkout(release);
    const opened = await openNetCreate(at);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const guest = new GuestClient((await opened.share({ label: 'Ada' })).url, opened.authority);
      await guest.join('Ada');
      const link = async (): Promise<GatewayUnderTest> => ({
        url: (await opened.core.call('server.link', opened.served.server.id, { tool: false })).url,
        cookie: null,
      });
      const ada = { url: `${guest.origin}/`, cookie: guest.cookie };
      const asked = ['', '#/?admin=true'];
      const seen: Record<string, boolean[]> = { owner: [], guest: [] };
      for (const fragment of asked) {
        seen['owner']?.push(await isAdministrator(browser, await link(), fragment));
        seen['guest']?.push(await isAdministrator(browser, ada, fragment));
      }
      expect(seen).toEqual(expected);
    } finally {
      await browser.close();
      await opened.close();
      await rm(at, { recursive: true, force: true });
    }
  },
);

test('started by itself it listens on the network with both ports, and anybody may talk', async () => {
  const [page, net] = [await getPort(), await getPort()];
  const script = join(root, 'test', 'fakes', 'two-port.mjs');
  const bare = spawn(process.execPath, [script, `--port=${page}`, `--netport=${net}`], { stdio: 'ignore' });
  try {
    for (const port of [page, net]) {
      const listeners = await eventually('listening', 10_000, async () => {
        const all = await listenersOn(port, process.platform);
        return all.length > 0 && all;
      });
      expect(listeners.map(({ reach }) => reach)).toContain('any');
    }
    const stranger = talk(`ws://127.0.0.1:${net}/`, { headers: { origin: 'http://evil.io' } });
    expect(await stranger.next()).toMatchObject({ HELLO: 'Welcome' });
    stranger.socket.terminate();
  } finally {
    bare.kill('SIGKILL');
  }
});

test('through the profile both ports are on loopback', async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find(address => address?.family === 'IPv4' && !address.internal)?.address;
  const ports = await portsOf(shared.served.server.pid ?? 0);
  expect(ports).toHaveLength(2);
  for (const port of ports) {
    const listeners = await listenersOn(port, process.platform);
    expect(listeners.map(({ reach }) => reach)).toEqual(['loopback']);
    if (outside !== undefined) expect(await answers(outside, port)).toBe(false);
  }
});

async function portsOf(pid: number): Promise<readonly number[]> {
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  return argv.flatMap(argument => {
    const port = /^--(?:net)?port=(\d+)$/.exec(argument)?.[1];
    return port === undefined ? [] : [Number(port)];
  });
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
