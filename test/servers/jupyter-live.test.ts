/* Rooms of a real jupyter-collaboration: the owner's typing arrives at a viewer, nothing of a viewer arrives in the document. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { readAwareness } from '../../src/main/core/profiles/jupyter/roles/awareness.ts';
import { jupyterRoles } from '../../src/main/core/profiles/jupyter/roles/rules.ts';
import { VarReader, varBytes, varNumber } from '../../src/main/core/profiles/jupyter/roles/varint.ts';
import { cleanUp, cleanUpAll, expectOurs, start, type Place } from '../support/jupyter-run.ts';
import { pythonWith } from '../support/jupyter.ts';
import { openRoleProxy, type RoleProxy } from '../support/role-proxy.ts';

let place: Place;
let viewer: RoleProxy;
let owner: RoleProxy;

beforeAll(async () => {
  const interpreter = await pythonWith('test-jupyter-collaboration', [
    'jupyterlab>=4.6,<5',
    'ipykernel',
    'jupyter-collaboration==5.0.4',
  ]);
  const started = await start({ interpreter });
  ({ place } = started);
  await expectOurs(started.running);
  viewer = await openRoleProxy(started.plan, jupyterRoles, 'viewer');
  owner = await openRoleProxy(started.plan, jupyterRoles, 'full');
  cleanUp(() => viewer.close());
  cleanUp(() => owner.close());
}, 600_000);
afterAll(cleanUpAll);

interface Room {
  readonly name: string;
  readonly received: Buffer[];
  send(message: Buffer): void;
  /** The document as the server has it now: every message sent before has been dealt with. */
  document(): Promise<string>;
}

/** Opens a file's room as a client does: asks for its number, then connects. */
async function enterFile(proxy: RoleProxy, path: string, type = 'file', format = 'text'): Promise<Room> {
  const answer = await fetch(`${proxy.url}api/collaboration/session/${path}`, {
    method: 'PUT',
    body: JSON.stringify({ format, type }),
  });
  expect([200, 201]).toContain(answer.status);
  const { fileId, sessionId } = z
    .object({ fileId: z.string(), sessionId: z.string() })
    .parse(await answer.json());
  return enter(proxy, `${format}:${type}:${fileId}`, `?sessionId=${sessionId}`);
}

