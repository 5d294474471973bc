/*
 * Walks everything that a guests' door answers without a session, and what is near it: the list is whole, and
 * a stranger learns no name of anybody.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSharePages } from '../../../../src/main/core/gateway/guest/guest-routes.ts';
import { jupyterRoles } from '../../../../src/main/core/profiles/jupyter/roles/jupyter-roles.ts';
import { navigation, ofPage, type GuestClient, type GuestReply } from '../../../support/guest.ts';
import { openShareRoom, type ShareRoom } from '../../../support/share-room.ts';

let context: ShareRoom;
let holder: GuestClient;
beforeAll(async () => {
  context = await openShareRoom(jupyterRoles, { strangerRequests: 1e9, failures: 1e9 });
  holder = await context.link('editor');
});
afterAll(() => context.close());

const closed = [
  '/_gatehouse/login',
  '/_gatehouse/logout',
  '/_gatehouse/open?code=x',
  '/_gatehouse/',
  '/_gatehouse',
  '/_gatehouse/certificate/ca.key',
  '/_gatehouse/certificate/',
  '/_gatehouse/join/',
  '/_gatehouse/join/me',
];
const ofServer = ['/', '/lab', '/api/status', '/api/contents', '/static/x.js', '/%5fgatehouse/me', '//lab'];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];

/** What a stranger must not be told: whose computer it is, what is served, what a link is for. */
function expectNoNames({ body, headers }: GuestReply): void {
  const text = body + JSON.stringify(headers);
  for (const name of ['mira', 'Thesis', 'thesis', holder.secret, 'upstream-secret'])
    expect(text).not.toContain(name);
}

function post(path: string, body: object): Promise<GuestReply> {
  return holder.ask(path, {
    method: 'POST',
    headers: { ...ofPage(context.origin), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('without a session', () => {
  test.each(openSharePages)('%s %s is answered, with no name', async (method, path) => {
    const page = path.replace('<id>', holder.id);
    const reply =
      method === 'POST' ? await post(page, {}) : await holder.ask(page, { headers: ofPage(context.origin) });
    expectNoNames(reply);
    // `me` says that nobody is signed in; this room has no authority to install.
    expect(reply.status === 401).toBe(path.endsWith('/me'));
  });

  const isOpen = (method: string, path: string): boolean =>
    openSharePages.some(([one, page]) => one === (method === 'HEAD' ? 'GET' : method) && page === path);
  const all = [...new Set([...openSharePages.map(([, path]) => path), ...closed, ...ofServer])];
  const shut = all.flatMap(path =>
    methods.filter(method => !isOpen(method, path)).map(method => [method, path] as const),
  );

  test.each(shut)('%s %s is refused, with no name', async (method, path) => {
    context.executed.length = 0;
    const page = path.replace('<id>', holder.id);
    const reply = await holder.ask(page, { method, headers: ofPage(context.origin) });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expectNoNames(reply);
    expect(context.executed).toEqual([]);
  });

  test('the page of a link that never was looks like that of one that is', async () => {
    const page = async (id: string): Promise<[number, string]> => {
      const reply = await holder.ask(`/_gatehouse/join/${id}`, { headers: navigation });
      expectNoNames(reply);
      return [reply.status, reply.body.replaceAll(id, '').replaceAll(/nonce="[^"]*"/gu, '')];
    };
    expect(await page('aaaaaaaaaaaa')).toEqual(await page(holder.id));
  });

  test('a wrong secret and an unknown link are told the same', async () => {
    const wrong = { secret: 'x'.repeat(43) };
    const known = await post(`/_gatehouse/join/${holder.id}/look`, wrong);
    const unknown = await post('/_gatehouse/join/aaaaaaaaaaaa/look', wrong);
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
    expectNoNames(known);
  });
});

test('who joins begins where the link says, also when the page is loaded again; else on the first page', async () => {
  const next = (reply: GuestReply): unknown => (JSON.parse(reply.body) as { next: unknown }).next;
  const ada = await context.link('editor', { opens: '/#/edit/PER1-ADA-7QX4' });
  expect(next(await ada.join())).toBe('/#/edit/PER1-ADA-7QX4');
  expect(next(await ada.join())).toBe('/#/edit/PER1-ADA-7QX4');
  expect(next(await (await context.link('editor')).join())).toBe('/lab');
});
