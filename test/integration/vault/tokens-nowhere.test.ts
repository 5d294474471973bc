/*
 * With a server running and used, neither secret is found where a stranger, a script or a bug report could
 * see it.
 */
import { KernelManager, ServerConnection } from '@jupyterlab/services';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome, serve, toolUrl, type Served, type TestHome } from '../../support/core.ts';
import { startKeyring, type Keyring } from '../../support/keyring.ts';
import { everyProcess } from '../../support/processes.ts';

let keyring: Keyring;
let home: TestHome;
let served: Served;
let token: string;
let kernelSaid: { environ: string; upstream: string };

beforeAll(async () => {
  keyring = await startKeyring();
  home = await makeHome(keyring.environment);
  served = await serve(home, '--secrets', 'keychain');
  token = await served.token();
  kernelSaid = await useIt();
});
afterAll(async () => {
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
  await keyring?.stop();
});

/**
 * Uses the server as a person would, and digs the upstream secret out of the server's own memory: only there
 * it may be.
 */
async function useIt(): Promise<{ environ: string; upstream: string }> {
  const base = toolUrl(served.server);
  for (const path of ['lab', 'api/status', `api/contents?token=${token}`, 'no/such/page']) {
    await fetch(`${base}${path}`, {
      headers: { authorization: `Bearer ${token}`, referer: `${base}lab?token=${token}` },
    });
  }
  // A wrong token near the right one, in every place that a log might quote.
  await fetch(`${base}api/status?token=${token}x`, {
    headers: { authorization: `Bearer ${token}x`, cookie: `a=${token}` },
  });
  const settings = ServerConnection.makeSettings({ baseUrl: base, token });
  const kernel = await new KernelManager({ serverSettings: settings }).startNew({ name: 'python3' });
  const run = async (code: string): Promise<string> => {
    let said = '';
    const future = kernel.requestExecute({ code });
    future.onIOPub = message => {
      if (message.header.msg_type === 'stream') said += (message.content as { text: string }).text;
    };
    await future.done;
    return said;
  };
  const environ = await run('import os, json; print(json.dumps(dict(os.environ)))');
  // The owner may debug their own process: what the run was given is read from the memory of the server.
  const upstream = await run(upstreamFromMemory);
  return { environ, upstream: upstream.trim() };
}

const upstreamFromMemory = `
import os, re
server = os.getppid()
found = set()
for line in open(f"/proc/{server}/maps"):
    span, mode, *rest = line.split()
    if "r" not in mode or rest[-1:] in (["[vvar]"], ["[vsyscall]"]): continue
    start, end = (int(part, 16) for part in span.split("-"))
    if end - start > 400_000_000: continue
    try:
        with open(f"/proc/{server}/mem", "rb") as memory:
            memory.seek(start)
            found.update(re.findall(rb"X-Gatehouse-Upstream: ([A-Za-z0-9_-]{43})", memory.read(end - start), re.I))
    except OSError: pass
print(next(iter(found)).decode() if found else "")
`;

function secrets(): readonly string[] {
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(kernelSaid.upstream).toMatch(/^[\w-]{43}$/);
  return [token, kernelSaid.upstream];
}

test('not in the argv or the environment of any process', async () => {
  for (const { argv, environment } of await everyProcess()) {
    for (const secret of secrets()) {
      expect(argv).not.toContain(secret);
      expect(environment).not.toContain(secret);
    }
  }
});

test("not in a kernel's os.environ", () => {
  for (const secret of secrets()) expect(kernelSaid.environ).not.toContain(secret);
});

test('not in any file under the home, whoever may read it: logs, records, settings, runtime', async () => {
  const files = (await readdir(home.folder, { recursive: true, withFileTypes: true })).filter(entry =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    const text = await readFile(path, 'latin1');
    for (const secret of secrets()) expect(text.includes(secret), path).toBe(false);
    if (path.includes('/gatehouse/')) expect((await stat(path)).mode & 0o077, path).toBe(0);
  }
});

test('not in what was printed, nor in what the log commands show', async () => {
  const { out } = await home.cli('logs', served.server.id, '-n', '10000');
  expect(out).toContain('/no/such/page');
  for (const secret of secrets()) {
    expect(out).not.toContain(secret);
    expect(served.said()).not.toContain(secret);
  }
});

test('not in a page', async () => {
  for (const path of ['lab', '_gatehouse/login', 'api', 'tree']) {
    const answer = await fetch(`${toolUrl(served.server)}${path}`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}` },
    });
    const page = await answer.text();
    for (const secret of secrets()) {
      expect(page).not.toContain(secret);
      expect(JSON.stringify([...answer.headers])).not.toContain(secret);
    }
  }
});

test('but in the keychain', async () => {
  const found = await keyring.client(
    'secret-tool',
    'search',
    '--all',
    '--unlock',
    'account',
    `access-token:${served.server.id}`,
  );
  expect(found).toContain(token);
});
