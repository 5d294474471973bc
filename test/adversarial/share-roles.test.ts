/*
 * Whatever a guest of a role asks, in whatever order and spelling, with whatever credential: the server
 * executes nothing but what the table of that role names, and nothing for a link that was taken back.
 */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jupyterRoles } from '../../src/main/core/profiles/jupyter/roles/jupyter-roles.ts';
import { attacks } from '../support/attacks.ts';
import { GuestClient, navigation, ofPage } from '../support/guest.ts';
import { roleTable } from '../support/role-table.ts';
import { openShareRoom, type ShareRoom } from '../support/share-room.ts';

let room: ShareRoom;
beforeAll(async () => {
  room = await openShareRoom(jupyterRoles, { guestRequests: 1e9, strangerRequests: 1e9, failures: 1e9 });
});
afterAll(() => room.close());

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];
const paths = [
  ...roleTable.map(({ example }) => example),
  ...attacks('role-paths.txt').map(line => line.split(/\s+/u).at(-1) ?? ''),
].filter(path => /^\/[\u0021-\u007e]*$/u.test(path));

/** What the table says, read anew and not by the product's code: the server's own patterns, whole. */
const allowed = {
  viewer: roleTable.map(({ pattern, viewer }) => ({ methods: viewer, whole: asPattern(pattern) })),
  editor: roleTable.map(({ pattern, editor }) => ({ methods: editor, whole: asPattern(pattern) })),
};

function asPattern(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('(?P<', '(?<').replace(/\$$/u, '')}$`);
}

function isAllowed(role: 'viewer' | 'editor', what: string): boolean {
  const [method = '', target = ''] = what.split(' ');
  const path = target.split('?', 1)[0] ?? '';
  const wanted = method === 'UPGRADE' ? ['SOCKET', 'SPLICE'] : [method];
  return allowed[role].some(
    ({ methods: given, whole }) => given.some(one => wanted.includes(one)) && whole.test(path),
  );
}

/**
 * What the gateway asks by itself before it opens a room for a guest: whether there is a file of this number.
 */
function isOwnQuestion(what: string, path: string): boolean {
  return what === `GET /api/fileid/path?id=${path.split(':').at(-1)}`;
}

/** Half the time any method with any path; half the time a request that one of the roles may make. */
const asked = fc.oneof(
  fc.record({ method: fc.constantFrom(...methods), path: fc.constantFrom(...paths) }),
  fc.constantFrom(
    ...roleTable.flatMap(({ example, editor }) =>
      editor.filter(method => methods.includes(method)).map(method => ({ method, path: example })),
    ),
  ),
);

const step = fc.record({
  asked,
  query: fc.constantFrom(
    '',
    '?a=1',
    '?_method=DELETE',
    '?session_id=owner',
    '?token=x',
    '?x-http-method-override=PUT',
  ),
  upgrade: fc.nat({ max: 3 }).map(dice => dice === 0),
  who: fc.constantFrom('in', 'in', 'in', 'token', 'nobody', 'out', 'wrong-token', 'two'),
  header: fc.constantFrom<Record<string, string>>(
    {},
    {},
    {},
    {},
    { 'X-HTTP-Method-Override': 'DELETE' },
    { 'X-Method-Override': 'PUT' },
    { 'X-Gatehouse-User': 'mira' },
    { 'X-Forwarded-User': 'mira' },
    { 'X-Upstream-Secret': 'guess' },
    { x_person: 'mira' },
    { Connection: 'x-upstream-secret' },
    { Origin: 'https://evil.example' },
  ),
  how: fc.constantFrom<'page' | 'navigation' | 'tool'>('page', 'page', 'navigation', 'tool'),
});

test.each(['viewer', 'editor'] as const)(
  'no sequence of requests gets more than a %s may have',
  { timeout: 240_000 },
  async role => {
    const inside = await room.guest(role, 'Ada');
    const out = await room.guest(role, 'Out');
    await room.revoke(out);
    const other = await room.guest('viewer', 'Other');
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async steps => {
        for (const {
          asked: { method, path },
          query,
          upgrade,
          who,
          header,
          how,
        } of steps) {
          room.executed.length = 0;
          const guest = new GuestClient(
            `${room.origin}/_gatehouse/join/${inside.id}#${inside.secret}`,
            room.pem,
          );
          const headers: Record<string, string> = {
            ...(how === 'page' ? ofPage(room.origin) : how === 'navigation' ? navigation : {}),
            ...header,
          };
          if (who === 'in') guest.cookie = inside.cookie;
          if (who === 'out') guest.cookie = out.cookie;
          if (who === 'two') guest.cookie = `${inside.cookie}; ${other.cookie}`;
          if (who === 'token') headers['Authorization'] = `Bearer ${inside.id}.${inside.secret}`;
          if (who === 'wrong-token') headers['Authorization'] = `Bearer ${inside.id}.${'x'.repeat(43)}`;
          await send(guest, upgrade ? 'GET' : method, path + query, headers, upgrade);
          for (const { what, headers: got } of room.executed) {
            expect(['in', 'token'], `${what} by ${who}`).toContain(who);
            expect(isAllowed(role, what) || isOwnQuestion(what, path), `${role}: ${what}`).toBe(true);
            expect(got['x-person']).toMatch(/%20\(guest\)$|^x%20\(guest\)$/u);
            expect(got['x-upstream-secret']).toBe('upstream-secret');
            expect(JSON.stringify(got)).not.toContain(inside.secret);
            ran += 1;
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(ran).toBeGreaterThan(20);
    for (const line of room.lines) expect(line).not.toContain(inside.secret);
  },
);

/** Until there is an answer, or the handshake is over. */
async function send(
  guest: GuestClient,
  method: string,
  target: string,
  headers: Record<string, string>,
  upgrade: boolean,
): Promise<void> {
  if (!upgrade) {
    await guest.ask(target, { method, headers });
    return;
  }
  const shake = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Protocol': 'v1.kernel.websocket.jupyter.org',
  };
  await guest.ask(target, { method, headers: { ...headers, ...shake } });
}
