/* What a role may do at a real JupyterLab, through its own client library: everything that reads works, nothing that writes or runs does. */
import { PageConfig } from '@jupyterlab/coreutils';
import {
  ContentsManager,
  KernelManager,
  KernelSpecManager,
  NbConvertManager,
  ServerConnection,
  SessionManager,
  SettingManager,
  TerminalManager,
  WorkspaceManager,
  EventManager,
  type Kernel,
} from '@jupyterlab/services';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jupyterRoles } from '../../src/main/core/profiles/jupyter/roles/rules.ts';
import type { LaunchPlan } from '../../src/main/core/ports.ts';
import type { Role } from '../../src/shared/model.ts';
import { cleanUp, cleanUpAll, expectOurs, start, type Place } from '../support/jupyter-run.ts';
import { openRoleProxy, type RoleProxy } from '../support/role-proxy.ts';

let plan: LaunchPlan;
let place: Place;
let viewer: RoleProxy;
let editor: RoleProxy;
let full: RoleProxy;
let owned: { kernel: string; session: string };

const notebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };

function settingsFor(proxy: RoleProxy): ServerConnection.ISettings {
  return ServerConnection.makeSettings({
    baseUrl: proxy.url,
    wsUrl: proxy.url.replace('http', 'ws'),
    appUrl: 'lab',
  });
}

beforeAll(async () => {
  PageConfig.setOption('terminalsAvailable', 'true');
  const started = await start();
  ({ plan, place } = started);
  await expectOurs(started.running);
  await writeFile(join(place.folder, 'shown.ipynb'), JSON.stringify(notebook));
  await writeFile(join(place.folder, 'notes.txt'), 'as it was');
  const open = async (role: Role): Promise<RoleProxy> => {
    const proxy = await openRoleProxy(plan, jupyterRoles, role);
    cleanUp(() => proxy.close());
    return proxy;
  };
  viewer = await open('viewer');
  editor = await open('editor');
  full = await open('full');
  const model = await api(full, 'POST', 'api/sessions', {
    path: 'shown.ipynb',
    type: 'notebook',
    name: 'shown',
    kernel: { name: 'python3' },
  });
  const session = JSON.parse(model.text) as { id: string; kernel: { id: string } };
  owned = { kernel: session.kernel.id, session: session.id };
});
afterAll(cleanUpAll);

async function api(
  proxy: RoleProxy,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(proxy.url + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: 'manual',
  });
  return { status: answer.status, text: await answer.text() };
}

function kernelOf(proxy: RoleProxy): Kernel.IKernelConnection {
  const manager = new KernelManager({ serverSettings: settingsFor(proxy) });
  cleanUp(async () => manager.dispose());
  const kernel = manager.connectTo({ model: { id: owned.kernel, name: 'python3' } });
  cleanUp(async () => kernel.dispose());
  return kernel;
}

test('a viewer reads whatever the client library can read', async () => {
  const serverSettings = settingsFor(viewer);
  const contents = new ContentsManager({ serverSettings });
  const names = ((await contents.get('')).content as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['shown.ipynb', 'notes.txt']));
  expect((await contents.get('shown.ipynb')).content).toMatchObject({ nbformat: 4 });
  expect((await contents.get('notes.txt')).content).toBe('as it was');
  expect(await contents.listCheckpoints('notes.txt')).toEqual([]);
  expect((await fetch(await contents.getDownloadUrl('notes.txt'))).status).toBe(200);
  const kernels = new KernelManager({ serverSettings });
  await kernels.ready;
  expect([...kernels.running()].map(({ id }) => id)).toContain(owned.kernel);
  const sessions = new SessionManager({ serverSettings, kernelManager: kernels });
  await sessions.ready;
  expect([...sessions.running()].map(({ id }) => id)).toContain(owned.session);
  expect((await sessions.findById(owned.session))?.path).toBe('shown.ipynb');
  const specs = new KernelSpecManager({ serverSettings });
  await specs.ready;
  expect(specs.specs?.default).toBe('python3');
  expect(await new NbConvertManager({ serverSettings }).getExportFormats()).toHaveProperty('html');
  expect((await new SettingManager({ serverSettings }).list()).ids.length).toBeGreaterThan(10);
  await new WorkspaceManager({ serverSettings }).list();
  for (const path of ['lab', 'lab/tree/shown.ipynb', 'api/status', 'api/me', 'files/notes.txt', 'doc', '']) {
    expect([path, (await api(viewer, 'GET', path)).status]).toEqual([path, path === '' ? 302 : 200]);
  }
  for (const manager of [contents, kernels, sessions, specs]) manager.dispose();
});

const refused = 'Your link lets you look. It does not let you change, run or stop anything.';

