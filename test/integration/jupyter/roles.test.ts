/*
 * What a viewer may do at a real JupyterLab, through its own client library: everything that reads works,
 * nothing that writes or runs does.
 */
import {
  ContentsManager,
  KernelManager,
  KernelSpecManager,
  NbConvertManager,
  SessionManager,
  SettingManager,
  TerminalManager,
  WorkspaceManager,
  EventManager,
  type Kernel,
} from '@jupyterlab/services';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanUp, cleanUpAll } from '../../support/jupyter-run.ts';
import type { RoleProxy } from '../../support/role-proxy.ts';
import { api, openRoleRoom, settingsFor, type RoleRoom } from '../../support/role-room.ts';

const refused = 'Your link lets you look. It does not let you change, run or stop anything.';

let room: RoleRoom;
beforeAll(async () => {
  room = await openRoleRoom();
});
afterAll(cleanUpAll);

function kernelOf(door: RoleProxy): Kernel.IKernelConnection {
  const manager = new KernelManager({ serverSettings: settingsFor(door) });
  cleanUp(async () => manager.dispose());
  const kernel = manager.connectTo({ model: { id: room.kernel, name: 'python3' } });
  cleanUp(async () => kernel.dispose());
  return kernel;
}

test('a viewer reads whatever the client library can read', async () => {
  const serverSettings = settingsFor(room.viewer);
  const contents = new ContentsManager({ serverSettings });
  const names = ((await contents.get('')).content as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['shown.ipynb', 'notes.txt']));
  expect((await contents.get('shown.ipynb')).content).toMatchObject({ nbformat: 4 });
  expect((await contents.get('notes.txt')).content).toBe('as it was');
  expect(await contents.listCheckpoints('notes.txt')).toEqual([]);
  expect((await fetch(await contents.getDownloadUrl('notes.txt'))).status).toBe(200);
  const kernels = new KernelManager({ serverSettings });
  await kernels.ready;
  expect([...kernels.running()].map(({ id }) => id)).toContain(room.kernel);
  const sessions = new SessionManager({ serverSettings, kernelManager: kernels });
  await sessions.ready;
  expect([...sessions.running()].map(({ id }) => id)).toContain(room.session);
  expect((await sessions.findById(room.session))?.path).toBe('shown.ipynb');
  const specs = new KernelSpecManager({ serverSettings });
  await specs.ready;
  expect(specs.specs?.default).toBe('python3');
  expect(await new NbConvertManager({ serverSettings }).getExportFormats()).toHaveProperty('html');
  expect((await new SettingManager({ serverSettings }).list()).ids.length).toBeGreaterThan(10);
  await new WorkspaceManager({ serverSettings }).list();
  for (const path of ['lab', 'lab/tree/shown.ipynb', 'api/status', 'api/me', 'files/notes.txt', 'doc', '']) {
    expect([path, (await api(room.viewer, 'GET', path)).status]).toEqual([path, path === '' ? 302 : 200]);
  }
  for (const manager of [contents, kernels, sessions, specs]) manager.dispose();
});

test('a viewer writes, starts and stops nothing, and the client library says why', async () => {
  const serverSettings = settingsFor(room.viewer);
  const contents = new ContentsManager({ serverSettings });
  const kernelManager = new KernelManager({ serverSettings });
  const sessions = new SessionManager({ serverSettings, kernelManager });
  const terminals = new TerminalManager({ serverSettings });
  // It dials again for as long as it lives, and nobody hears the error of its socket.
  const events = new EventManager({ serverSettings });
  const before = await readFile(join(room.context.folder, 'shown.ipynb'), 'utf8');
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
    ['stop kernel', () => kernelManager.shutdown(room.kernel)],
    ['restart', () => kernelOf(room.viewer).restart()],
    ['interrupt', () => kernelOf(room.viewer).interrupt()],
    [
      'start session',
      () => sessions.startNew({ path: 'a', name: 'a', type: 'notebook', kernel: { name: 'python3' } }),
    ],
    ['stop session', () => sessions.shutdown(room.session)],
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
    ['event', () => events.emit({ schema_id: 'x', data: {}, version: '1' })],
  ];
  for (const [name, call] of calls) {
    // The client library says the status only for these, whatever the answer says.
    const said = name === 'settings' || name === 'event' ? '403 Forbidden' : refused;
    await expect(call(), name).rejects.toThrow(said);
  }
  expect(await readFile(join(room.context.folder, 'shown.ipynb'), 'utf8')).toBe(before);
  expect(await readFile(join(room.context.folder, 'notes.txt'), 'utf8')).toBe('as it was');
  const { text } = await api(room.full, 'GET', 'api/kernels');
  expect((JSON.parse(text) as { id: string }[]).map(({ id }) => id)).toEqual([room.kernel]);
  for (const path of [
    'api/shutdown',
    'lab/api/extensions',
    'lab/api/plugins',
    'api/contents/shown.ipynb/trust',
  ]) {
    expect([path, (await api(room.viewer, 'POST', path, {})).status]).toEqual([path, 403]);
  }
  expect((await api(room.viewer, 'GET', 'nbconvert/html/shown.ipynb')).status).toBe(403);
  for (const one of [contents, kernelManager, sessions, terminals, events]) one.dispose();
});

test('events reach a viewer, and what a viewer sends there does not reach the server', async () => {
  const events = new EventManager({ serverSettings: settingsFor(room.viewer) });
  const seen: string[] = [];
  events.stream.connect((_sender, event) => seen.push(event.schema_id));
  await expect
    .poll(
      async () => {
        await api(room.full, 'PUT', 'api/contents/event.txt', { type: 'file', format: 'text', content: 'x' });
        return seen.join();
      },
      { timeout: 20_000, interval: 300 },
    )
    .toContain('contents_service');
  events.dispose();
  const socket = new WebSocket(`${room.viewer.url.replace('http', 'ws')}api/events/subscribe`);
  socket.addEventListener('open', () => socket.send('{"schema_id":"x"}'));
  await expect.poll(() => room.viewer.refusals).toContain('this socket only tells');
  socket.close();
});
