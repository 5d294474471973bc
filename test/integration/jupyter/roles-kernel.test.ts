/*
 * Kernels of a real JupyterLab: a viewer hears and runs nothing, an editor runs, and neither gets the server.
 */
import { ContentsManager, KernelManager, TerminalManager, type Kernel } from '@jupyterlab/services';
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

test("a viewer's kernel connection hears the owner's output and runs nothing itself", async () => {
  const owner = kernelOf(room.full);
  await owner.info;
  await owner.requestExecute({ code: 'secret = 42' }).done;
  const kernel = kernelOf(room.viewer);
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

  const refusedCell = kernel.requestExecute({ code: 'secret = 43' });
  const shown: string[] = [];
  refusedCell.onIOPub = ({ header, content }) => {
    shown.push(`${header.msg_type} ${JSON.stringify(content)}`);
  };
  const reply = await refusedCell.done;
  expect(shown[0]).toContain(refused);
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
  expect(room.viewer.refusals.join('\n')).toContain('a viewer does not send execute_request on shell');
});

test('a viewer without the newer protocol is judged the same', async () => {
  const socket = new WebSocket(`${room.viewer.url.replace('http', 'ws')}api/kernels/${room.kernel}/channels`);
  const received: string[] = [];
  socket.addEventListener('message', ({ data }) => received.push(String(data)));
  await new Promise(done => socket.addEventListener('open', done));
  const say = (id: string, type: string, content: unknown): void => {
    const header = { msg_id: id, msg_type: type, session: 's', username: '', version: '5.3' };
    socket.send(JSON.stringify({ channel: 'shell', header, parent_header: {}, metadata: {}, content }));
  };
  say('old-1', 'execute_request', { code: 'secret = 44' });
  say('old-2', 'kernel_info_request', {});
  await expect
    .poll(() => received.join('\n'), { timeout: 20_000 })
    .toMatch(/kernel_info_reply[^\n]*old-2|old-2[^\n]*kernel_info_reply/);
  expect(received.find(text => text.includes('execute_reply'))).toContain(refused);
  socket.close();
  const check = kernelOf(room.full).requestExecute({ code: 'print(secret)' });
  let printed = '';
  check.onIOPub = message => {
    if (message.header.msg_type === 'stream') printed += (message.content as { text: string }).text;
  };
  await check.done;
  expect(printed).toBe('42\n');
});

test("a viewer who takes the owner's session id does not take the owner's connection", async () => {
  const owner = kernelOf(room.full);
  await owner.info;
  const states: string[] = [];
  owner.connectionStatusChanged.connect((_sender, state) => states.push(state));
  const manager = new KernelManager({ serverSettings: settingsFor(room.viewer) });
  const thief = manager.connectTo({
    model: { id: room.kernel, name: 'python3' },
    clientId: owner.clientId,
  });
  await thief.info;
  expect((await owner.requestExecute({ code: '1' }).done).content.status).toBe('ok');
  expect(states).toEqual([]);
  thief.dispose();
  manager.dispose();
  // The attack itself, where nobody drops the name.
  const url = `${room.full.url.replace('http', 'ws')}api/kernels/${room.kernel}/channels?session_id=${owner.clientId}`;
  const open = new WebSocket(url);
  await expect.poll(() => states, { timeout: 10_000 }).toContain('connecting');
  open.close();
});

test('an editor runs a cell and edits, and gets no terminal and no server', async () => {
  const kernel = kernelOf(room.editor);
  const future = kernel.requestExecute({ code: 'print(6 * 7)' });
  let printed = '';
  future.onIOPub = message => {
    if (message.header.msg_type === 'stream') printed += (message.content as { text: string }).text;
  };
  expect((await future.done).content.status).toBe('ok');
  expect(printed).toBe('42\n');
  const serverSettings = settingsFor(room.editor);
  const contents = new ContentsManager({ serverSettings });
  await contents.save('written.txt', { type: 'file', format: 'text', content: 'by the editor' });
  expect(await readFile(join(room.context.folder, 'written.txt'), 'utf8')).toBe('by the editor');
  const message = 'Your link lets you edit and run, but not open terminals or change the server itself.';
  const terminals = new TerminalManager({ serverSettings });
  await expect(terminals.startNew()).rejects.toThrow(message);
  await api(room.full, 'POST', 'api/terminals');
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
    const answer = await api(room.editor, method, path, method === 'GET' ? undefined : {});
    const { message } = JSON.parse(answer.text) as { message: string };
    expect([method, path, answer.status, message]).toEqual([
      method,
      path,
      403,
      'Your link lets you edit and run, but not open terminals or change the server itself.',
    ]);
  }
  const socket = new WebSocket(`${room.editor.url.replace('http', 'ws')}terminals/websocket/1`);
  await new Promise(done => socket.addEventListener('error', done));
  expect(room.editor.refusals).toContain('role: WebSocket /terminals/websocket/1');
  expect((await api(room.full, 'GET', 'api/status')).status).toBe(200);
  contents.dispose();
  terminals.dispose();
});