test('a viewer writes, starts and stops nothing, and the client library says why', async () => {
  const serverSettings = settingsFor(viewer);
  const contents = new ContentsManager({ serverSettings });
  const kernelManager = new KernelManager({ serverSettings });
  const sessions = new SessionManager({ serverSettings, kernelManager });
  const terminals = new TerminalManager({ serverSettings });
  const before = await readFile(join(place.folder, 'shown.ipynb'), 'utf8');
  const calls: [string, () => Promise<unknown>][] = [
    ['save', () => contents.save('notes.txt', { type: 'file', format: 'text', content: 'x' })],
    ['new file', () => contents.newUntitled({ type: 'file' })],
    ['copy', () => contents.copy('notes.txt', '')],
    ['rename', () => contents.rename('notes.txt', 'other.txt')],
    ['delete', () => contents.delete('notes.txt')],
    ['checkpoint', () => contents.createCheckpoint('notes.txt')],
    ['restore', () => contents.restoreCheckpoint('notes.txt', 'checkpoint')],
    ['delete checkpoint', () => contents.deleteCheckpoint('notes.txt', 'checkpoint')],
    ['start kernel', () => kernelManager.startNew({ name: 'python3' })],
    ['stop kernel', () => kernelManager.shutdown(owned.kernel)],
    ['restart', () => kernelOf(viewer).restart()],
    ['interrupt', () => kernelOf(viewer).interrupt()],
    [
      'start session',
      () => sessions.startNew({ path: 'a', name: 'a', type: 'notebook', kernel: { name: 'python3' } }),
    ],
    ['stop session', () => sessions.shutdown(owned.session)],
    ['terminal', () => terminals.startNew()],
    ['stop terminal', () => terminals.shutdown('1')],
    [
      'settings',
      () => new SettingManager({ serverSettings }).save('@jupyterlab/apputils-extension:themes', '{}'),
    ],
    [
      'workspace',
      () => new WorkspaceManager({ serverSettings }).save('x', { data: {}, metadata: { id: 'x' } }),
    ],
    ['remove workspace', () => new WorkspaceManager({ serverSettings }).remove('x')],
    ['event', () => new EventManager({ serverSettings }).emit({ schema_id: 'x', data: {}, version: '1' })],
  ];
  for (const [name, call] of calls) {
    // JupyterLab's settings say the status only, whatever the answer says.
    const said = name === 'settings' ? '403 Forbidden' : refused;
    await expect(call(), name).rejects.toThrow(said);
  }
  expect(await readFile(join(place.folder, 'shown.ipynb'), 'utf8')).toBe(before);
  expect(await readFile(join(place.folder, 'notes.txt'), 'utf8')).toBe('as it was');
  const { text } = await api(full, 'GET', 'api/kernels');
  expect((JSON.parse(text) as { id: string }[]).map(({ id }) => id)).toEqual([owned.kernel]);
  for (const path of [
    'api/shutdown',
    'lab/api/extensions',
    'lab/api/plugins',
    'api/contents/shown.ipynb/trust',
  ]) {
    expect([path, (await api(viewer, 'POST', path, {})).status]).toEqual([path, 403]);
  }
  expect((await api(viewer, 'GET', 'nbconvert/html/shown.ipynb')).status).toBe(403);
  for (const one of [contents, kernelManager, sessions, terminals]) one.dispose();
});

test("a viewer's kernel connection hears the owner's output and runs nothing itself", async () => {
  const owner = kernelOf(full);
  await owner.info;
  await owner.requestExecute({ code: 'secret = 42' }).done;
  const kernel = kernelOf(viewer);
  expect((await kernel.info).implementation).toBe('ipython');
  expect((await kernel.requestCommInfo({})).content).toMatchObject({ status: 'ok', comms: {} });
  const heard: string[] = [];
  kernel.anyMessage.connect((_sender, { msg, direction }) => {
    if (direction === 'recv') heard.push(`${msg.header.msg_type} ${JSON.stringify(msg.content)}`);
  });
  await owner.requestExecute({ code: 'print("for all " * 2)' }).done;
  await expect
    .poll(() => heard.join('\n'))
    .toContain('stream {"name":"stdout","text":"for all for all \\n"}');

  const reply = await kernel.requestExecute({ code: 'secret = 43' }).done;
  expect(reply.content).toMatchObject({ status: 'error', evalue: refused });
  expect(
    (await kernel.requestInspect({ code: 'secret', cursor_pos: 6, detail_level: 0 })).content,
  ).toMatchObject({
    status: 'error',
  });
  expect((await kernel.requestComplete({ code: 'secr', cursor_pos: 4 })).content.status).toBe('error');
  expect(
    (await kernel.requestHistory({ hist_access_type: 'tail', output: false, raw: true, n: 5 })).content,
  ).toMatchObject({ status: 'error' });
  kernel.sendInputReply(
    { status: 'ok', value: 'x' },
    owner.requestExecute({ code: '1' }).msg.header as never,
  );
  kernel.createComm('evil', 'one').open({});
  const check = owner.requestExecute({ code: 'print(secret, len(get_ipython().kernel.comm_manager.comms))' });
  let printed = '';
  check.onIOPub = message => {
    if (message.header.msg_type === 'stream') printed += (message.content as { text: string }).text;
  };
  await check.done;
  expect(printed).toBe('42 0\n');
  expect(viewer.refusals.join('\n')).toContain('a viewer does not send execute_request on shell');
});

