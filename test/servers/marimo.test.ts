/*
 * marimo as PyPI has it: the owner and a full guest in the editor, a viewer in the app of the same notebook;
 * by marimo's own page and protocol.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { roleSecret } from '../../src/main/core/profiles/common/role-secret.ts';
import { Secret } from '../../src/main/core/secret.ts';
import { openBrowser, pageOf } from '../support/browser.ts';
import { eventually } from '../support/core.ts';
import type { GuestClient } from '../support/guest.ts';
import { headersOf, notebook, refused, sliderIn } from '../support/marimo.ts';
import { processesOf } from '../support/processes.ts';
import { leaksOf, openServer, type RealServer } from '../support/real-share.ts';
import { pythonServer } from '../support/server-packages.ts';
import { attack, heardBy, opened } from '../support/sockets.ts';

let environment: Record<string, string>;
let server: RealServer;
let viewer: GuestClient;
let full: GuestClient;

beforeAll(async () => {
  environment = { PATH: `${dirname(await pythonServer('marimo'))}:/usr/bin:/bin` };
  server = await openServer(environment, ['marimo', 'app.py', '--trust'], async ({ folder }) => {
    await writeFile(join(folder, 'app.py'), notebook);
    await writeFile(join(folder, 'other.py'), notebook.replaceAll('speed', 'other'));
    await mkdir(join(folder, 'public'));
    await writeFile(join(folder, 'public', 'plan.txt'), 'the plan');
    // A module that a downloaded folder might bring.
    await writeFile(join(folder, 'random.py'), 'open("ran", "w").close()\nraise SystemExit("hijacked")\n');
  });
  viewer = await server.guest('viewer');
  full = await server.guest('full');
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const asOwner = (): { authorization: string } => ({ authorization: `Bearer ${server.token}` });

/** The two ports of marimo, from its argv: the editor's, then the app's. */
async function portsOf({ home }: RealServer): Promise<string[]> {
  const seen = await processesOf(home.folder);
  const argv = seen
    .map(one => one.argv.split('\0'))
    .find(words => !words.includes('--one') && words.some(word => word.endsWith('gatehouse_marimo.py')));
  return argv?.filter(word => /^\d{4,5}$/.test(word)) ?? [];
}

test('both of its processes listen on loopback alone and answer only who shows their own token', async () => {
  const [edit = '', run = ''] = await portsOf(server);
  const read = roleSecret(new Secret(server.secret), 'viewer').reveal();
  const ask = async (port: string, secret: string): Promise<number> =>
    (
      await attack(
        `http://127.0.0.1:${port}/api/version`,
        secret === '' ? {} : { authorization: `Bearer ${secret}` },
      )
    ).status;
  expect(await Promise.all(['', read, server.secret].map(secret => ask(edit, secret)))).toEqual([
    401, 401, 200,
  ]);
  expect(await Promise.all(['', server.secret, read].map(secret => ask(run, secret)))).toEqual([
    401, 401, 200,
  ]);
  for (const port of [edit, run]) {
    for (const path of ['/ws?session_id=s_1', '/terminal/ws']) {
      expect(await opened(new WebSocket(`ws://127.0.0.1:${port}${path}`)), port + path).toBe(403);
    }
  }
});

test('through the door nobody gets anything without a credential', async () => {
  for (const path of ['', 'health', 'auth/login', 'assets/x.js', 'api/version']) {
    expect((await attack(server.url + path, {})).status, path).toBe(401);
  }
  const sockets = server.url.replace('http', 'ws');
  for (const path of ['ws?session_id=s_1', 'terminal/ws', 'ws_sync', 'lsp/pylsp']) {
    expect(await opened(new WebSocket(sockets + path)), path).toBe(401);
  }
});

