/*
 * Whatever a viewer asks of a real JupyterLab, nothing on the owner's disk changes by it: no file, no folder,
 * no size, time or mode.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanUpAll } from '../../support/jupyter-run.ts';
import { differences, settled, snapshot } from '../../support/folder-snapshot.ts';
import { api, openRoleRoom, type RoleRoom } from '../../support/role-room.ts';
import { roleTable } from '../../support/role-table.ts';

let room: RoleRoom;
beforeAll(async () => {
  room = await openRoleRoom();
  const { folder } = room.context;
  await mkdir(join(folder, '.git'));
  await mkdir(join(folder, 'sub folder'));
  for (const name of ['.git/config', 'sub folder/a.txt', 'page.html']) {
    await writeFile(join(folder, name), '<p>x</p>');
  }
  await api(room.full, 'POST', 'api/contents/shown.ipynb/trust');
});
afterAll(cleanUpAll);

/** Paths of files, folders and names that are not there, for the routes that take a path. */
const names = [
  '',
  'shown.ipynb',
  'notes.txt',
  'page.html',
  'sub%20folder',
  'sub%20folder/a.txt',
  '.git',
  '.git/config',
  'missing/x.txt',
];
const takesPath =
  /^(.*)\/(?:a%20b\/c\.ipynb|a\/b\.ipynb|a\/b\.png|a\/b|a\.ipynb|a\.txt|a\.html)(\/checkpoints)?$/;
const unknownId = '2f1b0c9e-0d6c-4f5b-9a59-7c2a5a0b3e11';

function targetsOf(example: string): readonly string[] {
  const [, before, after = ''] = takesPath.exec(example) ?? [];
  const paths = before === undefined ? [] : names.map(name => `${before}/${name}`.replace(/\/$/, '') + after);
  const ids = example.includes(unknownId)
    ? [room.kernel, room.session].map(id => example.replace(unknownId, id))
    : [];
  return [example, ...paths, ...ids];
}

/** What reading may change, and why: file below the home, and the reason. Nothing in the owner's folder. */
const explained: readonly (readonly [file: RegExp, reason: string])[] = [
  [
    /\/\.local\/share\/jupyter(?:\/nbsignatures\.db(?:-journal)?)? /,
    'Jupyter writes down when it last saw a notebook that its owner trusts',
  ],
];

/** The whole answer is read. */
async function statusOf(method: string, target: string): Promise<number> {
  const signal = AbortSignal.timeout(30_000);
  const answer = await fetch(room.viewer.url + target.slice(1), { method, redirect: 'manual', signal }).catch(
    (error: unknown) => {
      throw new Error(`${method} ${target} was not answered`, { cause: error });
    },
  );
  await answer.arrayBuffer();
  return answer.status;
}

const queries = [
  '',
  '?content=1&hash=1',
  '?content=0',
  '?checkpoints=1',
  '?download=1&version=2',
  '?no_track_activity=0',
];

test('no reading request of a viewer changes anything on the disk', { timeout: 600_000 }, async () => {
  const root = dirname(room.context.folder);
  let before = await settled(root);
  const answered = new Set<number>();
  const changes: unknown[] = [];
  for (const { pattern, example, viewer } of roleTable) {
    if (!viewer.includes('GET')) continue;
    for (const target of targetsOf(example)) {
      for (const query of queries) {
        answered.add(await statusOf('GET', target + query));
      }
      // To this HEAD JupyterLab gives no answer.
      if (pattern !== '/lab/api/licenses/(.*)$') answered.add(await statusOf('HEAD', target));
      const after = await snapshot(root);
      const changed = differences(before, after).filter(line => !explained.some(([file]) => file.test(line)));
      if (changed.length > 0) changes.push([pattern, target, changed]);
      before = after;
    }
  }
  expect(changes).toEqual([]);
  // The server did answer, and what is not there was asked for too.
  expect([...answered]).toEqual(expect.arrayContaining([200, 404]));
  // Nor later.
  expect(differences(before, await settled(root))).toEqual([]);
});

test("a viewer's WebSockets change nothing on the disk", async () => {
  const root = dirname(room.context.folder);
  const before = await settled(root);
  for (const path of [
    `api/kernels/${room.kernel}/channels`,
    `api/kernels/${unknownId}/channels`,
    'api/events/subscribe',
  ]) {
    const socket = new WebSocket(room.viewer.url.replace('http', 'ws') + path);
    await new Promise<void>(done => {
      socket.addEventListener('open', () => done());
      socket.addEventListener('error', () => done());
    });
    socket.close();
  }
  expect(differences(before, await settled(root))).toEqual([]);
});
