import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { EventName } from '../../../src/shared/contract.ts';
import { managedOrigin } from '../../../src/shared/model.ts';
import { StartEnvironments } from '../../../src/main/core/launcher/start-environments.ts';
import { Launcher } from '../../../src/main/core/launcher/launcher.ts';
import {
  fakeFolders,
  fakeProfile,
  fakeSaved,
  fakeVault,
  fakeWorld,
  found,
  silentLog,
} from '../../support/fake-ports.ts';

function makeLauncher(saved = fakeSaved(), profile = fakeProfile(found('one')), folders = fakeFolders()) {
  const world = fakeWorld();
  const vault = fakeVault();
  const announced: [EventName, unknown][] = [];
  const launcher = new Launcher({
    profiles: new Map([['jupyter', profile]]),
    saved,
    environments: new StartEnvironments({ own: { PATH: '/usr/bin' }, log: silentLog }),
    vault,
    log: silentLog,
    removeLogs: async () => {},
    folders,
    home: tmpdir(),
    entry: world.deps,
    follow: () => {},
    unshare: async () => {},
    announce: (name, value) => void announced.push([name, value]),
  });
  return { launcher, world, vault, announced, saved };
}

test('a start makes a server that is remembered and announced', async () => {
  const { launcher, announced, saved } = makeLauncher();
  const entry = await launcher.prepare({ profile: 'jupyter' });
  await entry.start();
  expect(entry.info()).toMatchObject({
    state: 'ready',
    title: 'JupyterLab 4.6.6',
    origin: 'PATH',
    pid: 42,
    folder: tmpdir(),
  });
  expect(saved.all()[0]).toMatchObject({ id: entry.info().id, port: 5000, request: { found: 'one' } });
  expect(announced.at(-1)).toEqual(['server.changed', entry.info()]);
  const { id, name } = entry.info();
  expect(await launcher.busy()).toEqual([{ id, name, busyKernels: 2 }]);
});

test('the same request takes a stopped server up again, at its port and under another host name', async () => {
  const { launcher } = makeLauncher();
  const first = await launcher.prepare({ profile: 'jupyter' });
  await first.start();
  const before = new URL(first.info().url ?? '');
  await first.stop('enough');
  const again = await launcher.prepare({ profile: 'jupyter' });
  await again.start();
  expect(again).toBe(first);
  const after = new URL(again.info().url ?? '');
  expect([after.port, after.hostname]).toEqual([before.port, expect.not.stringContaining(before.hostname)]);
});

test('the same request while it runs is a second server', async () => {
  const { launcher } = makeLauncher();
  const first = await launcher.prepare({ profile: 'jupyter' });
  await first.start();
  expect((await launcher.prepare({ profile: 'jupyter' })).saved.id).not.toBe(first.saved.id);
});

test('what is remembered is listed as stopped after a restart of the core, and starts at its port', async () => {
  const { launcher, saved } = makeLauncher();
  const entry = await launcher.prepare({ profile: 'jupyter', name: 'thesis' });
  await entry.start();
  const { id, url } = entry.info();
  const before = new URL(url ?? '');
  const later = makeLauncher(saved);
  expect(later.launcher.list()).toMatchObject([{ id, name: 'thesis', state: 'stopped', url: null }]);
  await later.launcher.entry(id).start();
  const after = new URL(later.launcher.entry(id).info().url ?? '');
  expect([after.port, after.hostname]).toEqual([before.port, expect.not.stringContaining(before.hostname)]);
});

test('forgetting stops it and removes its token', async () => {
  const { launcher, vault, saved, announced } = makeLauncher();
  const entry = await launcher.prepare({ profile: 'jupyter' });
  await entry.start();
  const { id } = entry.saved;
  await launcher.forget(id);
  expect([launcher.list(), saved.all(), vault.forgotten]).toEqual([[], [], [id]]);
  expect(announced.at(-1)).toEqual(['server.forgotten', { id }]);
  expect(() => launcher.entry(id)).toThrow(/no server/);
});

test('quitting stops everything and takes no more starts', async () => {
  const { launcher, world } = makeLauncher();
  await (await launcher.prepare({ profile: 'jupyter' })).start();
  await launcher.quit('bye');
  expect(launcher.active).toBe(false);
  expect(world.open.size).toBe(0);
  await expect(launcher.prepare({ profile: 'jupyter' })).rejects.toMatchObject({ code: 'quitting' });
});

test('an environment that a server runs from is not removed under it', async () => {
  const removed: string[] = [];
  const setup = { run: async () => found('one'), remove: async () => void removed.push('it') };
  const profile = { ...fakeProfile(found('one', { origin: managedOrigin })), setup };
  const { launcher } = makeLauncher(fakeSaved(), profile);
  const entry = await launcher.prepare({ profile: 'jupyter' });
  await entry.start();
  await expect(launcher.removeSetup('jupyter')).rejects.toMatchObject({ code: 'in-use' });
  await entry.stop('enough');
  await launcher.removeSetup('jupyter');
  expect(removed).toEqual(['it']);
});

test('attack: letters that are not seen in the name of a server are, wherever it is shown', async () => {
  const { launcher } = makeLauncher();
  const request = { profile: 'jupyter', name: 'the\u200Bsis\u202E' };
  const entry = await launcher.prepare(request);
  expect(entry.info().name).toBe('the\\u200bsis\\u202e');
  expect(await launcher.prepare(request)).toBe(entry);
});

test('a folder that is none is refused by its name', async () => {
  const { launcher } = makeLauncher();
  await expect(launcher.prepare({ profile: 'jupyter', folder: '/no/such' })).rejects.toThrow(
    '/no/such is not a folder',
  );
});

test('what its owner says of a folder is not kept with the request, and holds from the next start', async () => {
  const { launcher, saved } = makeLauncher();
  const entry = await launcher.prepare({ profile: 'jupyter', trustFolder: true });
  expect(saved.all()[0]?.request).not.toHaveProperty('trustFolder');
  expect(entry.info()).toMatchObject({ folderTrusted: true, trustChanged: false });
  await entry.start();
  entry.startsTrusted(true);
  await launcher.changeTrust(folders => folders.answer(tmpdir(), false));
  expect(entry.info()).toMatchObject({ folderTrusted: true, trustChanged: true });
  await entry.stop('enough');
  expect(entry.info()).toMatchObject({ folderTrusted: false, trustChanged: false });
});
