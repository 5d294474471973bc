import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideRequest } from '../../../../../src/main/core/profiles/jupyter/roles/rest.ts';
import { attacks } from '../../../../support/attacks.ts';
import { roleTable } from '../../../../support/role-table.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

test.each(roleTable)('$pattern', ({ pattern, example, viewer, editor }) => {
  expect(example).toMatch(new RegExp(`^${pattern.replaceAll('?P<', '?<')}`));
  for (const method of methods) {
    expect([method, decideRequest('viewer', method, example, 'a=1').allow]).toEqual([
      method,
      viewer.includes(method),
    ]);
    expect([method, decideRequest('editor', method, example, '').allow]).toEqual([
      method,
      editor.includes(method),
    ]);
    expect(decideRequest('full', method, example, '').allow).toBe(true);
  }
  for (const method of ['OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'get', 'GET ', ' GET', '', 'POST,GET']) {
    expect(decideRequest('viewer', method, example, '').allow).toBe(false);
    expect(decideRequest('editor', method, example, '').allow).toBe(false);
  }
});

test.each(attacks('role-paths.txt').map(line => line.split(' ') as [string, string]))(
  '%s %s gets nobody anything',
  (method, target) => {
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const query = mark < 0 ? '' : target.slice(mark + 1);
    expect(decideRequest('viewer', method, path, query).allow).toBe(false);
    expect(decideRequest('editor', method, path, query).allow).toBe(false);
  },
);

test('a refusal is one sentence for the guest', () => {
  const cases = [
    ['viewer', 'POST', '/api/kernels', '', 'role', /lets you look/],
    ['editor', 'POST', '/api/terminals', '', 'role', /not open terminals/],
    ['editor', 'GET', '/git/status', '', 'unknown-path', /does not reach/],
    ['viewer', 'GET', '/a//b', '', 'ambiguous-path', /more than one way/],
    ['viewer', 'GET', '/lab', '_method=PUT', 'method-override', /overrides its method/],
  ] as const;
  for (const [role, method, path, query, reason, words] of cases) {
    expect(decideRequest(role, method, path, query)).toEqual({
      allow: false,
      reason,
      message: expect.stringMatching(words) as string,
    });
  }
});

/** Pieces from which attackers and servers alike build paths. */
const piece = fc.constantFrom(
  'api',
  'kernels',
  'contents',
  'sessions',
  'terminals',
  'shutdown',
  'lab',
  'settings',
  'workspaces',
  'files',
  'nbconvert',
  'html',
  'x',
  'trust',
  'checkpoints',
  'restart',
  'extensions',
  '..',
  '.',
  '',
  '%2e%2e',
  '%2f',
  '%252f',
  '%',
  '%00',
  ';',
  'API',
  '1-2-3-4-5',
  'a b',
  'ä',
);

test('no sequence of requests gets a viewer a change, or an editor the server, whatever the spelling', () => {
  const path = fc.array(piece, { maxLength: 7 }).map(pieces => `/${pieces.join('/')}`);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...methods), fc.oneof(path, fc.webPath(), fc.string()), fc.string())),
      requests => {
        for (const [method, asked, query] of requests) {
          const viewer = decideRequest('viewer', method, asked, query).allow;
          const editor = decideRequest('editor', method, asked, query).allow;
          if (viewer) {
            expect(editor).toBe(true);
            const changes = method !== 'GET' && method !== 'HEAD';
            expect(changes && !asked.startsWith('/api/collaboration/session')).toBe(false);
          }
          // Whoever decodes it, however often, finds no way up and no second slash.
          if (editor) {
            expect(asked).not.toMatch(
              /\/\/|\/\.\.?(?:\/|$)|%2f|%5c|%00|\\|%25(?:25)*2e%25(?:25)*2e(?:\/|$)/i,
            );
            expect(asked).not.toMatch(/^\/(?:api\/(?:shutdown|terminals)|terminals)/);
          }
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test.each([
  ['/api/collaboration/session/a/b%20c.ipynb', '/api/contents/a/b%20c.ipynb?content=0'],
  ['/api/collaboration/session/a/', '/api/contents/a?content=0'],
  ['/api/collaboration/session', '/api/contents/?content=0'],
])('a viewer asks for the room of a file that is there: %s', (path, target) => {
  const verdict = decideRequest('viewer', 'PUT', path, '');
  const condition = verdict.allow ? verdict.onlyIf : undefined;
  expect(condition?.target).toBe(target);
  expect([200, 404, 403].map(status => condition?.holds(status, ''))).toEqual([true, false, false]);
  expect(decideRequest('editor', 'PUT', path, '')).toEqual({ allow: true });
});
