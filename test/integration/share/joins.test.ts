/*
 * The attack: somebody who holds a link joins and leaves in a loop. Each turn wrote the ledger, the keychain
 * and the audit log, and rang the owner's bell, until the owner's own entries were rotated out of the log.
 * With a real core and a real share listener.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CoreClient } from '../../../src/main/control/core-client.ts';
import type { AuthorityInfo, NewShareLink } from '../../../src/shared/share-model.ts';
import { makeHome, serve, type Served, type TestHome } from '../../support/core.ts';
import { GuestClient } from '../../support/guest.ts';

let home: TestHome;
let served: Served;
let core: CoreClient;
let authority: AuthorityInfo;

beforeAll(async () => {
  home = await makeHome();
  served = await serve(home, '--secrets', 'memory');
  core = await home.client();
  authority = await core.call('authority.info');
});
afterAll(async () => {
  core?.close();
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
});

const share = (label: string): Promise<NewShareLink> =>
  core.call('share.create', {
    server: served.server.id,
    role: 'viewer',
    label,
    expiresSeconds: 3600,
    uses: null,
    approval: false,
    listen: '127.0.0.1',
    acknowledged: true,
  });

const joining = (link: NewShareLink, name: string) => new GuestClient(link.url, authority.pem).join(name);

async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile() && entry.name.startsWith('audit'));
  const sizes = await Promise.all(
    // A file that is written anew is gone for a moment.
    files.map(file =>
      stat(join(file.parentPath, file.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Some joins come back with the refill while the test runs; a slow machine sees more of them. */
const burst = 60;
const eachSecond = 0.5;

test('a class of 30 behind one address joins by one link at once, and each is named in the audit log', async () => {
  const link = await share('class');
  const replies = await Promise.all(Array.from({ length: 30 }, (_none, n) => joining(link, `Student ${n}`)));
  expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 200));
  const lines = await core.call('audit.read', { lines: 1000 });
  expect(
    new Set(
      lines.filter(line => line['link'] === link.id && line['event'] === 'joined').map(line => line['name']),
    ).size,
  ).toBe(30);
  await core.call('share.revoke', link.id);
});

test('a guest who joins and leaves 300 times is let in within the bound and told when to come back', async () => {
  const link = await share('loop');
  const audit = join(home.folder, 'gatehouse');
  const before = await bytesOf(audit);
  let rings = 0;
  const off = core.on('share.joined', () => (rings += 1));
  const begun = performance.now();
  const statuses: number[] = [];
  let retryAfter = '';
  for (let turn = 0; turn < 300; turn++) {
    const guest = new GuestClient(link.url, authority.pem);
    const reply = await guest.join('Ada');
    statuses.push(reply.status);
    if (reply.status === 200) await guest.post('/_gatehouse/leave', {});
    else retryAfter = String(reply.headers['retry-after']);
  }
  off();
  const most = burst + Math.ceil(((performance.now() - begun) / 1000) * eachSecond) + 1;
  const joined = statuses.filter(status => status === 200).length;
  expect(joined).toBeGreaterThan(0);
  expect(joined).toBeLessThanOrEqual(most);
  expect(statuses).toContain(429);
  expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
  expect(Number(retryAfter)).toBeLessThanOrEqual(60);
  expect(rings).toBeLessThanOrEqual(most);
  const lines = (await core.call('audit.read', { lines: 5000 })).filter(line => line['link'] === link.id);
  // The first of each kind, and at most one count a minute of each.
  const minutes = Math.ceil((performance.now() - begun) / 60_000) + 1;
  expect(lines.filter(line => line['event'] === 'joined').length).toBeLessThanOrEqual(1 + minutes);
  expect(lines.filter(line => line['event'] === 'session-ended').length).toBeLessThanOrEqual(1 + minutes);
  expect((await bytesOf(audit)) - before).toBeLessThan(20_000);
  expect(lines.filter(line => line['event'] === 'link-made')).toHaveLength(1);
  expect(await core.call('audit.verify')).toMatchObject({ whole: true });
}, 180_000);
