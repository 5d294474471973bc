/*
 * Sharing whole and real: a core, JupyterLab, TLS with the local authority, and guests who join, work, are
 * refused and are thrown out.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CoreClient } from '../../../src/main/control/core-client.ts';
import type {
  AuthorityInfo,
  NewShareLink,
  GuestSessionInfo,
  ShareRequest,
  JoinRequestInfo,
} from '../../../src/shared/share-model.ts';
import { eventually, makeHome, serve, toolUrl, type Served, type TestHome } from '../../support/core.ts';
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

function request(change: Partial<ShareRequest> = {}): ShareRequest {
  return {
    server: served.server.id,
    role: 'viewer',
    label: 'Ada',
    expiresSeconds: 3600,
    uses: null,
    approval: false,
    listen: '127.0.0.1',
    acknowledged: true,
    ...change,
  };
}

const share = (change: Partial<ShareRequest> = {}): Promise<NewShareLink> =>
  core.call('share.create', request(change));
const guestOf = (link: NewShareLink): GuestClient => new GuestClient(link.url, authority.pem);

test('nothing listens for guests before something is shared', async () => {
  expect(await core.call('share.listeners')).toEqual([]);
});

test('a role that runs code has to be acknowledged', async () => {
  await expect(share({ role: 'editor', acknowledged: false })).rejects.toMatchObject({
    code: 'not-acknowledged',
  });
  expect(await core.call('share.links')).toEqual([]);
});

test('a guest joins by the link, reads, and is called by their name', async () => {
  const link = await share();
  const guest = guestOf(link);
  const joinPage = await guest.open(`/_gatehouse/join/${guest.id}`);
  expect(joinPage.status).toBe(200);
  expect(joinPage.body).not.toContain(served.server.name);
  const look = await guest.look();
  expect(JSON.parse(look.body)).toMatchObject({
    state: 'open',
    invitation: { role: 'viewer', asksName: true },
  });
  expect(JSON.parse((await guest.join('Ada Ünal')).body)).toEqual({ state: 'in', next: '/lab' });
  const page = await guest.open('/lab');
  expect(page.status).toBe(200);
  expect(page.body).toContain('/_gatehouse/guest.js');
  expect(page.body).toContain('jupyter-config-data');
  const me = await guest.page('/api/me');
  expect(JSON.parse(me.body)).toMatchObject({ identity: { name: expect.stringContaining('Ada Ünal') } });
  const people = await core.call('share.people');
  expect(people).toMatchObject([{ name: 'Ada Ünal', role: 'viewer', label: 'Ada', address: '127.0.0.1' }]);
  await core.call('share.revoke', link.id);
});

test('a viewer changes nothing, and is told so in words', async () => {
  const guest = guestOf(await share());
  await guest.join();
  const refused = await guest.page('/api/contents/x.txt', { method: 'PUT', body: '{}' });
  expect(refused.status).toBe(403);
  expect(JSON.parse(refused.body).message).toMatch(/lets you look/);
  expect((await guest.page('/api/contents')).status).toBe(200);
  expect((await guest.page('/api/terminals')).status).toBe(403);
});

test('a link that is taken back is gone at once, with every socket, and its owner goes on', async () => {
  const link = await share();
  const guest = guestOf(link);
  await guest.join();
  const socket = guest.socket('/api/events/subscribe');
  await new Promise((done, fail) => socket.once('open', done).once('error', fail));
  const closed = new Promise(done => socket.once('close', done));
  const begun = performance.now();
  expect(await core.call('share.revoke', link.id)).toEqual({ links: [link.id], sessions: 1 });
  await closed;
  expect(performance.now() - begun).toBeLessThan(2000);
  expect((await guest.page('/api/contents').catch(() => ({ status: 'cut' }))).status).not.toBe(200);
  const look = await guest.look();
  expect(JSON.parse(look.body)).toEqual({ state: 'no', reason: 'revoked' });
});

test('with approval the guest waits for the owner', async () => {
  const asked: JoinRequestInfo[] = [];
  const off = core.on('share.waiting', waiting => asked.push(waiting));
  const guest = guestOf(await share({ approval: true }));
  const { state, ticket } = JSON.parse((await guest.join('Grace')).body) as { state: string; ticket: string };
  expect(state).toBe('wait');
  await eventually('the owner is told', 5000, async () => asked.length === 1);
  expect(await core.call('share.waiting')).toMatchObject([{ name: 'Grace' }]);
  await core.call('share.answer', asked[0]?.id ?? '', { allow: true });
  expect(JSON.parse((await guest.join('Grace', ticket)).body)).toMatchObject({ state: 'in' });
  off();
});

test('a tool uses the link as a token, and spends one use', async () => {
  const link = await share({ uses: 1 });
  const guest = guestOf(link);
  const headers = { authorization: `Bearer ${link.toolToken}` };
  const replies = await Promise.all([1, 2, 3].map(() => guest.ask('/api/contents', { headers })));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await core.call('share.links')).find(({ id }) => id === link.id)).toMatchObject({
    usesLeft: 0,
    people: 1,
  });
  const wrong = await guest.ask('/api/contents', {
    headers: { authorization: `Bearer ${link.id}.${'x'.repeat(43)}` },
  });
  expect(wrong.status).toBe(401);
});

test('ending a visit leaves the link', async () => {
  const link = await share();
  const guest = guestOf(link);
  await guest.join();
  const person = (await core.call('share.people')).find(({ link: id }) => id === link.id) as GuestSessionInfo;
  await core.call('share.kick', person.session);
  expect(JSON.parse((await guest.page('/_gatehouse/me')).body)).toEqual({ reason: 'ended-by-owner' });
  expect(JSON.parse((await guest.join()).body)).toMatchObject({ state: 'in' });
});

test('stopping takes every link back and ends the listener', async () => {
  await share();
  const taken = await core.call('share.stop', served.server.id);
  expect(taken.links.length).toBeGreaterThan(0);
  expect(await core.call('share.listeners')).toEqual([]);
  expect(await core.call('share.people')).toEqual([]);
});

test('a new link listens on the same port', async () => {
  const first = await share();
  await core.call('share.stop', served.server.id);
  const second = await share();
  expect(new URL(second.url).port).toBe(new URL(first.url).port);
});

test('a new access token throws out who had the old one, and no guest', async () => {
  const { id } = served.server;
  const status = async (token: string): Promise<number> =>
    (
      await fetch(new URL('/api/status', toolUrl(served.server)), {
        headers: { Authorization: `token ${token}` },
      })
    ).status;
  const guest = guestOf(await share());
  await guest.join('Ada');
  const old = await core.call('server.token', id);
  expect(await status(old)).toBe(200);
  const fresh = await core.call('server.rotateToken', id);
  expect(await core.call('server.token', id)).toBe(fresh);
  expect([await status(old), await status(fresh)]).toEqual([401, 200]);
  expect((await guest.open('/api/status')).status).toBe(200);
});

test('the audit log tells it all, and is whole', async () => {
  const events = (await core.call('audit.read', { lines: 1000 })).map(line => line['event']);
  for (const event of [
    'link-made',
    'joined',
    'role-limit',
    'revoked',
    'removed',
    'session-ended',
    'listener-on',
    'listener-off',
    'approval-asked',
    'approval-given',
  ]) {
    expect(events).toContain(event);
  }
  expect(await core.call('audit.verify')).toMatchObject({ whole: true });
});
