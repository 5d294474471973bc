/*
 * Rooms of a real jupyter-collaboration: the owner's typing arrives at a viewer, nothing of a viewer arrives
 * in the document.
 */
import { randomUUID } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { varBytes } from '../../src/main/core/profiles/jupyter/roles/varint.ts';
import {
  enter,
  enterFile,
  message,
  openCollaboration,
  presence,
  saveNow,
  typing,
} from '../support/collaboration.ts';
import { differences, settled } from '../support/folder-snapshot.ts';
import { cleanUpAll, type Place } from '../support/jupyter-run.ts';
import type { RoleProxy } from '../support/role-proxy.ts';

let context: Place;
let viewer: RoleProxy;
let owner: RoleProxy;
beforeAll(async () => {
  ({ context, viewer, owner } = await openCollaboration());
}, 600_000);
afterAll(cleanUpAll);

test('a viewer who reads a document live has jupyter-collaboration write its own files, and no other', async () => {
  for (const name of ['first.txt', 'second.txt']) await writeFile(join(context.folder, name), 'x');
  const root = dirname(context.folder);
  const before = await settled(root);
  const theirs = await enterFile(viewer, 'first.txt');
  await theirs.document();
  const changed = differences(before, await settled(root)).map(line =>
    line.slice(line.indexOf(root) + root.length + 1).replace(/ \d+ \d+ \d+$/, ''),
  );
  // Numbers of files, history of rooms and runs of the server: nobody reads live without them, and the
  // owner's own page makes them.
  expect([...new Set(changed)].toSorted()).toEqual([
    "Zoë's home/.local/share/jupyter",
    "Zoë's home/.local/share/jupyter/file_id_manager.db",
    'my wörk',
    'my wörk/.jupyter',
    'my wörk/.jupyter/collaboration_sessions.json',
    // The history of rooms lies in the private folder of the run, as the folder is not trusted.
    'run',
    'run/rooms.db',
  ]);
});

test("the owner's typing arrives at a viewer, live and saved; a viewer's changes do not arrive", async () => {
  const file = join(context.folder, 'live.txt');
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

test('what a viewer names and is not there, jupyter-collaboration does not remember', async () => {
  const root = dirname(context.folder);
  const database = join(root, "Zoë's home/.local/share/jupyter/file_id_manager.db");
  const session = (proxy: RoleProxy, path: string): Promise<number> =>
    fetch(`${proxy.url}api/collaboration/session/${path}`, {
      method: 'PUT',
      body: JSON.stringify({ format: 'text', type: 'file' }),
    }).then(({ status }) => status);
  await writeFile(join(context.folder, 'there.txt'), 'x');
  expect(await session(viewer, 'there.txt')).toBeLessThan(300);
  const size = async (): Promise<number> => (await stat(database)).size;
  const before = await size();
  for (let number = 0; number < 20; number++) {
    expect(await session(viewer, `none/${'x'.repeat(2000)}${number}`)).toBe(404);
  }
  expect(await size()).toBe(before);
  await expect(enter(viewer, `text:file:${randomUUID()}`)).rejects.toThrow('404');
  // The same from the owner, whose paths the server remembers: otherwise the lines above would show nothing.
  for (let number = 0; number < 20; number++) await session(owner, `none/${'y'.repeat(2000)}${number}`);
  expect(await size()).toBeGreaterThan(before);
});

test('looking leaves the file as it is, and "save now" is answered and not done', async () => {
  const file = join(context.folder, 'still.ipynb');
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