async function enter(proxy: RoleProxy, name: string, query = ''): Promise<Room> {
  const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}api/collaboration/room/${name}${query}`);
  cleanUp(async () => socket.terminate());
  const received: Buffer[] = [];
  socket.on('message', (data: Buffer) => received.push(data));
  await new Promise((done, failed) => socket.on('open', done).on('error', failed));
  await expect.poll(() => received.length, { timeout: 20_000 }).toBeGreaterThan(0);
  const answers = (): Buffer[] => received.filter(data => data[0] === 0 && data[1] === 1);
  return {
    name,
    received,
    send: message => socket.send(message),
    document: async () => {
      const before = answers().length;
      socket.send(Buffer.from([0, 0, 1, 0]));
      await expect.poll(() => answers().length, { timeout: 20_000 }).toBeGreaterThan(before);
      return answers().at(-1)?.toString('utf8') ?? '';
    },
  };
}

/** A Yjs update: a new client writes this text at the start of the shared text `source`. */
function typing(client: number, text: string): Buffer {
  return Buffer.concat([
    Buffer.from([1, 1]),
    varNumber(client),
    Buffer.from([0, 4, 1]),
    varBytes(Buffer.from('source')),
    varBytes(Buffer.from(text)),
    Buffer.from([0]),
  ]);
}

const message = (kind: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0, kind]), varBytes(data)]);
const saveNow = Buffer.concat([Buffer.from([2]), varBytes(Buffer.from('save')), varNumber(7)]);

function presence(id: number, clock: number, state: unknown): Buffer {
  const entry = Buffer.concat([
    varNumber(id),
    varNumber(clock),
    varBytes(Buffer.from(JSON.stringify(state))),
  ]);
  return Buffer.concat([Buffer.from([1]), varBytes(Buffer.concat([varNumber(1), entry]))]);
}

function statesIn(received: readonly Buffer[]): { id: number; state: unknown }[] {
  return received
    .filter(data => data[0] === 1)
    .flatMap(data => readAwareness(new VarReader(data.subarray(1)).bytes() ?? Buffer.alloc(0)) ?? []);
}

test("the owner's typing arrives at a viewer, live and saved; a viewer's changes do not arrive", async () => {
  const file = join(place.folder, 'live.txt');
  await writeFile(file, 'first line\n');
  const theirs = await enterFile(viewer, 'live.txt');
  const ours = await enterFile(owner, 'live.txt');
  expect(await theirs.document()).toContain('first line');
  ours.send(message(2, typing(1001, 'typed by the owner. ')));
  await expect.poll(() => Buffer.concat(theirs.received).toString()).toContain('typed by the owner. ');

  const attacks: [string, Buffer][] = [
    ['update', message(2, typing(2001, 'EVIL update'))],
    ['step 2', message(1, typing(2002, 'EVIL step 2'))],
    [
      'update with a longer spelling',
      Buffer.concat([Buffer.from([0x80, 0, 2]), varBytes(typing(2003, 'EVIL spelling'))]),
    ],
    [
      'longer spelling of the kind',
      Buffer.concat([Buffer.from([0, 0x82, 0]), varBytes(typing(2004, 'EVIL kind'))]),
    ],
    [
      'step 1 with an update behind it',
      Buffer.concat([Buffer.from([0, 0, 1, 0]), message(2, typing(2005, 'EVIL tail'))]),
    ],
    [
      'awareness with an update behind it',
      Buffer.concat([presence(2006, 1, {}), message(2, typing(2006, 'EVIL tail'))]),
    ],
  ];
  for (const [, attack] of attacks) theirs.send(attack);
  await theirs.document();
  expect(await ours.document()).not.toContain('EVIL');
  expect(await theirs.document()).toContain('typed by the owner. ');
  expect(
    viewer.refusals.filter(reason => reason === 'a viewer does not change the document').length,
  ).toBeGreaterThan(2);

  // The same bytes from somebody who may: otherwise the lines above would show nothing.
  ours.send(attacks[0]![1]);
  ours.send(attacks[1]![1]);
  expect(await ours.document()).toMatch(/EVIL update[^]*EVIL step 2|EVIL step 2[^]*EVIL update/);
  ours.send(saveNow);
  await expect.poll(() => readFile(file, 'utf8'), { timeout: 20_000 }).toContain('typed by the owner. ');
});

test('looking leaves the file as it is, and "save now" is answered and not done', async () => {
  const file = join(place.folder, 'still.ipynb');
  const notebook = '{"cells": [], "metadata": {}, "nbformat": 4,   "nbformat_minor": 5}';
  await writeFile(file, notebook);
  const theirs = await enterFile(viewer, 'still.ipynb', 'notebook', 'json');
  theirs.send(saveNow);
  // In its longer spelling the server takes this for "save" as well.
  theirs.send(Buffer.concat([Buffer.from([0x82, 0]), saveNow.subarray(1)]));
  await theirs.document();
  expect(Buffer.concat(theirs.received).toString()).toContain(
    '{"type":"save","responseTo":7,"status":"failed"}',
  );
  expect(await readFile(file, 'utf8')).toBe(notebook);
  const ours = await enterFile(owner, 'still.ipynb', 'notebook', 'json');
  ours.send(Buffer.concat([Buffer.from([0x82, 0]), saveNow.subarray(1)]));
  await expect
    .poll(() => Buffer.concat(ours.received).toString(), { timeout: 20_000 })
    .toContain('"success"');
  expect(await readFile(file, 'utf8')).not.toBe(notebook);
});

const person = {
  username: 'owner',
  name: 'The Owner',
  display_name: 'The Owner',
  initials: 'O',
  color: '#123456',
};

/** What the owner's page hears of anybody under this number. */
const heardOf = (room: Room, id: number): unknown[] =>
  statesIn(room.received).flatMap(entry => (entry.id === id ? [entry.state] : []));

test("in a document a viewer's presence is no vote: what the owner does not want saved is not saved", async () => {
  const file = join(place.folder, 'unsaved.txt');
  await writeFile(file, 'as it was');
  await writeFile(join(place.folder, 'saved.txt'), 'as it was');
  const ours = await enterFile(owner, 'unsaved.txt');
  ours.send(presence(41, 1, { user: person, autosave: false }));
  await expect.poll(() => heardOf(ours, 41)).toHaveLength(1);
  // Honest: nobody has told it who else is there. Then one that uses the owner's number.
  const theirs = await enterFile(viewer, 'unsaved.txt');
  for (const said of [
    presence(77, 1, { user: person }),
    presence(41, 9, { user: person }),
    presence(41, 10, null),
  ]) {
    theirs.send(said);
    await expect.poll(() => theirs.received.some(data => data.equals(said)), { timeout: 20_000 }).toBe(true);
  }
  await theirs.document();
  ours.send(message(2, typing(4001, 'never to be saved ')));
  expect(await ours.document()).toContain('never to be saved ');
  // What is typed later elsewhere is saved: by then the first would have been, too.
  const other = await enterFile(owner, 'saved.txt');
  other.send(presence(42, 1, { user: person }));
  other.send(message(2, typing(4002, 'saved ')));
  await expect
    .poll(() => readFile(join(place.folder, 'saved.txt'), 'utf8'), { timeout: 20_000 })
    .toContain('saved ');
  expect(await readFile(file, 'utf8')).toBe('as it was');
  expect(statesIn(ours.received).map(({ id }) => id)).toEqual([41]);
  // The vote itself, from somebody who has one.
  (await enterFile(owner, 'unsaved.txt')).send(presence(77, 1, { user: person }));
  await expect.poll(() => heardOf(ours, 77)).toHaveLength(1);
  ours.send(message(2, typing(4003, 'more ')));
  await expect.poll(() => readFile(file, 'utf8'), { timeout: 20_000 }).toContain('never to be saved ');
});

test('among everybody a viewer has a number and a name that it did not choose', async () => {
  const ours = await enter(owner, 'JupyterLab:globalAwareness');
  ours.send(presence(51, 1, { user: person }));
  await expect.poll(() => heardOf(ours, 51)).toHaveLength(1);
  // The first message of a socket that has heard nothing, in the owner's number and name.
  const theirs = await enter(viewer, 'JupyterLab:globalAwareness');
  const state = { user: { ...person, avatar_url: 'http://evil.example/' }, current: 'a.txt', evil: 1 };
  theirs.send(presence(51, 9, state));
  await expect.poll(() => statesIn(ours.received).length).toBe(2);
  const seen = statesIn(ours.received)[1];
  expect(seen?.id).toBeGreaterThan(2 ** 32);
  const ada = { username: 'Ada (guest)', name: 'Ada (guest)', display_name: 'Ada (guest)', initials: 'A' };
  expect(seen?.state).toEqual({ user: { ...ada, color: '#123456' }, current: 'a.txt' });
  // To itself it is who it says it is, which keeps its connection alive.
  await expect.poll(() => heardOf(theirs, 51)).toHaveLength(1);
  for (const attack of [presence(52, 1, {}), presence(51, 10, 5)]) theirs.send(attack);
  theirs.send(presence(51, 11, null));
  await expect.poll(() => statesIn(ours.received).length).toBe(3);
  expect(statesIn(ours.received)[2]).toMatchObject({ id: seen?.id, state: null });
  expect(heardOf(ours, 51)).toEqual([{ user: person }]);
});

test('other rooms, forks and timelines are no room of a viewer', async () => {
  for (const name of ['anything', 'json%3Anotebook%3Ax', 'text:file:x', '00000000000000000000000000000000']) {
    await expect(enter(viewer, name), name).rejects.toThrow('403');
  }
  for (const [method, path] of [
    ['PUT', 'fork/JupyterLab:globalAwareness'],
    ['DELETE', 'fork/x?merge=true'],
    ['GET', 'timeline/live.txt?format=text&type=file'],
    ['PUT', 'undo_redo/x?action=undo&steps=1&forkRoom=x'],
  ] as const) {
    const answer = await fetch(`${viewer.url}api/collaboration/${path}`, { method });
    expect([path, answer.status]).toEqual([path, 403]);
  }
});

test('what the filter of presence stops: a state that is no object ends the saving of everybody', async () => {
  const texts = (name: string): Promise<string> => readFile(join(place.folder, name), 'utf8');
  for (const name of ['broken.txt', 'whole.txt', 'viewed.txt'])
    await writeFile(join(place.folder, name), 'x');
  const broken = await enterFile(owner, 'broken.txt');
  const viewed = await enterFile(owner, 'viewed.txt');
  const whole = await enterFile(owner, 'whole.txt');
  for (const room of [broken, viewed, whole])
    room.send(presence(98, 1, { user: { username: 'owner', name: 'Owner' } }));
  broken.send(presence(99, 1, 5));
  (await enterFile(viewer, 'viewed.txt')).send(presence(99, 1, 5));
  for (const [client, room] of [broken, viewed, whole].entries())
    room.send(message(2, typing(3000 + client, 'typed ')));
  for (const name of ['whole.txt', 'viewed.txt']) {
    await expect.poll(() => texts(name), { timeout: 20_000 }).toContain('typed ');
  }
  // The one that was typed in first is saved last: never.
  expect(await texts('broken.txt')).toBe('x');
});
