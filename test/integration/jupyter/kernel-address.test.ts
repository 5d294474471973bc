/*
 * A kernel asks its own server which notebook it runs (decision 31): what it is told, and what nobody gets by
 * it.
 */
import { readdir, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { listenersOn } from '../../../src/main/core/server/process/port-listeners.ts';
import { cleanUp, cleanUpAll, expectOurs, start } from '../../support/jupyter-run.ts';
import { openKernel } from '../../support/kernel-channels.ts';
import { get, secretHeaders } from '../../support/kernel.ts';

afterEach(cleanUpAll);

/** As ipynbname, wandb and others do it. */
const lookForServers = `
import glob, ipykernel, json, os
from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.serverapp import list_running_servers
print(json.dumps({
    "kernel": os.path.basename(ipykernel.get_connection_file())[len("kernel-"):-len(".json")],
    "folder": jupyter_runtime_dir(),
    "servers": list(list_running_servers()),
}))
`;
const found = z.object({
  kernel: z.string(),
  folder: z.string(),
  servers: z.tuple([z.object({ url: z.string(), token: z.string(), port: z.number() })]),
});
const sessions = z.array(z.object({ path: z.string(), kernel: z.object({ id: z.string() }) }));

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Asks loopback itself, so that `Host` may be anything. */
function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: object } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      method: options.method ?? 'GET',
      headers: { ...options.headers },
      agent: false,
    });
    asked.on('error', reject);
    asked.on('response', response => {
      let body = '';
      response.on('data', part => (body += String(part)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.end();
  });
}

test('a kernel learns its own notebook, and its token opens nothing else', async () => {
  const { plan, context, running } = await start();
  await expectOurs(running);
  const one = await openKernel(plan, { path: 'one.ipynb', type: 'notebook', kernel: { name: 'python3' } });
  const two = await openKernel(plan, { path: 'two.ipynb', type: 'notebook', kernel: { name: 'python3' } });
  const [first, second] = [
    found.parse(JSON.parse(await one.run(lookForServers))),
    found.parse(JSON.parse(await two.run(lookForServers))),
  ];
  const [{ token, port, url }] = first.servers;
  expect(url).toBe(`http://127.0.0.1:${port}/`);

  // Three spellings of the libraries.
  for (const [path, headers] of [
    [`/api/sessions?token=${token}`, {}],
    ['/api/sessions', { Authorization: `token ${token}` }],
    ['/api/sessions', { Authorization: `Bearer ${token}` }],
  ] as const) {
    const reply = await ask(port, path, { headers });
    const own = sessions.parse(JSON.parse(reply.body));
    expect([path, own.map(session => [session.path, session.kernel.id])]).toEqual([
      path,
      [['one.ipynb', first.kernel]],
    ]);
  }
  const other = await ask(port, `/api/sessions?token=${second.servers[0].token}`);
  expect(sessions.parse(JSON.parse(other.body)).map(({ path }) => path)).toEqual(['two.ipynb']);

  // Whoever has no token, two of them, another one, or a page that has had its name lead here.
  for (const [path, headers] of [
    ['/api/sessions', {}],
    ['/api/sessions?token=', {}],
    [`/api/sessions?token=${token}x`, {}],
    [`/api/sessions?token=${token}&token=${token}`, {}],
    [`/api/sessions?token=${token}`, { Authorization: `token ${token}` }],
    [`/api/sessions?token=${token}`, { Host: `evil.example:${port}` }],
    [`/api/sessions?token=${context.secret.reveal()}`, {}],
    ['/api/sessions', secretHeaders(plan)],
  ] as const) {
    const { status, body } = await ask(port, path, { headers });
    expect([path, headers, status]).toEqual([path, headers, 403]);
    expect(body).not.toContain('ipynb');
  }
  for (const path of [
    '/',
    '/api',
    '/api/kernels',
    '/api/contents',
    '/lab',
    '/api/sessions/',
    '/api/terminals',
  ]) {
    expect([path, (await ask(port, `${path}?token=${token}`)).status]).toEqual([path, 404]);
  }
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']) {
    const { status } = await ask(port, `/api/sessions?token=${token}`, { method });
    expect([method, status]).toEqual([method, 405]);
  }
  // Nor does it open the server itself.
  for (const headers of [{ Authorization: `token ${token}` }, { 'X-Gatehouse-Upstream': token }]) {
    expect((await get(plan, `/api/sessions?token=${token}`, headers)).status).toBe(403);
  }

  // Nobody else of the computer reads the file, and no other kernel has it in its own folder.
  const [name = ''] = await readdir(first.folder);
  expect((await stat(join(first.folder, name))).mode & 0o777).toBe(0o600);
  expect((await stat(first.folder)).mode & 0o777).toBe(0o700);
  expect(second.folder).not.toBe(first.folder);
  expect((await listenersOn(port, 'linux')).map(({ reach }) => reach)).toEqual(['loopback']);
  expect(running.output()).not.toContain(token);

  // A kernel that is gone takes its token and its folder with it; one that starts again has another token.
  void one.run('import os; os._exit(1)').catch(() => '');
  await expect
    .poll(() => ask(port, `/api/sessions?token=${token}`), { timeout: 30_000 })
    .toMatchObject({
      status: 403,
    });
  two.close();
  const headers = { ...secretHeaders(plan), 'X-Gatehouse-Explicit': '1' };
  await get(plan, `/api/kernels/${second.kernel}`, headers, 'DELETE');
  expect((await ask(port, `/api/sessions?token=${second.servers[0].token}`)).status).toBe(403);
  expect(await stat(second.folder).catch(() => null)).toBeNull();
});

test('many connections to it leave the server as it is', async () => {
  const { plan, running } = await start();
  await expectOurs(running);
  const kernel = await openKernel(plan, { path: 'one.ipynb', type: 'notebook', kernel: { name: 'python3' } });
  const [{ port, token }] = found.parse(JSON.parse(await kernel.run(lookForServers))).servers;
  const open: Socket[] = [];
  cleanUp(async () => open.forEach(socket => socket.destroy()));
  for (let count = 0; count < 300; count++) open.push(connect(port, '127.0.0.1').on('error', () => {}));
  await expect.poll(() => open.filter(socket => !socket.destroyed).length, { timeout: 20_000 }).toBe(64);
  expect((await get(plan, '/api/status', secretHeaders(plan))).status).toBe(200);
  for (const socket of open) socket.destroy();
  await expect
    .poll(() => ask(port, `/api/sessions?token=${token}`).catch(() => null), { timeout: 20_000 })
    .toMatchObject({ status: 200 });
});
