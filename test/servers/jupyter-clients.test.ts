/*
 * Any language's client, unmodified, runs the same cell through both doors of a real JupyterLab: the owner's,
 * at the address for tools, and the guests', with a link's token. (@jupyterlab/services at the owner's door
 * is in test/integration/jupyter/main-job.test.ts.)
 */
import { KernelAPI, KernelManager, ServerConnection, SessionManager } from '@jupyterlab/services';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import type { Role } from '../../src/shared/model.ts';
import { makeHome, serve, toolUrl, type Served, type TestHome } from '../support/core.ts';
import { pythonServer } from '../support/server-packages.ts';

const execute = promisify(execFile);

let home: TestHome;
let served: Served;
let core: CoreClient;
let python: string;
let authority: string;

/** Where a client is sent, and what it shows. */
interface GatewayUnderTest {
  /** With a slash at its end. */
  readonly url: string;
  readonly token: string;
}

const doors: readonly (readonly [string, () => Promise<GatewayUnderTest>])[] = [
  ["the owner's door", async () => ({ url: toolUrl(served.server), token: await served.token() })],
  ["the guests' door", () => guestDoor('editor')],
];

async function guestDoor(role: Role): Promise<GatewayUnderTest> {
  const link = await core.call('share.create', {
    server: served.server.id,
    role,
    label: 'A tool',
    expiresSeconds: 3600,
    uses: null,
    approval: false,
    listen: '127.0.0.1',
    acknowledged: true,
  });
  return { url: `${new URL(link.url).origin}/`, token: link.toolToken };
}

beforeAll(async () => {
  python = await pythonServer('jupyter-clients');
  home = await makeHome();
  served = await serve(home, '--secrets', 'memory');
  core = await home.client();
  const { pem } = await core.call('authority.info');
  authority = join(home.folder, 'authority.pem');
  await writeFile(authority, pem);
  // What installing the local authority does for programs on Node.
  setDefaultCACertificates([...getCACertificates('default'), pem]);
});
afterAll(async () => {
  core?.close();
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
});

/**
 * What installing the local authority does for a Python program, and what a person would put into its
 * environment.
 */
function runPython(script: string, { url, token }: GatewayUnderTest): Promise<string> {
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: home.folder,
    SERVER_URL: url,
    SERVER_TOKEN: token,
    REQUESTS_CA_BUNDLE: authority,
    WEBSOCKET_CLIENT_CA_BUNDLE: authority,
  };
  return execute(python, [join(import.meta.dirname, 'clients', script)], { env, timeout: 100_000 }).then(
    ({ stdout }) => stdout,
  );
}

