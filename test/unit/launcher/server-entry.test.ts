import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { ServerEntry } from '../../../src/main/core/launcher/server-entry.ts';
import type { SavedServer } from '../../../src/main/core/launcher/saved-servers.ts';
import { GatehouseError } from '../../../src/main/core/errors.ts';
import type { ListenerOverrides } from '../../../src/main/core/ports.ts';
import { Secret } from '../../../src/main/core/secret.ts';
import { fakeVault, fakeWorld, silentLog } from '../../support/fake-ports.ts';

const server: SavedServer = {
  id: 'a',
  name: 'a',
  title: 'JupyterLab',
  origin: 'PATH',
  folder: '/',
  port: null,
  request: { profile: 'jupyter' },
};

function makeEntry(saved = server, vault = fakeVault(), wishes: ListenerOverrides | null = null) {
  const world = fakeWorld();
  const changes: ServerInfo[] = [];
  const kept: SavedServer[] = [];
  const entry = new ServerEntry(
    {
      ...world.deps,
      wishes: async () => wishes,
      vault,
      log: silentLog,
      onChange: info => void changes.push(info),
      save: async each => void kept.push(each),
    },
    saved,
    () => Promise.reject(new Error('not in these tests')),
  );
  return { entry, world, changes, kept, supervised: world.supervised[0]! };
}

test('it is starting from the first moment, and the gateway follows every state', async () => {
  const { entry, world } = makeEntry();
  const start = entry.start();
  expect(entry.info().state).toBe('starting');
  await start;
  expect(entry.info()).toMatchObject({ state: 'ready', url: 'http://a-secret1.localhost:5000/' });
  expect(world.states.at(-1)).toBe('ready');
});

test('a stop closes the door; the next start opens it at the same port', async () => {
  const { entry, world, kept } = makeEntry();
  await entry.start();
  await entry.stop('enough');
  expect([world.open.size, entry.info().url]).toEqual([0, null]);
  await entry.start();
  expect([...world.open]).toEqual([5000]);
  expect(kept.map(({ port }) => port)).toEqual([5000]);
});

test('whatever happens, a host name is that of a listener which was open all the time', async () => {
  const actions = constantFrom('start', 'stop', 'restart', 'failed start', 'taken port');
  await assert(
    asyncProperty(array(actions, { maxLength: 30 }), async sequence => {
      const { entry, world, supervised } = makeEntry();
      /** Each host name, and how many listeners had been opened when it was first seen. */
      const firstSeen = new Map<string, number>();
      for (const deed of sequence) {
        supervised.failing = deed === 'failed start' ? new Error('failed') : null;
        world.taken = deed === 'taken port';
        if (deed === 'stop') await entry.stop('enough');
        else if (deed === 'restart') await entry.restart();
        else await entry.start().catch(() => null);
        const { url } = entry.info();
        if (url === null) continue;
        const { hostname } = new URL(url);
        const opened = firstSeen.get(hostname) ?? world.opened;
        firstSeen.set(hostname, opened);
        expect(opened).toBe(world.opened);
      }
    }),
  );
});

test('the address is taken back before anything ends, and the listener closes last', async () => {
  const { entry, world, changes, supervised } = makeEntry();
  await entry.start();
  changes.length = 0;
  const openWhenTold: boolean[] = [];
  supervised.onStop = () => openWhenTold.push(changes.at(-1)?.url === null && world.open.size === 1);
  await entry.stop('enough');
  expect(openWhenTold).toEqual([true]);
  expect(changes.every(({ url }) => url === null)).toBe(true);
  expect(world.open.size).toBe(0);
});

test('what leads to the listener is there only until the wish to stop, and the window gets another token each time', async () => {
  const { entry, supervised } = makeEntry();
  expect(entry.openGateway).toBeNull();
  await entry.start();
  const first = entry.openGateway?.windowToken().reveal();
  const whileStopping: unknown[] = [];
  supervised.onStop = () => whileStopping.push(entry.openGateway);
  await entry.stop('enough');
  expect(whileStopping).toEqual([null]);
  await entry.start();
  expect(entry.openGateway?.windowToken().reveal()).not.toBe(first);
});

test('two stops are one, and a start waits for them', async () => {
  const { entry, supervised } = makeEntry();
  await entry.start();
  await Promise.all([entry.stop('a'), entry.stop('b'), entry.start()]);
  expect(supervised.said).toEqual(['start', 'stop: a', 'start']);
});

test('a failed start leaves the door open, so that a page can say why', async () => {
  const { entry, world, supervised } = makeEntry();
  supervised.failing = new GatehouseError('start-failed', 'It ended by itself.');
  await expect(entry.start()).rejects.toThrow('It ended by itself');
  expect(entry.info()).toMatchObject({
    state: 'failed',
    reason: 'It ended by itself.',
    url: 'http://a-secret1.localhost:5000/',
  });
  expect(world.states.at(-1)).toBe('failed');
});

test('a keychain that refuses is a failure with its next step, not a silence', async () => {
  const vault = {
    ...fakeVault(),
    accessToken: () =>
      Promise.reject(
        new GatehouseError('keychain-locked', 'The keychain is locked.', { nextStep: 'Unlock it.' }),
      ),
  };
  const { entry, changes } = makeEntry(server, vault);
  await expect(entry.start()).rejects.toMatchObject({ code: 'keychain-locked' });
  expect(entry.info()).toMatchObject({ state: 'failed', reason: 'The keychain is locked.' });
  expect(entry.failure()).toMatchObject({ summary: 'The keychain is locked.', nextStep: 'Unlock it.' });
  expect(changes.at(-1)?.state).toBe('failed');
});

test('another address is remembered when the old one is taken', async () => {
  const { entry, world, kept } = makeEntry({ ...server, port: 4000 });
  world.taken = true;
  await entry.start();
  expect(kept.at(-1)?.port).toBe(5000);
});

const wishes: ListenerOverrides = {
  port: null,
  token: null,
  asksForToken: true,
  basePath: '',
  tls: null,
  warnings: [],
};

test('a wish for a port and a token is kept, and the token is made by nobody else', async () => {
  const own = { ...wishes, port: 4321, token: new Secret('own-token') };
  const { entry, world } = makeEntry(server, fakeVault(), own);
  await entry.start();
  expect([...world.open]).toEqual([4321]);
  expect((await entry.accessToken()).reveal()).toBe('own-token');
  await expect(entry.rotateToken()).rejects.toMatchObject({ code: 'token-is-set' });
  expect(entry.shareRefusal()).toBe(null);
});

test('what its owner has to know of the door is said as long as it is open', async () => {
  const { entry, world } = makeEntry(server, fakeVault(), { ...wishes, port: 4321, warnings: ['Beware.'] });
  world.taken = true;
  await entry.start();
  expect(entry.info().reason).toMatch(/ Beware\. Port 4321 is not free, so its gateway is on port 5000\.$/);
  expect(entry.info().caveat).toMatch(/Beware\. Port 4321/);
  await entry.stop('enough');
  expect(entry.info().reason).not.toMatch(/Beware/);
});

test('a door that asks for no token must not be shared', async () => {
  const { entry } = makeEntry(server, fakeVault(), { ...wishes, asksForToken: false });
  expect(entry.shareRefusal()).toBe(null);
  await entry.start();
  expect(entry.shareRefusal()?.reason).toMatch(/asks nobody for a token/);
  // Guests whose links are there already find no server.
  expect(entry.upstreamState()?.reach.kind).toBe('open');
  expect(entry.shareState()?.reach).toEqual({ kind: 'shut', why: 'unsafe' });
});