test("a viewer who takes the owner's session id does not take the owner's connection", async () => {
  const owner = kernelOf(full);
  await owner.info;
  const states: string[] = [];
  owner.connectionStatusChanged.connect((_sender, state) => states.push(state));
  const manager = new KernelManager({ serverSettings: settingsFor(viewer) });
  const thief = manager.connectTo({
    model: { id: owned.kernel, name: 'python3' },
    clientId: owner.clientId,
  });
  await thief.info;
  expect((await owner.requestExecute({ code: '1' }).done).content.status).toBe('ok');
  expect(states).toEqual([]);
  thief.dispose();
  manager.dispose();
  // The attack itself, where nobody drops the name.
  const url = `${full.url.replace('http', 'ws')}api/kernels/${owned.kernel}/channels?session_id=${owner.clientId}`;
  const open = new WebSocket(url);
  await expect.poll(() => states, { timeout: 10_000 }).toContain('connecting');
  open.close();
});

test('an editor runs a cell and edits, and gets no terminal and no server', async () => {
  const kernel = kernelOf(editor);
  const future = kernel.requestExecute({ code: 'print(6 * 7)' });
  let printed = '';
  future.onIOPub = message => {
    if (message.header.msg_type === 'stream') printed += (message.content as { text: string }).text;
  };
  expect((await future.done).content.status).toBe('ok');
  expect(printed).toBe('42\n');
  const serverSettings = settingsFor(editor);
  const contents = new ContentsManager({ serverSettings });
  await contents.save('written.txt', { type: 'file', format: 'text', content: 'by the editor' });
  expect(await readFile(join(place.folder, 'written.txt'), 'utf8')).toBe('by the editor');
  const message = 'Your link lets you edit and run, but not open terminals or change the server itself.';
  const terminals = new TerminalManager({ serverSettings });
  await expect(terminals.startNew()).rejects.toThrow(message);
  await api(full, 'POST', 'api/terminals');
  for (const [method, path] of [
    ['GET', 'api/terminals'],
    ['DELETE', 'api/terminals/1'],
    ['POST', 'api/shutdown'],
    ['POST', 'lab/api/extensions'],
    ['POST', 'lab/api/plugins'],
    ['POST', 'lab/api/build'],
    ['PUT', 'lab/api/settings/@jupyterlab/apputils-extension:themes'],
    ['PUT', 'api/config/notebook'],
    ['POST', 'api/contents/shown.ipynb/trust'],
  ] as const) {
    const answer = await api(editor, method, path, method === 'GET' ? undefined : {});
    expect([method, path, answer.status, answer.text]).toEqual([
      method,
      path,
      403,
      JSON.stringify({ message }),
    ]);
  }
  const socket = new WebSocket(`${editor.url.replace('http', 'ws')}terminals/websocket/1`);
  await new Promise(done => socket.addEventListener('error', done));
  expect(editor.refusals).toContain('upgrade /terminals/websocket/1: role');
  expect((await api(full, 'GET', 'api/status')).status).toBe(200);
  contents.dispose();
  terminals.dispose();
});

test('events reach a viewer, and what a viewer sends there does not reach the server', async () => {
  const events = new EventManager({ serverSettings: settingsFor(viewer) });
  const seen: string[] = [];
  events.stream.connect((_sender, event) => seen.push(event.schema_id));
  await expect
    .poll(
      async () => {
        await api(full, 'PUT', 'api/contents/event.txt', { type: 'file', format: 'text', content: 'x' });
        return seen.join();
      },
      { timeout: 20_000, interval: 300 },
    )
    .toContain('contents_service');
  events.dispose();
  const socket = new WebSocket(`${viewer.url.replace('http', 'ws')}api/events/subscribe`);
  socket.addEventListener('open', () => socket.send('{"schema_id":"x"}'));
  await expect.poll(() => viewer.refusals).toContain('this socket only tells');
  socket.close();
});
