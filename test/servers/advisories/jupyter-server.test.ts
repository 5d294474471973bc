/*
 * Advisories of Jupyter Server and of jupyter-server-proxy, on the versions that have them: each attack
 * succeeds against the server as a person starts it, and fails through the door in front of the very same
 * version.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Role } from '../../../src/shared/model.ts';
import { bareJupyter } from '../../support/bare-jupyter.ts';
import { askByName, eventually, toolUrl } from '../../support/core.ts';
import { listen } from '../../support/gateway.ts';
import { GuestClient, navigation } from '../../support/guest.ts';
import { pythonServer } from '../../support/server-packages.ts';
import { openShared, type Shared } from '../../support/shared.ts';

let python: string;
let shared: Shared;

beforeAll(async () => {
  python = await pythonServer('jupyter-2.17');
  shared = await openShared({ PATH: `${dirname(python)}:/usr/bin:/bin` }, ['jupyter']);
});
afterAll(() => shared?.close());

async function guest(role: Role): Promise<GuestClient> {
  const made = new GuestClient((await shared.share({ role })).url, shared.authority);
  expect((await made.join()).status).toBe(200);
  return made;
}

/** The cookie of the owner's browser, by the one-time link of the command line. */
async function ownersCookie(): Promise<string> {
  const { url } = await shared.core.call('server.link', shared.served.server.id, { tool: false });
  const browser = { ...navigation, cookie: 'gatehouse-probe=1', host: new URL(url).host };
  return String((await askByName(url, browser)).headers['set-cookie']).split(';')[0] ?? '';
}

const ownUrl = (path: string): string => new URL(path, shared.served.server.url ?? '').href;

/**
 * What came over a WebSocket first, or the status with which the upgrade was refused, or that it was closed.
 */
function dial(socket: WebSocket): Promise<string | number> {
  return new Promise<string | number>((resolve, reject) => {
    socket.once('close', () => resolve('closed'));
    socket.once('message', (data: Buffer) => resolve(data.toString('utf8')));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  }).finally(() => socket.terminate());
}

test('what runs is the version that has them', () => {
  expect(shared.served.server.title).toBe('Jupyter Server 2.17.0');
});

describe('CVE-2024-28179: jupyter-server-proxy 4.1.0 guards the HTTP side of what it passes on, and not the WebSocket side', () => {
  let target: number;
  /** It passes an empty name on where none is offered, which a server may refuse. */
  const protocol = 'chat';
  const http = createServer((_request, response) => response.end('reached by HTTP'));
  beforeAll(async () => {
    new WebSocketServer({ server: http }).on('connection', socket => socket.send('reached'));
    target = await listen(http);
  });
  afterAll(() => http.closeAllConnections());

  test('without Gatehouse anybody reaches a port of this computer', async () => {
    await using bare = await bareJupyter(python);
    const path = `proxy/${target}/`;
    expect((await fetch(bare.url + path, { redirect: 'manual' })).status).toBe(302);
    expect(await dial(new WebSocket(bare.url.replace('http', 'ws') + path, protocol))).toBe('reached');
  });

  test("nobody passes the owner's door without a credential; its owner does", async () => {
    const url = `${toolUrl(shared.served.server).replace('http', 'ws')}proxy/${target}/`;
    expect(await dial(new WebSocket(url, protocol))).toBe(401);
    const authorization = `Bearer ${await shared.served.token()}`;
    expect(await dial(new WebSocket(url, protocol, { headers: { authorization } }))).toBe('reached');
  });

  test("nobody passes the guests' door without a session, and only who may do everything with one", async () => {
    const stranger = new GuestClient((await shared.share()).url, shared.authority);
    expect(await dial(stranger.socket(`/proxy/${target}/`, [protocol]))).toBe(401);
    for (const role of ['viewer', 'editor'] as const) {
      expect([role, await dial((await guest(role)).socket(`/proxy/${target}/`, [protocol]))]).toEqual([
        role,
        403,
      ]);
    }
    expect(await dial((await guest('full')).socket(`/proxy/${target}/`, [protocol]))).toBe('reached');
  });
});

