/*
 * What servers, kernels and terminals write is as open as what the user's shell writes; what is ours is
 * private whatever the shell says.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { coreScript, eventually, makeHome, toolUrl, type TestHome } from '../../support/core.ts';

let home: TestHome;
let group: string;
beforeAll(async () => {
  home = await makeHome();
  group = join(home.folder, 'group');
  await mkdir(group);
  await chmod(group, 0o2775);
});
afterAll(() => home[Symbol.asyncDispose]());

/** As a shell with that mask would start it. */
async function start(umask: string, ...args: string[]): Promise<ServerInfo> {
  const command = [process.execPath, coreScript, 'start', '--json', '--no-trust', ...args];
  const child = spawn('/bin/sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', ...command], {
    env: home.environment,
    cwd: home.folder,
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  await once(child, 'close');
  if (out === '') throw new Error(err);
  return JSON.parse(out) as ServerInfo;
}

const modeOf = async (name: string): Promise<string> =>
  ((await stat(join(group, name))).mode & 0o7777).toString(8);

/**
 * Writes one file by each of the ways that people have in a Jupyter, all with this beginning of their names.
 */
async function writeEachWay(server: ServerInfo, start: string): Promise<void> {
  const { token } = await home.json<{ token: string }>('token', server.id);
  const url = toolUrl(server);
  const headers = { Authorization: `token ${token}`, 'Content-Type': 'application/json' };
  const ask = async (method: string, path: string, body: unknown): Promise<{ id: string; name: string }> => {
    const answer = await fetch(new URL(path, url), { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { id: string; name: string };
  };
  const socket = async (path: string): Promise<WebSocket> => {
    const opened = new WebSocket(new URL(path, url.replace('http', 'ws')), { headers });
    await once(opened, 'open');
    return opened;
  };
  await ask('PUT', `api/contents/${start}-saved.txt`, { type: 'file', format: 'text', content: 'x' });
  await ask('PUT', `api/contents/${start}-folder`, { type: 'directory' });
  const { name } = await ask('POST', 'api/terminals', {});
  const terminal = await socket(`terminals/websocket/${name}`);
  await eventually('the terminal', 30_000, async () => {
    terminal.send(JSON.stringify(['stdin', `touch ${start}-terminal\r`]));
    return stat(join(group, `${start}-terminal`));
  });
  terminal.close();
  const { id } = await ask('POST', 'api/kernels', {});
  const kernel = await socket(`api/kernels/${id}/channels`);
  const header = {
    msg_id: start,
    msg_type: 'execute_request',
    username: '',
    session: start,
    date: '',
    version: '5.3',
  };
  const content = { code: `open('${start}-kernel', 'w')`, silent: false, store_history: false };
  await eventually('the kernel', 60_000, async () => {
    kernel.send(JSON.stringify({ channel: 'shell', header, parent_header: {}, metadata: {}, content }));
    return stat(join(group, `${start}-kernel`));
  });
  kernel.close();
}

test("the folder of a group stays open to colleagues: what Jupyter, its kernels and terminals write has the shell's mask", async () => {
  const server = await start('002', 'jupyter', group);
  await writeEachWay(server, 'open');
  const modes = await Promise.all(
    ['saved.txt', 'folder', 'terminal', 'kernel'].map(each => modeOf(`open-${each}`)),
  );
  expect(modes).toEqual(['664', '2775', '664', '664']);
  // Each start has the mask of its own shell, though the same core runs and the server is known to it.
  await home.json('stop', server.id);
  const again = await start('027', 'jupyter', group);
  expect(again.id).toBe(server.id);
  await writeEachWay(again, 'closed');
  expect(
    await Promise.all(['saved.txt', 'terminal', 'kernel'].map(each => modeOf(`closed-${each}`))),
  ).toEqual(['640', '640', '640']);
  // Whoever starts it again without a shell (a window) gets what it was started with.
  await home.json('restart', server.id);
  await writeEachWay(again, 'later');
  expect(await modeOf('later-terminal')).toBe('640');
});

/**
 * Everything below a folder that others could enter or read, but for sockets: those are guarded by their
 * folder.
 */
async function openToOthers(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const facts = await lstat(join(folder, name)).catch(() => null);
    if (facts === null || facts.isSymbolicLink() || facts.isSocket()) continue;
    if ((facts.mode & 0o077) !== 0) found.push(`${(facts.mode & 0o777).toString(8)} ${name}`);
  }
  return found;
}

test('what is ours is private even where the shell opens everything to everybody', async () => {
  await home.cli('quit');
  const ours = join(home.folder, 'gatehouse');
  const secrets = ['--secrets', 'memory'];
  await start('000', ...secrets, 'jupyter', group);
  await start(
    '000',
    '--name',
    'plain',
    '--credential',
    'none',
    '--',
    'python3',
    '-m',
    'http.server',
    '{port}',
  );
  await home.json('config', 'set', 'core.graceMinutes', '5');
  await home.json('doctor');
  const other = spawn(
    '/bin/sh',
    ['-c', 'umask 000; exec "$@"', 'sh', process.execPath, coreScript, 'trust', group],
    {
      env: home.environment,
    },
  );
  await once(other, 'close');
  expect((await readdir(ours, { recursive: true })).length).toBeGreaterThan(15);
  expect((await stat(ours)).mode & 0o777).toBe(0o700);
  const open = await openToOthers(ours);
  // What the server itself makes in the folder of its run, which nobody else can enter.
  expect(open.filter(line => !/^\d+ run\/[0-9a-f]{10}\/runtime\//.test(line))).toEqual([]);
});