test('the owner edits and runs, and marimo knows its own page by its token', async () => {
  const page = await (await fetch(server.url, { headers: asOwner() })).text();
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}ws?session_id=s_owner`, {
    headers: asOwner(),
  });
  expect(await opened(socket)).toBe(101);
  const heard = heardBy(socket);
  await eventually('the kernel is ready', 60_000, async () => heard().includes('kernel-ready'));
  expect(heard()).toContain('words of the code');
  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${server.url}api/kernel/run`, {
      method: 'POST',
      headers: { ...asOwner(), ...headers },
      body: JSON.stringify({ cellIds: ['Hbol'], codes: ['print(6 * 7, "from the kernel")'] }),
    });
  const { 'marimo-server-token': _page, ...withoutToken } = headersOf(page, 's_owner');
  expect((await post(withoutToken)).status).toBe(401);
  expect((await post(headersOf(page, 's_owner'))).status).toBe(200);
  await eventually('the cell has run', 30_000, async () => heard().includes('42 from the kernel'));
  socket.close();
});

test("marimo's own cookie, which lets a browser in by itself, reaches nobody", async () => {
  const owner = await fetch(server.url, { headers: asOwner() });
  expect([owner.status, owner.headers.get('set-cookie')]).toEqual([200, null]);
  for (const guest of [viewer, full]) {
    const { status, headers } = await guest.page('/');
    expect([status, headers['set-cookie']]).toEqual([200, undefined]);
  }
});

test('files beside the notebook are shown, and nobody says beside which', async () => {
  const owner = await fetch(`${server.url}public/plan.txt`, { headers: asOwner() });
  expect(await owner.text()).toBe('the plan');
  for (const headers of [{}, { 'x-notebook-id': '/etc/x.py' }]) {
    expect(await viewer.page('/public/plan.txt', { headers })).toMatchObject({
      status: 200,
      body: 'the plan',
    });
  }
  expect((await viewer.page('/public/%2e%2e/app.py')).status).toBe(403);
});

test('a viewer uses the app in a browser: moves the slider, and sees no code', async () => {
  const browser = await openBrowser();
  try {
    const page = await pageOf(browser, viewer);
    await page.goto(viewer.origin);
    await page.getByText('the speed is 1').waitFor({ timeout: 60_000 });
    await page.getByRole('slider').press('ArrowRight');
    await page.getByText('the speed is 2').waitFor();
    expect(await page.content()).not.toContain('words of the code');
  } finally {
    await browser.close();
  }
}, 120_000);

test('a tool with the token of a link is led to the app or the editor as a browser is', async () => {
  const pageWith = async (role: 'viewer' | 'full'): Promise<string> => {
    const headers = { cookie: '', authorization: `Bearer ${await server.toolToken(role)}` };
    return (await viewer.ask('/', { headers })).body;
  };
  expect(await pageWith('viewer')).toMatch(/"mode": "read"/);
  expect(await pageWith('full')).toMatch(/"mode": "edit"/);
});

test('two viewers have a session each; neither says which notebook, nor anything on the socket', async () => {
  const page = (await viewer.open('/')).body;
  const first = viewer.socket('/ws?session_id=s_first&file=other.py&kiosk=true');
  const second = viewer.socket('/ws?session_id=s_second');
  const [{ id, heard }, other] = await Promise.all([sliderIn(first), sliderIn(second)]);
  expect(heard()).not.toContain('the other is');
  expect(heard()).not.toContain('words of the code');
  const reply = await viewer.page('/api/kernel/set_ui_element_value', {
    method: 'POST',
    headers: headersOf(page, 's_first'),
    body: JSON.stringify({ objectIds: [id], values: [7] }),
  });
  expect(reply.status).toBe(200);
  await eventually('the first moves', 30_000, async () => heard().includes('the speed is 7'));
  expect(other.heard()).not.toContain('the speed is 7');
  first.close();
  second.close();
});

test.each(refused)('a viewer is refused %s %s', async (method, asked) => {
  const reply = await viewer.page(asked, { method, ...(method === 'GET' ? {} : { body: '{}' }) });
  expect(reply.status).toBe(403);
  expect(JSON.parse(reply.body).message).toMatch(/Your link/);
});

test.each(['/terminal/ws', '/ws_sync', '/lsp/pylsp', '/ws', '/ws?file=other.py', '/WS?session_id=s_1'])(
  'a viewer opens no WebSocket %s',
  async path => {
    expect(await opened(viewer.socket(path))).toBe(403);
  },
);

