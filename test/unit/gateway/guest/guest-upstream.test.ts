import { afterEach, expect, test } from 'vitest';
import {
  destroyRoute,
  openRoute,
  type UpstreamRoutes,
} from '../../../../src/main/core/gateway/forward/upstream-route.ts';
import {
  guestName,
  GuestUpstreamRoutes,
  makeGuestRoute,
} from '../../../../src/main/core/gateway/guest/guest-upstream.ts';
import { alwaysOurs } from '../../../support/reach.ts';
import { Secret } from '../../../../src/main/core/secret.ts';

const opened: UpstreamRoutes[] = [];
const open = (): UpstreamRoutes => {
  const routes = openRoute(
    {
      address: { kind: 'port', port: 1 },
      host: 'localhost',
      headers: [
        ['X-Secret', new Secret('upstream')],
        ['X-Person', new Secret('owner')],
      ],
      explicitHeaders: [['X-Explicit', '1']],
      personHeader: 'X-Person',
      withheldCookies: [],
    },
    alwaysOurs,
  );
  opened.push(routes);
  return routes;
};
const session = {
  id: 's',
  link: 'l',
  role: 'viewer' as const,
  name: 'Ada Ünal',
  endsAt: 1,
  permissions: null,
};
const plain = { explicit: false, appended: null, strictTransport: null };

afterEach(async () => {
  await Promise.all(opened.splice(0).map(destroyRoute));
});

test("the guest's name takes the owner's place, marked; the secret stays", () => {
  const { request } = makeGuestRoute(open(), session, plain);
  expect(request.injected).toEqual(['X-Secret', 'upstream', 'X-Person', 'Ada%20%C3%9Cnal%20(guest)']);
  expect(request.withheld.has('x-person')).toBe(true);
});

test('nobody is called as the owner is called', () => {
  expect(guestName({ name: '' })).toBe('guest');
  expect(guestName({ name: 'owner' })).toBe('owner (guest)');
});

test('a tool is told apart from a page', () => {
  const routes = open();
  expect(makeGuestRoute(routes, session, { ...plain, explicit: true }).request.injected).toContain(
    'X-Explicit',
  );
  expect(makeGuestRoute(routes, session, plain).request.injected).not.toContain('X-Explicit');
});

test('only a page that something is put behind comes uncompressed', () => {
  const appended = Buffer.from('x');
  expect(
    makeGuestRoute(open(), session, { ...plain, appended }).request.withheld.has('accept-encoding'),
  ).toBe(true);
  expect(makeGuestRoute(open(), session, plain).request.withheld.has('accept-encoding')).toBe(false);
});

test('Strict-Transport-Security is said where it is to be', () => {
  expect(makeGuestRoute(open(), session, plain).response.added).toEqual([]);
  const { added } = makeGuestRoute(open(), session, { ...plain, strictTransport: 'max-age=9' }).response;
  expect(added).toEqual(['Strict-Transport-Security', 'max-age=9']);
});

test('a way is made once, and anew for another run of the server', () => {
  const guestRoutes = new GuestUpstreamRoutes();
  const routes = open();
  const first = guestRoutes.of(routes, session, plain);
  expect(guestRoutes.of(routes, session, plain)).toBe(first);
  expect(guestRoutes.of(routes, { ...session, id: 't' }, plain)).not.toBe(first);
  const next = open();
  expect(guestRoutes.of(next, session, plain).pool).toBe(next.pool);
  guestRoutes.forget('s');
  expect(guestRoutes.of(routes, session, plain)).not.toBe(first);
});

test('guests of a role are sent where the server wants them, with its credential and no other', async () => {
  const routes = openRoute(
    {
      address: { kind: 'port', port: 1 },
      host: 'localhost',
      headers: [['X-Secret', new Secret('all')]],
      forRole: {
        viewer: { address: { kind: 'port', port: 2 }, headers: [['X-Read', new Secret('read')]] },
        editor: { address: { kind: 'port', port: 1 }, headers: [] },
      },
      withheldCookies: [],
    },
    alwaysOurs,
  );
  opened.push(routes);
  const viewer = makeGuestRoute(routes, session, plain);
  expect([viewer.upstream.address, viewer.request.injected]).toEqual([
    { kind: 'port', port: 2 },
    ['X-Read', 'read'],
  ]);
  const editor = makeGuestRoute(routes, { ...session, role: 'editor' }, plain);
  expect([editor.pool, editor.request.injected]).toEqual([routes.pool, []]);
  const full = makeGuestRoute(routes, { ...session, role: 'full' }, plain);
  expect([full.pool, full.request.injected]).toEqual([routes.pool, ['X-Secret', 'all']]);
  // None of them may say what the gateway says to another.
  for (const route of [viewer, editor, full])
    expect([...route.request.withheld]).toEqual(expect.arrayContaining(['x-secret', 'x-read']));
  expect(full.response.upstreamOrigins).toContain('http://127.0.0.1:2');
});

test('a way is made once, and anew where what it says of TLS has changed', () => {
  const [routes, guestRoutes] = [open(), new GuestUpstreamRoutes()];
  const first = guestRoutes.of(routes, session, { ...plain, strictTransport: 'max-age=9' });
  expect(guestRoutes.of(routes, session, { ...plain, strictTransport: 'max-age=9' })).toBe(first);
  const later = guestRoutes.of(routes, session, { ...plain, strictTransport: 'max-age=8' });
  expect(later.response.added).toEqual(['Strict-Transport-Security', 'max-age=8']);
  expect(
    guestRoutes.of(routes, session, { ...plain, explicit: true, strictTransport: 'max-age=8' }),
  ).not.toBe(later);
  expect(guestRoutes.of(routes, session, { ...plain, strictTransport: 'max-age=8' })).toBe(later);
});
