/*
 * Opening a folder that somebody else filled runs nothing of it: not at the start, not with a notebook or a
 * file, not before a cell was run.
 */
import { access, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { LaunchPlan } from '../../../src/main/core/ports.ts';
import { fillWithTraps, ran } from '../../support/jupyter-traps.ts';
import { cleanUpAll, expectOurs, start, type Place } from '../../support/jupyter-run.ts';
import { get, secretHeaders, xsrf } from '../../support/kernel.ts';
import { openKernel, openSocket, type Kernel } from '../../support/kernel-channels.ts';

const slow = { timeout: 180_000 };
const kernels: Kernel[] = [];
const sockets: WebSocket[] = [];

afterEach(async () => {
  for (const kernel of kernels.splice(0)) kernel.close();
  for (const socket of sockets.splice(0)) socket.terminate();
  await cleanUpAll();
});

const canaries = (context: Place): string => join(context.home, 'canaries');

async function startOnTraps(folderTrusted: boolean): Promise<{ context: Place; plan: LaunchPlan }> {
  const { context, plan, running } = await start({
    folderTrusted,
    fill: context => fillWithTraps(context.folder, canaries(context)),
  });
  await expectOurs(running);
  return { context, plan };
}

/**
 * Opens the notebook as the page does: a session, its channels, and what the page asks of a kernel before any
 * cell is run.
 */
async function openNotebook(plan: LaunchPlan, name = 'python3'): Promise<Kernel> {
  const kernel = await openKernel(plan, { path: 'open-me.ipynb', type: 'notebook', kernel: { name } });
  kernels.push(kernel);
  await kernel.ask('shell', 'kernel_info_request', {});
  return kernel;
}

async function askBeforeAnyCell(kernel: Kernel): Promise<void> {
  const history = { output: false, raw: true, hist_access_type: 'tail', n: 1 };
  await kernel.ask('shell', 'history_request', history);
  await kernel.ask('shell', 'comm_info_request', {});
  await kernel.ask('shell', 'complete_request', { code: 'import ran', cursor_pos: 10 });
  await kernel.ask('shell', 'complete_request', { code: 'from jedi import ', cursor_pos: 17 });
  await kernel.ask('shell', 'inspect_request', { code: 'print', cursor_pos: 3, detail_level: 0 });
  const debugInfo = { type: 'request', command: 'debugInfo', seq: 1, arguments: {} };
  await kernel.ask('control', 'debug_request', debugInfo);
}

/** Names of the language servers that are offered, once they have been looked for. */
async function languageServers(plan: LaunchPlan): Promise<readonly string[]> {
  const answer = await get(plan, '/lsp/status', secretHeaders(plan));
  const { sessions } = z
    .object({ sessions: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(answer.body));
  return Object.keys(sessions);
}

test('of a folder that is not trusted nothing runs before its owner runs it', slow, async () => {
  const { context, plan } = await startOnTraps(false);
  for (const name of ['pyright', 'unified-language-server', 'bash-language-server', 'r-languageserver'])
    sockets.push(await openSocket(plan, `/lsp/ws/${name}`));
  const nothingRan = async (): Promise<void> => expect(await ran(canaries(context))).toEqual([]);
  // A module of the folder that is taken for the kernel's own ends the kernel: which one it was says more
  // than that.
  const kernel = await openNotebook(plan).catch(async (error: unknown) => {
    await nothingRan();
    throw error;
  });
  await askBeforeAnyCell(kernel);
  await nothingRan();
  expect(await languageServers(plan)).toEqual([]);

  // Now its owner runs something: as always, with what lies beside the notebook.
  const code = 'import os, helper; print(os.getcwd(), helper.answer)';
  expect((await kernel.run(code)).trim()).toBe(`${await realpath(context.folder)} 42`);
});

test('a terminal comes into the folder, although the server is not in it', slow, async () => {
  const { context, plan } = await startOnTraps(false);
  const kernel = await openNotebook(plan);
  await get(plan, '/api/terminals', { ...secretHeaders(plan), ...xsrf() }, 'POST');
  const code = `
import os
server = os.getppid()
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        status = open(f"/proc/{pid}/stat").read()
        if int(status.rsplit(")", 1)[1].split()[1]) == server and int(pid) != os.getpid():
            print(os.readlink(f"/proc/{pid}/cwd"))
    except OSError:
        pass
print(os.readlink(f"/proc/{server}/cwd"))
`;
  await expect
    .poll(async () => (await kernel.run(code)).trim().split('\n'), { timeout: 30_000 })
    .toEqual([await realpath(context.folder), await realpath(join(context.directory, 'empty'))]);
});

test('R comes into the folder after it has started', slow, async test => {
  const hasR = await access('/usr/share/jupyter/kernels/ir/kernel.json').then(
    () => true,
    () => false,
  );
  if (!hasR) test.skip('There is no R kernel on this computer.');
  const { context, plan } = await startOnTraps(false);
  const kernel = await openNotebook(plan, 'ir');
  expect(await ran(canaries(context))).toEqual([]);
  expect((await kernel.run('cat(getwd(), Sys.getenv("GATEHOUSE_KERNEL_FOLDER"))')).trim()).toBe(
    await realpath(context.folder),
  );
});

test(
  'in a trusted folder it is as Jupyter has it: its language servers are there, its modules come first',
  slow,
  async () => {
    const { context, plan } = await startOnTraps(true);
    await expect.poll(() => languageServers(plan), { timeout: 60_000 }).toContain('pyright');
    sockets.push(await openSocket(plan, '/lsp/ws/pyright'));
    await expect
      .poll(() => ran(canaries(context)), { timeout: 30_000 })
      .toContain('node_modules.pyright.langserver.index.js');
  },
);
