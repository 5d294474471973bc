/*
 * A viewer at a kernel of a real JupyterLab changes nothing of what others have of it: what was kept for an
 * owner who is away, connections, times.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { cleanUp, cleanUpAll } from '../../support/jupyter-run.ts';
import type { RoleProxy } from '../../support/role-proxy.ts';
import { api, openRoleRoom, type RoleRoom } from '../../support/role-room.ts';

let room: RoleRoom;
beforeAll(async () => {
  room = await openRoleRoom();
});
afterAll(cleanUpAll);

const kernelMessage = z.object({
  msg_type: z.string(),
  parent_header: z.object({ msg_id: z.string().optional() }),
  content: z.object({ text: z.string().optional() }),
});

interface Connection {
  run(code: string): void;
  /** `TYPE of ID` of what asked for it. */
  readonly received: string[];
  /** Everything that cells have printed, as far as it came here. */
  printed(): string;
  /** Asks what kernel this is, and waits for the answer: from then on this connection hears everything. */
  listening(): Promise<void>;
  close(): Promise<void>;
}

async function connect(door: RoleProxy, query = ''): Promise<Connection> {
  const url = `${door.url.replace('http', 'ws')}api/kernels/${room.kernel}/channels${query}`;
  const socket = new WebSocket(url);
  cleanUp(async () => socket.terminate());
  let printed = '';
  const received: string[] = [];
  socket.on('message', (data: Buffer) => {
    const {
      msg_type: type,
      parent_header: parent,
      content,
    } = kernelMessage.parse(JSON.parse(data.toString()));
    received.push(`${type} of ${parent.msg_id}`);
    if (type === 'stream') printed += content.text ?? '';
  });
  await new Promise((done, failed) => socket.on('open', done).on('error', failed));
  const say = (type: string, content: object): string => {
    const id = randomUUID();
    const header = { msg_id: id, msg_type: type, session: id, username: '', version: '5.3' };
    socket.send(JSON.stringify({ channel: 'shell', header, parent_header: {}, metadata: {}, content }));
    return id;
  };
  return {
    received,
    printed: () => printed,
    run: code => say('execute_request', { code, silent: false, store_history: false, allow_stdin: false }),
    listening: async () => {
      const id = say('kernel_info_request', {});
      await expect
        .poll(() => received, { timeout: 30_000 })
        .toEqual(expect.arrayContaining([`kernel_info_reply of ${id}`, `status of ${id}`]));
    },
    close: async () => {
      const closed = new Promise(done => socket.on('close', done));
      socket.close();
      await closed;
    },
  };
}

/** Cells of the owner wait for this file, so that a test decides when they print. */
const wait = (file: string): string => `
import os, time
print("started", flush=True)
while not os.path.exists(${JSON.stringify(file)}): time.sleep(0.05)
print("while away", flush=True)
print("finished", flush=True)
`;

async function allow(file: string): Promise<void> {
  await api(room.full, 'PUT', `api/contents/${file}`, { type: 'file', format: 'text', content: '' });
}

async function model(): Promise<Record<string, unknown>> {
  return JSON.parse((await api(room.full, 'GET', `api/kernels/${room.kernel}`)).text) as Record<
    string,
    unknown
  >;
}

const connections = async (): Promise<unknown> => (await model())['connections'];

test.each([
  'comes while the owner is away',
  'is there before the owner goes',
  'comes and goes again and again',
])('a viewer who %s leaves the owner what was kept', async how => {
  const file = `go-${randomUUID()}`;
  const session = `?session_id=${randomUUID()}`;
  const owner = await connect(room.full, session);
  await owner.listening();
  owner.run(wait(file));
  await expect.poll(() => owner.printed(), { timeout: 30_000 }).toBe('started\n');
  let viewer = how === 'is there before the owner goes' ? await connect(room.viewer) : null;
  await owner.close();
  await expect.poll(connections, { timeout: 20_000 }).toBe(0);
  viewer ??= await connect(room.viewer);
  if (how === 'comes and goes again and again') {
    await viewer.close();
    await (await connect(room.viewer)).close();
    viewer = await connect(room.viewer);
  }
  await allow(file);
  // The viewer hears it although nobody else is there.
  await expect.poll(() => viewer.printed(), { timeout: 30_000 }).toContain('finished\n');
  const back = await connect(room.full, session);
  await expect.poll(() => back.printed(), { timeout: 30_000 }).toBe('while away\nfinished\n');
  await back.close();
  await viewer.close();
});

test('a viewer is no connection of the kernel, and no activity', async () => {
  await expect.poll(connections, { timeout: 20_000 }).toBe(0);
  const before = await model();
  const viewer = await connect(room.viewer);
  await viewer.listening();
  expect(await model()).toEqual(before);
  await viewer.close();
  expect(await model()).toEqual(before);
});

test('whatever a viewer writes into the address, the connection is one that only looks', async () => {
  const before = await model();
  for (const query of ['?session_id=x', '?gatehouse_viewer', '?gatehouse_viewer=0']) {
    const viewer = await connect(room.viewer, query);
    await viewer.listening();
    expect([query, await model()]).toEqual([query, before]);
    await viewer.close();
  }
  // One that is counted, so that the lines above show something.
  const owner = await connect(room.full);
  await expect.poll(connections, { timeout: 20_000 }).toBe(1);
  await owner.close();
});
