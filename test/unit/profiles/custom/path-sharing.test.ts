import { posix } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { customSharing, customSharingOf } from '../../../../src/main/core/profiles/custom/custom-sharing.ts';
import { pathRules } from '../../../../src/main/core/profiles/custom/path-sharing.ts';
import type { Role } from '../../../../src/shared/model.ts';

const roles = {
  viewer: { requests: ['GET /', 'GET /data/*', 'GET /public/**', 'GET /list/'], sockets: ['/live/*'] },
  editor: { requests: ['POST /data/*', 'DELETE /data/*/notes'], sockets: ['/edit'] },
};
const guest = { name: 'Ada (guest)', session: 's', permissions: null };
const rules = pathRules(roles);

function asks(role: Role, method: string, target: string): string {
  const [path = '', query = ''] = target.split('?');
  const verdict = rules.decideRequest(role, method, path, query);
  return verdict.allow ? 'yes' : verdict.reason;
}

test.each([
  ['GET', '/', 'yes', 'yes'],
  ['HEAD', '/', 'yes', 'yes'],
  ['GET', '/data/x', 'yes', 'yes'],
  ['GET', '/data/x?_query=1', 'yes', 'yes'],
  ['GET', '/data/%C3%BC', 'yes', 'yes'],
  ['GET', '/d%61ta/x', 'role', 'role'],
  ['GET', '/public/a/b/c', 'yes', 'yes'],
  ['GET', '/public/', 'yes', 'yes'],
  ['GET', '/list/', 'yes', 'yes'],
  ['POST', '/data/x', 'role', 'yes'],
  ['DELETE', '/data/x/notes', 'role', 'yes'],
  // Whole pieces, not beginnings of them; all of them, and no more.
  ['GET', '/data', 'role', 'role'],
  ['GET', '/data/', 'role', 'role'],
  ['GET', '/data/x/', 'role', 'role'],
  ['GET', '/data/x/y', 'role', 'role'],
  ['GET', '/database/x', 'role', 'role'],
  ['GET', '/public', 'role', 'role'],
  ['GET', '/publicity/x', 'role', 'role'],
  ['GET', '/list', 'role', 'role'],
  ['GET', '/Data/x', 'role', 'role'],
  ['GET', '/DATA/x', 'role', 'role'],
  ['GET', '/admin', 'role', 'role'],
  ['PUT', '/data/x', 'role', 'role'],
  ['get', '/data/x', 'role', 'role'],
  ['OPTIONS', '/data/x', 'role', 'role'],
  ['HEAD', '/data/x/notes', 'role', 'role'],
  // The path of a WebSocket is no page.
  ['GET', '/live/x', 'role', 'role'],
  // Two readings.
  ['GET', '/public/../admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/public/%2e%2e/admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/public/%252e%252e/admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/public/..;/admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/public/..;x=1/admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/public/x;/../admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/public/..%3b/admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/data/..%2fadmin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/data/..%5cadmin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/public/%ef%bc%8e%ef%bc%8e/admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/data/%ef%bc%8fadmin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/public/.../admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/public/..%20/admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/public/%c0%ae%c0%ae/admin', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '//data/x', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/data//x', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/data/%00', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/data/100%25', 'ambiguous-path', 'ambiguous-path'],
  ['GET', '/data/x?_method=DELETE', 'method-override', 'method-override'],
  ['GET', '/data/x?%5Fmethod=DELETE', 'method-override', 'method-override'],
] as const)('%s %s: viewer %s, editor %s', (method, target, viewer, editor) => {
  expect([asks('viewer', method, target), asks('editor', method, target)]).toEqual([viewer, editor]);
  expect(asks('full', method, target)).toBe('yes');
});

test.each([
  ['/live/x', true, true],
  ['/edit', false, true],
  ['/data/x', false, false],
  ['/live/../edit', false, false],
  ['/', false, false],
] as const)('a WebSocket on %s: viewer %s, editor %s', (path, viewer, editor) => {
  expect(rules.openSocket('viewer', path, '', [], guest).allow).toBe(viewer);
  expect(rules.openSocket('editor', path, '', [], guest).allow).toBe(editor);
  expect(rules.openSocket('full', path, '', [], guest)).toEqual({ allow: true, relay: 'splice' });
});

test('headers that change a method are named for the guard', () => {
  expect(rules.overrideHeaders).toContain('x-http-method-override');
});

/** What any server may make of a path. */
function readings(path: string): readonly string[] {
  const all = new Set([path]);
  for (let round = 0; round < 3; round += 1) {
    const before = [...all];
    for (const each of before) {
      try {
        all.add(decodeURIComponent(each));
      } catch {
        // Nobody reads it so.
      }
      all.add(each.replaceAll(/;[^/]*/g, ''));
      all.add(each.replaceAll('\\', '/'));
      all.add(each.normalize('NFKC'));
      all.add(posix.normalize(each));
      all.add(each.replaceAll(/[. ]+(?=\/|$)/g, match => (/^\.{1,2}$/.test(match) ? match : '')));
    }
  }
  return [...all];
}

const listed = /^\/(?:$|data\/[^/]+$|public\/[\s\S]*$|list\/$)/;

test('no request outside the list passes for a viewer, in whichever reading', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'data',
      'public',
      'list',
      'admin',
      '..',
      '.',
      '...',
      '',
      'x',
      '%2e%2e',
      '%2e',
      '..;',
      ';',
      '%2f',
      '%5c',
      '\\',
    ),
    fc.constantFrom(
      '%252e%252e',
      '%252f',
      '%EF%BC%8E%EF%BC%8E',
      '%ef%bc%8f',
      '%00',
      '%',
      '%zz',
      '.. ',
      '%20',
      'data;a=1',
      '%64ata',
      '?',
    ),
    fc.stringMatching(/^[\w.%;~-]{0,4}$/),
  );
  const path = fc.array(
    fc.array(piece, { minLength: 1, maxLength: 3 }).map(parts => parts.join('')),
    { maxLength: 5 },
  );
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'OPTIONS', 'PATCH');
  let passed = 0;
  fc.assert(
    fc.property(path, method, (parts, asked) => {
      const whole = `/${parts.join('/')}`;
      if (!rules.decideRequest('viewer', asked, whole, '').allow) return;
      passed += 1;
      expect(['GET', 'HEAD']).toContain(asked);
      for (const reading of readings(whole)) expect(reading).toMatch(listed);
    }),
    { numRuns: 20_000, examples: [[['data', 'x'], 'GET']] },
  );
  expect(passed).toBeGreaterThan(0);
});