describe.each(doors)('at %s', (_name, find) => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await find();
  });

  test('jupyter_kernel_client runs a cell', async () => {
    expect(await runPython('kernel_client_cell.py', gateway)).toBe('ok 42\n');
  });

  test('requests and websocket-client run a cell with Authorization: token', async () => {
    expect(await runPython('websocket_client_cell.py', gateway)).toBe('201 42\n');
  });

  test('a client with another token does nothing', async () => {
    const wrong = {
      ...gateway,
      token: `${gateway.token.slice(0, -1)}${gateway.token.endsWith('A') ? 'B' : 'A'}`,
    };
    await expect(runPython('websocket_client_cell.py', wrong)).rejects.toThrow(/401 Client Error/);
  });

  test('the Jupyter extension of VS Code takes the address with its token and runs a cell', async () => {
    const settings = await extensionSettings(`${gateway.url}?token=${gateway.token}`);
    expect(await extensionCell(settings)).toBe('42\n');
  });

  test('a `?token=` in the address of each REST call and of the WebSocket is enough', async () => {
    const query = `?token=${encodeURIComponent(gateway.token)}`;
    const specs = await fetch(`${gateway.url}api/kernelspecs${query}`);
    expect(await specs.json()).toMatchObject({ kernelspecs: { python3: {} } });
    const made = await fetch(`${gateway.url}api/kernels${query}`, { method: 'POST', body: '{}' });
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: string };
    expect(await cellBySocket(`${gateway.url}api/kernels/${id}/channels${query}`)).toBe('42\n');
    const gone = await fetch(`${gateway.url}api/kernels/${id}${query}`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
  });

  test('curl reads contents and starts a kernel; by REST alone no cell can be run', async () => {
    await mkdir(join(home.folder, 'data'), { recursive: true });
    await writeFile(join(home.folder, 'data', 'numbers.csv'), '6,7\n');
    const listed = await curl(gateway, 'api/contents/data');
    expect(JSON.parse(listed.body)).toMatchObject({ content: [{ name: 'numbers.csv' }] });
    const made = await curl(gateway, 'api/kernels', '--json', '{"name":"python3"}');
    expect(made.status).toBe(201);
    const { id } = JSON.parse(made.body) as { id: string };
    expect((await curl(gateway, `api/kernels/${id}/execute`, '--json', '{"code":"1"}')).status).not.toBe(200);
    // What there is beside its WebSocket: interrupt, restart, end.
    expect((await curl(gateway, `api/kernels/${id}/interrupt`, '-X', 'POST')).status).toBe(204);
    expect((await curl(gateway, `api/kernels/${id}`, '-X', 'DELETE')).status).toBe(204);
    expect((await curl(gateway, `api/kernels/${id}`)).status).toBe(404);
  });

  test('curl connects to the WebSocket of a kernel where it was built with that', async context => {
    const { stdout } = await execute('curl', ['--version']);
    context.skip(!/^Protocols:.* wss?\b/m.test(stdout), 'This curl has no WebSocket.');
    const { id } = JSON.parse((await curl(gateway, 'api/kernels', '--json', '{}')).body) as { id: string };
    const socket = { ...gateway, url: gateway.url.replace('http', 'ws') };
    // The kernel says its state to whoever comes; curl then waits for more.
    expect((await curl(socket, `api/kernels/${id}/channels`, '--max-time', '5')).body).toContain(
      'kernel_info_reply',
    );
    expect((await curl(gateway, `api/kernels/${id}`, '-X', 'DELETE')).status).toBe(204);
  });
});

test("curl opens and ends the owner's terminal, and nobody's who is an editor", async () => {
  const [[, owner], [, editor]] = doors as [(typeof doors)[0], (typeof doors)[0]];
  for (const gateway of [await owner(), await guestDoor('full')]) {
    const made = await curl(gateway, 'api/terminals', '-X', 'POST');
    expect(made.status).toBe(200);
    const { name } = JSON.parse(made.body) as { name: string };
    expect((await curl(gateway, `api/terminals/${name}`, '-X', 'DELETE')).status).toBe(204);
  }
  expect((await curl(await editor(), 'api/terminals', '-X', 'POST')).status).toBe(403);
});

test('@jupyterlab/services runs a cell with the token of an editor', async () => {
  const { url, token } = await guestDoor('editor');
  const settings = ServerConnection.makeSettings({ baseUrl: url, wsUrl: url.replace('http', 'ws'), token });
  expect(await extensionCell(settings)).toBe('42\n');
});

test('the same clients with the token of a viewer start nothing and run nothing', async () => {
  const gateway = await guestDoor('viewer');
  await expect(runPython('websocket_client_cell.py', gateway)).rejects.toThrow(/403 Client Error/);
  await expect(runPython('kernel_client_cell.py', gateway)).rejects.toThrow(/403 Client Error/);
  expect((await curl(gateway, 'api/kernels', '--json', '{}')).status).toBe(403);
  expect((await curl(gateway, 'api/contents')).status).toBe(200);
});

test('no client has left its token in a log', async () => {
  const logs = await core.call('server.logs', served.server.id, { lines: 1000 });
  const said = `${served.said()}${logs.map(({ text }) => text).join('\n')}`;
  expect(said).not.toContain(await served.token());
  expect(said).toMatch(/kernel/i);
});

