import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSocket as open } from '../../../../../src/main/core/profiles/jupyter/roles/sockets.ts';
import type { Role } from '../../../../../src/shared/model.ts';
import type { SocketVerdict } from '../../../../../src/main/core/role-ports.ts';
import { attacks } from '../../../../support/attacks.ts';
import { roleTable } from '../../../../support/role-table.ts';

const kernel = '/api/kernels/1-2-3-4-5/channels';
const room = '/api/collaboration/room/json:notebook:2f1b0c9e-0d6c-4f5b-9a59-7c2a5a0b3e11';
const v1 = 'v1.kernel.websocket.jupyter.org';

function openSocket(role: Role, path: string, query: string, protocols: readonly string[]): SocketVerdict {
  return open(role, path, query, protocols, { name: 'Ada (guest)' });
}

function filtered(verdict: SocketVerdict): Extract<SocketVerdict, { relay: 'filter' }> {
  if (!verdict.allow || verdict.relay !== 'filter') throw new Error(JSON.stringify(verdict));
  return verdict;
}

test.each(roleTable)('$pattern', ({ example, viewer, editor }) => {
  const relay = (verdict: SocketVerdict): string =>
    verdict.allow ? (verdict.relay === 'filter' ? 'SOCKET' : 'SPLICE') : 'no';
  const expected = (methods: readonly string[]): string =>
    methods.find(method => method === 'SOCKET' || method === 'SPLICE') ?? 'no';
  expect(relay(openSocket('viewer', example, '', []))).toBe(expected(viewer));
  expect(relay(openSocket('editor', example, '', []))).toBe(expected(editor));
  expect(openSocket('full', example, '', [])).toEqual({ allow: true, relay: 'splice' });
});

test.each(attacks('role-sockets.txt'))('%s is no socket of a viewer', target => {
  const [path = '', query = ''] = target.split('?');
  expect(openSocket('viewer', path, query, [v1]).allow).toBe(false);
});

test("a viewer's kernel: no session id, no extension, and only the protocol that is understood", () => {
  const verdict = filtered(openSocket('viewer', kernel, 'session_id=the-owners&token=x', ['evil', v1]));
  expect([verdict.target, verdict.subprotocols, verdict.messageBytes]).toEqual([
    `${kernel}?gatehouse_viewer=1`,
    [v1],
    1_048_576,
  ]);
  expect([verdict.filter('evil'), verdict.filter('')]).toEqual([null, null]);
  expect(verdict.filter(v1)).not.toBeNull();
  expect(verdict.filter(null)).not.toBeNull();
  const old = filtered(openSocket('viewer', kernel, '', ['evil']));
  expect([old.subprotocols, old.filter(v1)]).toEqual([[], null]);
});

test("a viewer's room keeps the number of the server's run and nothing else", () => {
  const targets: [query: string, expected: string][] = [
    ['sessionId=2f1b-x', '?sessionId=2f1b-x'],
    ['a=1&sessionId=x_1&b', '?sessionId=x_1'],
    ['', ''],
    ['sessionId=', ''],
    ['sessionId=../x', ''],
    ['xsessionId=1', ''],
    [`sessionId=${'x'.repeat(65)}`, ''],
  ];
  for (const [query, expected] of targets) {
    expect(filtered(openSocket('viewer', room, query, [])).target).toBe(room + expected);
  }
  const verdict = filtered(
    openSocket('viewer', '/api/collaboration/room/JupyterLab:globalAwareness', '', []),
  );
  expect([verdict.readsServer, verdict.filter('x')]).toEqual([true, null]);
});

test('events are told, to an editor too', () => {
  for (const role of ['viewer', 'editor'] as const) {
    const filter = filtered(openSocket(role, '/api/events/subscribe', 'x', [])).filter(null);
    const message = { binary: false, data: Buffer.from('{}') };
    expect(filter?.fromGuest(message)).toMatchObject({ kind: 'drop' });
    expect(filter?.fromServer(message)).toEqual({ kind: 'pass' });
    expect(filtered(openSocket(role, '/api/events/subscribe', '', [])).filter('x')).toBeNull();
  }
});

test('whatever is asked, a viewer gets no socket that is not read along, and an editor no terminal', () => {
  const piece = fc.constantFrom(
    'api',
    'kernels',
    '1-2-3-4-5',
    'channels',
    'terminals',
    'websocket',
    '1',
    'lsp',
    'ws',
    '..',
    '',
    '%2e%2e',
    'events',
    'subscribe',
    'collaboration',
    'room',
    'json:notebook:2f1b0c9e-0d6c-4f5b-9a59-7c2a5a0b3e11',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.string(),
      fc.array(fc.string()),
      (pieces, query, protocols) => {
        const path = `/${pieces.join('/')}`;
        const viewer = openSocket('viewer', path, query, protocols);
        expect(viewer.allow && viewer.relay === 'splice').toBe(false);
        const editor = openSocket('editor', path, query, protocols);
        if (viewer.allow) expect(editor.allow).toBe(true);
        if (path.startsWith('/terminals')) expect(editor.allow).toBe(false);
      },
    ),
    { numRuns: 3000 },
  );
});
