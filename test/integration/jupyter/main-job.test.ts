/*
 * The first promise of the product, whole and real: JupyterLab behind the gateway, used by unmodified
 * clients.
 */
import {
  KernelManager,
  ServerConnection,
  SessionManager,
  TerminalManager,
  ContentsManager,
} from '@jupyterlab/services';
import { PageConfig } from '@jupyterlab/coreutils';
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askByName, makeHome, serve, toolUrl, type Served, type TestHome } from '../../support/core.ts';

let home: TestHome;
let served: Served;
let token: string;
let settings: ServerConnection.ISettings;

beforeAll(async () => {
  home = await makeHome();
  served = await serve(home, '--secrets', 'memory');
  token = await served.token();
  settings = ServerConnection.makeSettings({
    baseUrl: toolUrl(served.server),
    wsUrl: toolUrl(served.server).replace('http', 'ws'),
    token,
  });
});
afterAll(async () => {
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
});

test('the one-time link signs a browser in, once, and leads to JupyterLab without a credential in the address', async () => {
  const navigation = {
    headers: {
      accept: 'text/html',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      host: new URL(served.link.url).host,
      cookie: 'gatehouse-probe=1',
    },
  };
  const first = await askByName(served.link.url, navigation.headers);
  expect(first.status).toBe(303);
  expect(first.headers.location).toMatch(/\/lab$/);
  const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
  expect(String(first.headers['set-cookie'])).toMatch(/HttpOnly/);
  const page = await askByName(String(first.headers.location), { ...navigation.headers, cookie });
  expect(page.status).toBe(200);
  expect(page.body).toContain('"token": ""');
  expect(page.body).not.toContain(token);
  const again = await askByName(served.link.url, navigation.headers);
  expect(again.status).not.toBe(303);
  expect(again.headers['set-cookie']).toBeUndefined();
});

test('/api/me shows the person', async () => {
  const answer = await fetch(`${settings.baseUrl}api/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(await answer.json()).toMatchObject({
    identity: { username: (await import('node:os')).userInfo().username },
  });
});

test('a cell runs through the gateway over its kernel WebSocket', async () => {
  const sessions = new SessionManager({
    serverSettings: settings,
    kernelManager: new KernelManager({ serverSettings: settings }),
  });
  await sessions.ready;
  const session = await sessions.startNew({
    name: 'cell',
    path: 'cell.ipynb',
    type: 'notebook',
    kernel: { name: 'python3' },
  });
  const future = session.kernel!.requestExecute({ code: 'print(6 * 7)' });
  const said: string[] = [];
  future.onIOPub = message => {
    if (message.header.msg_type === 'stream') said.push((message.content as { text: string }).text);
  };
  expect((await future.done).content.status).toBe('ok');
  expect(said.join('')).toBe('42\n');
  await session.shutdown();
  sessions.dispose();
});

test('a terminal runs a command', async () => {
  // What JupyterLab's own page says of a server that has terminals.
  PageConfig.setOption('terminalsAvailable', 'true');
  const terminals = new TerminalManager({ serverSettings: settings });
  await terminals.ready;
  const terminal = await terminals.startNew();
  let said = '';
  const seen = new Promise<void>(resolve => {
    terminal.messageReceived.connect((_sender, message) => {
      if (message.type !== 'stdout') return;
      said += message.content?.join('') ?? '';
      if (said.includes('answer=42')) resolve();
    });
  });
  terminal.send({ type: 'stdin', content: ['echo answer=$((6*7))\r'] });
  await seen;
  expect(said).toContain('answer=42');
  await terminal.shutdown();
  terminals.dispose();
});

test('an upload arrives whole', async () => {
  const contents = new ContentsManager({ serverSettings: settings });
  const bytes = randomBytes(8_000_000);
  await contents.save('upload.bin', { type: 'file', format: 'base64', content: bytes.toString('base64') });
  const saved = await contents.get('upload.bin', { type: 'file', format: 'base64', content: true });
  expect(Buffer.from(String(saved.content), 'base64').equals(bytes)).toBe(true);
  contents.dispose();
});

test('a download of 200 MB arrives whole, and the core does not hold it', async () => {
  const block = randomBytes(2_000_000);
  const file = Buffer.concat(Array.from({ length: 100 }, () => block));
  await writeFile(join(served.server.folder, 'big.bin'), file);
  const before = await residentMegabytes();
  const answer = await fetch(`${settings.baseUrl}files/big.bin`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const hash = createHash('sha256');
  let most = 0;
  let size = 0;
  for await (const chunk of answer.body!) {
    hash.update(chunk);
    size += chunk.length;
    if (size % 20_000_000 < chunk.length) most = Math.max(most, await residentMegabytes());
  }
  expect(size).toBe(file.length);
  expect(hash.digest('hex')).toBe(createHash('sha256').update(file).digest('hex'));
  expect(most - before).toBeLessThan(120);
});

async function residentMegabytes(): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${served.child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1000;
}