describe('CVE-2026-40934: a session of jupyter_server 2.17 outlives the password that opened it', () => {
  const config = (password: string): string =>
    `from jupyter_server.auth import passwd\nc.PasswordIdentityProvider.hashed_password = passwd("${password}")\n`;

  test('without Gatehouse the old cookie still opens the server after the password was changed', async () => {
    await using bare = await bareJupyter(python, { token: '', config: config('first') });
    const cookie = await bare.signIn('first');
    await bare.restart(config('second'));
    await expect(bare.signIn('first')).rejects.toThrow('Signing in was answered');
    const answer = await fetch(`${bare.url}api/status`, { headers: { cookie } });
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ kernels: 0 })]);
  });

  test('a new access token ends what the old one opened, and the server gives no cookie of its own', async () => {
    const cookie = await ownersCookie();
    const before = await askByName(ownUrl('api/status'), { cookie });
    expect(before.status).toBe(200);
    expect(String(before.headers['set-cookie'])).not.toMatch(/username-/);
    await shared.core.call('server.rotateToken', shared.served.server.id);
    expect((await askByName(ownUrl('api/status'), { cookie })).status).toBe(401);
  });

  test('a link that is taken back ends what it opened', async () => {
    const link = await shared.share({ role: 'viewer' });
    const visitor = new GuestClient(link.url, shared.authority);
    await visitor.join();
    expect((await visitor.page('/api/contents')).status).toBe(200);
    await shared.core.call('share.revoke', link.id);
    // Where it was the last link, the listener is gone as well.
    const after = await visitor.page('/api/contents').then(
      ({ status }) => status,
      () => 'closed',
    );
    expect([401, 'closed']).toContain(after);
  });
});

describe('CVE-2026-44727: a notebook that nbconvert shows runs its script as a page of the server', () => {
  /** Reads a file with the rights of whoever looks at the page. */
  const theft = `<script>
    fetch('/api/contents/secret.txt?content=1').then(answer => answer.json()).then(
      file => { document.title = 'stolen: ' + file.content; },
      () => { document.title = 'kept out'; });
  </script>`;
  const notebook = JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      {
        id: 'a',
        cell_type: 'code',
        execution_count: 1,
        metadata: {},
        source: '1',
        outputs: [{ output_type: 'display_data', metadata: {}, data: { 'text/html': theft } }],
      },
    ],
  });

  async function put(folder: string): Promise<void> {
    await writeFile(join(folder, 'secret.txt'), 'the secret');
    await writeFile(join(folder, 'homework.ipynb'), notebook);
  }

  /** Signs in by an address, and shows the notebook as a link of the server's own page would. */
  async function titleOf(signIn: string, page: string): Promise<string> {
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
    try {
      const tab = await browser.newPage();
      await tab.goto(signIn);
      await tab.goto(page, { referer: page });
      await tab.waitForFunction(() => /stolen|kept out/.test(document.title));
      return await tab.title();
    } finally {
      await browser.close();
    }
  }

  test('without Gatehouse it reads the files of who looks at it', async () => {
    await using bare = await bareJupyter(python);
    await put(bare.folder);
    const signIn = `${bare.url}api/me?token=${bare.token}`;
    expect(await titleOf(signIn, `${bare.url}nbconvert/html/homework.ipynb`)).toBe('stolen: the secret');
  });

  test('through the door it has an origin of its own, and reads nothing', async () => {
    await put(shared.home.folder);
    const { url } = await shared.core.call('server.link', shared.served.server.id, { tool: false });
    expect(await titleOf(url, ownUrl('nbconvert/html/homework.ipynb'))).toBe('kept out');
  });
});

