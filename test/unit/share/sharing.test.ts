import { afterEach, beforeEach, expect, test } from 'vitest';
import { Sharing } from '../../../src/main/core/share/sharing.ts';
import type { SharedServer } from '../../../src/main/core/share-ports.ts';
import { openTestSharing, sharedServer, shareRequest, type TestSharing } from '../../support/sharing.ts';

let bench: TestSharing;
let opens: number;
let problem: Error | null;
let wasShared: boolean;
let server: SharedServer;
let logged: string[];
let sharing: Sharing;

beforeEach(async () => {
  bench = await openTestSharing();
  opens = 0;
  problem = null;
  wasShared = false;
  server = sharedServer();
  logged = [];
  sharing = new Sharing({
    async open() {
      opens++;
      if (problem !== null) throw problem;
      return bench.sharing;
    },
    wasShared: async () => wasShared,
    server: id => {
      if (id !== server.id) throw new Error(`There is no server ${id}.`);
      return server;
    },
    log: { info: () => {}, warn: () => {}, error: message => logged.push(message) },
  });
});
afterEach(() => bench[Symbol.asyncDispose]());

test('where nothing was ever shared, looking opens nothing', async () => {
  expect(await sharing.links()).toEqual([]);
  expect(await sharing.people()).toEqual([]);
  expect(await sharing.joinRequests()).toEqual([]);
  expect(sharing.listeners()).toEqual([]);
  expect(await sharing.stop('thesis')).toEqual({ links: [], sessions: 0 });
  await expect(sharing.answer('someone', true)).rejects.toMatchObject({ kind: 'not-found' });
  await sharing.follow('thesis', server.state());
  await sharing.close();
  expect(opens).toBe(0);
});

test('a server that does not run or must not be shared opens nothing', async () => {
  server = sharedServer({ state: () => null });
  await expect(sharing.create(shareRequest)).rejects.toMatchObject({ code: 'not-running' });
  server = sharedServer({ refusal: () => ({ reason: 'it is open to all.', nextStep: 'Close it.' }) });
  await expect(sharing.create(shareRequest)).rejects.toMatchObject({ code: 'not-shareable' });
  await expect(sharing.create({ ...shareRequest, server: 'other' })).rejects.toThrow('other');
  expect(opens).toBe(0);
});

test('it opens once for all callers, and tries again after a failure', async () => {
  problem = new Error('The keychain is locked.');
  await expect(sharing.create(shareRequest)).rejects.toThrow('locked');
  problem = null;
  await Promise.all([sharing.create(shareRequest), sharing.preview(shareRequest)]);
  expect(opens).toBe(2);
  expect(await sharing.links()).toHaveLength(1);
  expect(sharing.listeners()).toHaveLength(1);
});

test('a server with links from before is shared again when it starts', async () => {
  wasShared = true;
  await bench.guest();
  await sharing.follow('thesis', server.state());
  expect(bench.told).toEqual(['open', 'upstream ready']);
  await sharing.follow('thesis', null);
  expect(bench.told).toContain('close');
  expect(logged).toEqual([]);
});

test('a failure to share again is in the log and stops nothing', async () => {
  wasShared = true;
  problem = new Error('The keychain is locked.');
  await sharing.follow('thesis', server.state());
  expect(logged).toEqual(['A server is not shared, although it has links.']);
});

test('a server that is forgotten loses its links', async () => {
  const made = await sharing.create(shareRequest);
  await sharing.forgotten('thesis');
  expect(await sharing.links()).toMatchObject([{ id: made.id, state: 'revoked' }]);
});