test('a role without a list is not offered, and has nothing', () => {
  const sharing = customSharingOf({ profile: 'custom', custom: { roles: { viewer: roles.viewer } } });
  expect(sharing.rules.roles).toEqual(['viewer', 'full']);
  expect(sharing.notOffered.map(({ role }) => role)).toEqual(['editor']);
  expect(sharing.rules.decideRequest('editor', 'GET', '/', '').allow).toBe(false);
  expect(sharing.rules.openSocket('editor', '/live/x', '', [], guest).allow).toBe(false);
  expect(customSharingOf({ profile: 'custom' })).toBe(customSharing);
});

test('who may change something, or talk, is taken for one who runs code', async () => {
  const signal = AbortSignal.timeout(1000);
  const offered = async (viewer: { requests: string[]; sockets?: string[] }): Promise<unknown> => {
    const sharing = customSharingOf({ profile: 'custom', custom: { roles: { viewer } } });
    return (await sharing.offers(null, signal)).map(({ role, runsCode }) => [role, runsCode]);
  };
  expect(await offered({ requests: ['GET /'] })).toEqual([
    ['viewer', false],
    ['full', true],
  ]);
  expect(await offered({ requests: ['GET /', 'POST /x'] })).toEqual([
    ['viewer', true],
    ['full', true],
  ]);
  expect(await offered({ requests: ['GET /'], sockets: ['/ws'] })).toEqual([
    ['viewer', true],
    ['full', true],
  ]);
});
