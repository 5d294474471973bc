/*
 * Who is seen in rooms of a real jupyter-collaboration, under which number and name, and what that does to
 * saving.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  enter,
  enterFile,
  message,
  openCollaboration,
  presence,
  statesIn,
  typing,
  type Room,
} from '../support/collaboration.ts';
import { cleanUpAll, type Place } from '../support/jupyter-run.ts';
import type { RoleProxy } from '../support/role-proxy.ts';

let context: Place;
let viewer: RoleProxy;
let owner: RoleProxy;
beforeAll(async () => {
  ({ context, viewer, owner } = await openCollaboration());
}, 600_000);
afterAll(cleanUpAll);

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
  const file = join(context.folder, 'unsaved.txt');
  await writeFile(file, 'as it was');
  await writeFile(join(context.folder, 'saved.txt'), 'as it was');
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
    .poll(() => readFile(join(context.folder, 'saved.txt'), 'utf8'), { timeout: 20_000 })
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

test('what the filter of presence stops: a state that is no object ends the saving of everybody', async () => {
  const texts = (name: string): Promise<string> => readFile(join(context.folder, name), 'utf8');
  for (const name of ['broken.txt', 'whole.txt', 'viewed.txt'])
    await writeFile(join(context.folder, name), 'x');
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