test('a full guest has the editor and the terminal, and not the token by which Gatehouse is let in', async () => {
  expect((await full.open('/')).status).toBe(200);
  const terminal = full.socket('/terminal/ws');
  expect(await opened(terminal)).toBe(101);
  const heard = heardBy(terminal);
  terminal.send('echo $((6*7))-done\n');
  await eventually('the terminal answers', 30_000, async () => heard().includes('42-done'));
  terminal.close();
  for (const path of ['/auth/token', '/auth/%74oken', '//auth/token/', '/auth//token']) {
    expect((await full.page(path)).body, path).not.toContain(server.secret);
  }
  expect((await full.page('/auth/token')).status).toBe(403);
});

test('no page of another origin opens a WebSocket with the cookie of a guest', async () => {
  const foreign = { origin: 'https://evil.example' };
  for (const path of ['/terminal/ws', '/ws?session_id=s_1']) {
    expect(await opened(full.socket(path, [], foreign)), path).toBe(403);
  }
});

test('editor is not offered, and it is said why', async () => {
  await expect(server.guest('editor')).rejects.toThrow(/one person edit at a time/);
});

test('without a notebook there is no app: viewer is not offered, and reaches nothing', async () => {
  await using folderOnly = await openServer(environment, ['marimo']);
  await expect(folderOnly.guest('viewer')).rejects.toThrow(/started without a notebook/);
  const guest = await folderOnly.guest('full');
  expect((await guest.open('/')).status).toBe(200);
  const preview = await folderOnly.core.call('share.preview', {
    server: folderOnly.served.server.id,
    role: 'full',
    expiresSeconds: 60,
    uses: null,
    approval: false,
  });
  expect(preview.roles.map(({ role }) => role)).toEqual(['full']);
  expect(preview.notOffered.map(({ role }) => role)).toEqual(['viewer', 'editor']);
});

test('no secret is on any argv or in any environment, nor in what was printed', async () => {
  const secrets = [server.secret, roleSecret(new Secret(server.secret), 'viewer').reveal(), server.token];
  expect(await leaksOf(server, secrets)).toEqual([]);
  for (const secret of secrets) expect(server.served.said()).not.toContain(secret);
  const logs = await server.home.cli('logs', server.served.server.id);
  for (const secret of secrets) expect(logs.out).not.toContain(secret);
  expect(await readdir(server.home.folder)).not.toContain('ran');
});

test('the editor and the app live and die together, and come back on the same address', async () => {
  const appOf = async (): Promise<number> => {
    const seen = await processesOf(server.home.folder);
    return seen.find(({ argv }) => argv.includes('--one\0run'))?.pid ?? 0;
  };
  const before = await portsOf(server);
  process.kill(await appOf(), 'SIGKILL');
  await eventually('marimo is started again', 60_000, async () => {
    const now = await portsOf(server);
    return now.length === 2 && now[1] !== before[1];
  });
  await eventually('the owner has the editor', 60_000, async () => {
    return (await fetch(server.url, { headers: asOwner() })).status === 200;
  });
  await eventually('the viewer has the app', 60_000, async () => (await viewer.open('/')).status === 200);
  const editors = (await processesOf(server.home.folder)).filter(({ argv }) => argv.includes('--one\0edit'));
  expect(editors).toHaveLength(1);
});

test('it stops in order and leaves nothing', async () => {
  const { id } = server.served.server;
  expect((await server.home.cli('stop', id)).code).toBe(0);
  const logs = (await server.home.cli('logs', id)).out;
  const [stopping = 0, stopped = Infinity] = ['stopping', 'stopped'].map(state => {
    const line = logs.split('\n').findLast(one => one.includes(`gatehouse: ${state}:`));
    return Date.parse(line?.split(' ')[0] ?? '');
  });
  // TERM is enough: nobody waits for KILL.
  expect(stopped - stopping).toBeLessThan(4000);
  expect(await server.stop()).toBe(0);
  expect(await processesOf(server.home.folder)).toEqual([]);
});