describe('GHSA-c3mw-737p-c7g2: a Referer with a token is written to the log when a request fails', () => {
  /** A request that the server cannot answer: its log then shows the headers. */
  const failing = { method: 'POST', body: '[]' };

  test('without Gatehouse the token is in the log', async () => {
    await using bare = await bareJupyter(python);
    const referer = `${bare.url}tree?token=${bare.token}&view=1`;
    const headers = { authorization: `token ${bare.token}`, referer };
    expect((await fetch(`${bare.url}api/kernels`, { ...failing, headers })).status).toBe(500);
    // Written after the answer.
    await eventually('the line in the log', 10_000, async () => bare.said().includes('"Referer"'));
    expect(bare.said()).toMatch(/"Referer": ".*a-token-that-nobody-guesses/);
  });

  test('through the door the server never learns it', async () => {
    const url = toolUrl(shared.served.server);
    const token = await shared.served.token();
    const headers = { authorization: `token ${token}`, referer: `${url}tree?token=${token}&view=1` };
    expect((await fetch(`${url}api/kernels`, { ...failing, headers })).status).toBe(500);
    const said = await eventually('the line in the log', 10_000, async () => {
      const lines = await shared.core.call('server.logs', shared.served.server.id, { lines: 1000 });
      const text = lines.map(line => line.text).join('\n');
      return text.includes('"Referer"') && text;
    });
    expect(said).toMatch(/"Referer": ".*tree\?view=1"/);
    expect(said).not.toContain('token=');
  });
});

describe('CVE-2026-35397: jupyter_server 2.17 compares the beginning of a path, and of an origin, and takes it for the whole', () => {
  const outside = 'api/contents/..%2Fwork-of-others%2Fsecret.txt?content=1';

  test('without Gatehouse a folder beside the served one is read', async () => {
    // Today's jupyter_core stumbles over such a path while it looks whether it is hidden; where hidden files
    // are shown, it does not look.
    await using bare = await bareJupyter(python, { config: 'c.ContentsManager.allow_hidden = True\n' });
    await mkdir(join(bare.home, 'work-of-others'));
    await writeFile(join(bare.home, 'work-of-others', 'secret.txt'), 'the secret');
    const headers = { authorization: `token ${bare.token}` };
    expect(await (await fetch(bare.url + outside, { headers })).json()).toMatchObject({
      content: 'the secret',
    });
  });

  describe('through the door', () => {
    let beside: string;
    beforeEach(async () => {
      const name = shared.home.folder.split('/').at(-1) ?? '';
      beside = `api/contents/..%2F${encodeURIComponent(`${name}-of-others`)}%2Fsecret.txt?content=1`;
      await mkdir(`${shared.home.folder}-of-others`, { recursive: true });
      await writeFile(`${shared.home.folder}-of-others/secret.txt`, 'the secret');
    });

    test.each(['viewer', 'editor'] as const)('no %s reads it', async role => {
      const visitor = await guest(role);
      const reply = await visitor.page(`/${beside}`);
      expect([reply.status === 200, reply.body.includes('the secret')]).toEqual([false, false]);
      expect((await visitor.page('/api/contents')).status).toBe(200);
    });
  });

  test('without Gatehouse a foreign origin that begins like the allowed one reads answers', async () => {
    const config = String.raw`c.ServerApp.allow_origin_pat = r"https://lab\.example"` + '\n';
    await using bare = await bareJupyter(python, { config });
    const cookie = await bare.signIn(bare.token);
    const headers = { cookie, origin: 'https://lab.example.evil.io' };
    const answer = await fetch(`${bare.url}api/status`, { headers });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, headers.origin]);
  });

  test('through the door no origin but its own does, whatever is configured', async () => {
    const cookie = await ownersCookie();
    const foreign = await askByName(ownUrl('api/status'), { cookie, origin: 'https://lab.example.evil.io' });
    expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    const origin = `${new URL(ownUrl('')).origin}.evil.io`;
    expect((await askByName(ownUrl('api/status'), { cookie, origin })).status).toBe(403);
    expect((await askByName(ownUrl('api/status'), { cookie })).status).toBe(200);
  });
});

test('CVE-2022-29241, its lesson: a guest who reads all that the server hands out, our own folder for the run among it, finds nothing that opens it', async () => {
  const visitor = await guest('viewer');
  const names: string[] = [];
  let texts = '';
  const walk = async (path: string): Promise<void> => {
    const reply = await visitor.page(
      `/api/contents/${path.split('/').map(encodeURIComponent).join('/')}?content=1`,
    );
    if (reply.status !== 200) return;
    const { type, content } = JSON.parse(reply.body) as {
      type: string;
      content: { path: string }[] | string;
    };
    names.push(path);
    if (type === 'directory') for (const entry of content as { path: string }[]) await walk(entry.path);
    else texts += typeof content === 'string' ? content : JSON.stringify(content);
  };
  await walk('');
  const server = names.find(name => /jpserver-\d+\.json$/.test(name)) ?? 'none';
  const facts = await visitor.page(`/api/contents/${server}?content=1`);
  expect(JSON.parse((JSON.parse(facts.body) as { content: string }).content)).toMatchObject({ token: '' });
  // Read once when it starts, and gone.
  expect(names.filter(name => name.endsWith('upstream-secret'))).toEqual([]);
  expect(texts).not.toContain(await shared.served.token());
});