/**
 * What the extension does with an address that a person pastes: it asks whether this is a hub and whether a
 * password is wanted, both without a credential, then lists kernels and kernelspecs (vscode-jupyter:
 * userJupyterServer/jupyterPasswordConnect.ts, connection/jupyterConnection.ts, jupyterUtils.ts).
 */
async function extensionSettings(pasted: string): Promise<ServerConnection.ISettings> {
  const { protocol, host, pathname, searchParams } = new URL(pasted);
  const baseUrl = `${protocol}//${host}${pathname}`;
  const probe = { method: 'get', redirect: 'manual', headers: { Connection: 'keep-alive' } } as const;
  expect((await fetch(`${baseUrl}hub/api`, probe)).status).not.toBe(200);
  // Any answer but 200 means "password or token"; the token is there, so nobody is asked.
  expect((await fetch(`${baseUrl}tree?`, probe)).status).not.toBe(200);
  const settings = ServerConnection.makeSettings({
    baseUrl,
    appUrl: '',
    wsUrl: baseUrl.replace('http', 'ws'),
    token: searchParams.get('token') ?? '',
    appendToken: true,
    init: { cache: 'no-store', credentials: 'same-origin' },
  });
  await KernelAPI.listRunning(settings);
  return settings;
}

/** Session of a notebook that no file stands for, as the extension starts it; the cell over its WebSocket. */
async function extensionCell(serverSettings: ServerConnection.ISettings): Promise<string> {
  const sessions = new SessionManager({
    serverSettings,
    kernelManager: new KernelManager({ serverSettings }),
  });
  await sessions.ready;
  const name = `cell-jvsc-${crypto.randomUUID()}.ipynb`;
  const session = await sessions.startNew({
    name,
    path: name,
    type: 'notebook',
    kernel: { name: 'python3' },
  });
  const future = session.kernel!.requestExecute({ code: 'print(6*7)' });
  let said = '';
  future.onIOPub = message => {
    if (message.header.msg_type === 'stream') said += (message.content as { text: string }).text;
  };
  await future.done;
  await session.shutdown();
  sessions.dispose();
  return said;
}

function cellBySocket(url: string): Promise<string> {
  const id = crypto.randomUUID();
  const socket = new WebSocket(url.replace('http', 'ws'));
  let said = '';
  return new Promise<string>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () =>
      socket.send(
        JSON.stringify({
          channel: 'shell',
          header: { msg_id: id, username: '', session: id, msg_type: 'execute_request', version: '5.3' },
          parent_header: {},
          metadata: {},
          content: { code: 'print(6*7)', silent: false, allow_stdin: false, user_expressions: {} },
        }),
      ),
    );
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as {
        msg_type: string;
        parent_header: { msg_id?: string };
        content: { text?: string; execution_state?: string };
      };
      if (message.parent_header.msg_id !== id) return;
      if (message.msg_type === 'stream') said += message.content.text ?? '';
      if (message.msg_type === 'status' && message.content.execution_state === 'idle') resolve(said);
    });
  }).finally(() => socket.terminate());
}

/** curl with its credential in a file of configuration: not in its arguments, which everybody can read. */
async function curl(
  { url, token }: GatewayUnderTest,
  path: string,
  ...args: string[]
): Promise<{ status: number; body: string }> {
  const config = join(home.folder, 'curl.conf');
  await writeFile(config, `header = "Authorization: token ${token}"\n`, { mode: 0o600 });
  const all = ['-sS', '-K', config, '--cacert', authority, '-w', '\n%{http_code}', ...args, `${url}${path}`];
  const { stdout } = await execute('curl', all).catch((error: unknown) => {
    // Told to end: what it has said by then counts.
    if (args.includes('--max-time') && error instanceof Error && 'stdout' in error) {
      return { stdout: String(error.stdout) };
    }
    throw error;
  });
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}
