/*
 * Every route that a viewer may read of marimo and Node-RED, at a real share: nothing on the owner's disk
 * changes by it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { differences, settled, snapshot } from '../support/folder-snapshot.ts';
import { notebook } from '../support/marimo.ts';
import { flows } from '../support/node-red.ts';
import { openServer, type RealServer } from '../support/real-share.ts';
import { nodeServer, pythonServer } from '../support/server-packages.ts';

let server: RealServer | null = null;
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = null;
});

/** Of each template of the kind's list one that is there and one that is not. */
const marimoPaths = [
  '/',
  '/?name=value',
  '/assets/missing.js',
  '/favicon.ico',
  '/favicon-16x16.png',
  '/favicon-32x32.png',
  '/android-chrome-192x192.png',
  '/android-chrome-512x512.png',
  '/apple-touch-icon.png',
  '/logo.png',
  '/manifest.json',
  '/health',
  '/@file/missing.txt',
  '/public/plan.txt',
  '/public/missing.txt',
];

const nodeRedPaths = [
  '/',
  '/favicon.ico',
  '/red/red.min.js',
  '/red/missing',
  '/vendor/vendor.js',
  '/types/node/fs.d.ts',
  '/theme/missing',
  '/locales/editor?lng=de',
  '/locales/nodes?lng=xx',
  '/locales/missing',
  '/icons/node-red/inject.svg',
  '/icons/missing/x.svg',
  '/resources/missing/x.js',
  '/debug/view/view.html',
  '/auth/login',
  '/settings',
  '/settings/user',
  '/plugins',
  '/plugins/messages?lng=de',
  '/nodes',
  '/nodes/messages?lng=de',
  '/flows',
  '/flows/state',
  '/projects',
  '/projects/missing',
];

/**
 * marimo saves the user's settings, here an empty file, whenever a page asks for them: only the time of this
 * file may change. Its mode follows the umask of the account that runs the tests.
 */
const timeOfSettings = /(?<=\/\.config\/marimo\/marimo\.toml \d+ 0) \d+$/;

/** What the server and its owner have there; the folder of Gatehouse itself changes with each guest. */
async function ofOwner(take: typeof snapshot): Promise<readonly string[]> {
  const { folder } = server!.home;
  return (await take(folder))
    .filter(line => !line.startsWith(join(folder, 'gatehouse')))
    .map(line => line.replace(timeOfSettings, ''));
}

/** What changed, by which path; at the end of all, and by the WebSocket, too. */
async function changesBy(paths: readonly string[], socket: string): Promise<unknown[]> {
  const viewer = await server!.guest('viewer');
  let before = await ofOwner(settled);
  const changes: unknown[] = [];
  const statuses: [string, number][] = [];
  for (const path of paths) {
    for (const method of ['GET', 'HEAD']) {
      const { status } = await viewer.page(path, { method }).catch((error: unknown) => {
        throw new Error(`${method} ${path} was not answered whole`, { cause: error });
      });
      statuses.push([path, status]);
    }
    const after = await ofOwner(snapshot);
    const changed = differences(before, after);
    if (changed.length > 0) changes.push([path, changed]);
    before = after;
  }
  // Each of them is a route of a viewer.
  expect(statuses.filter(([, status]) => status === 401 || status === 429)).toEqual([]);
  expect(statuses.filter(([, status]) => status === 200).length).toBeGreaterThan(5);
  const opened = viewer.socket(socket);
  await new Promise((done, failed) => opened.on('open', done).on('error', failed));
  opened.close();
  await new Promise(done => opened.on('close', done));
  return [...changes, ...differences(before, await ofOwner(settled))];
}

test('marimo', async () => {
  const environment = { PATH: `${dirname(await pythonServer('marimo'))}:/usr/bin:/bin` };
  server = await openServer(environment, ['marimo', 'app.py', '--trust'], async ({ folder }) => {
    await writeFile(join(folder, 'app.py'), notebook);
    await mkdir(join(folder, 'public'));
    await writeFile(join(folder, 'public', 'plan.txt'), 'the plan');
  });
  expect(await changesBy(marimoPaths, '/ws?session_id=s_viewer')).toEqual([]);
});

test('Node-RED', async () => {
  const folder = await nodeServer('node-red');
  const bin = join(folder, 'node_modules', '.bin');
  const environment = { PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin` };
  server = await openServer(environment, ['node-red'], async home => {
    const own = join(home.folder, '.node-red');
    await mkdir(own, { recursive: true });
    await writeFile(join(own, 'flows.json'), JSON.stringify(flows));
  });
  expect(await changesBy(nodeRedPaths, '/comms')).toEqual([]);
});
