import { expect, test } from 'vitest';
import { readPath } from '../../../../../src/main/core/profiles/jupyter/roles/asked-path.ts';
import {
  findRoute,
  fits,
  piecesOf,
  routes,
} from '../../../../../src/main/core/profiles/jupyter/roles/routes.ts';
import { roleTable } from '../../../../support/role-table.ts';

test.each([
  ['/', '/', true],
  ['/a', '/', false],
  ['/a/**', '/a', true],
  ['/a/**', '/a/b/c', true],
  ['/a/**', '/b', false],
  ['/a/**/z', '/a/z', true],
  ['/a/**/z', '/a/b/c/z', true],
  ['/a/**/z', '/a', false],
  ['/a/**/z/:name', '/a/z/y', true],
  ['/a/**/z/:name', '/a/z', false],
  ['/a/:word', '/a/b-c', false],
  ['/a/:word', '/a/b_c', true],
  ['/a/:id', '/a/1-2-3-4-5', true],
  ['/a/:id', '/a/1-2-3-4', false],
  ['/a/:id', '/a/1-2-3-4-5-6', false],
  ['/a', '/A', false],
  ['/a', '/%61', false],
])('%s and %s: %s', (template, path, expected) => {
  expect(fits(piecesOf(template), readPath(path)!)).toBe(expected);
});

test('every row is met by an example of the table, so that none is left over', () => {
  const met = new Set(roleTable.map(({ example }) => findRoute(readPath(example)!)?.template));
  const extra = new Set([
    '/doc',
    '/lab',
    '/lab/tree/**',
    '/lab/workspaces/:name',
    '/api/kernels/:id/interrupt',
  ]);
  const left = routes.map(({ template }) => template).filter(one => !met.has(one) && !extra.has(one));
  expect(left.filter(one => !one.startsWith('/doc/'))).toEqual([]);
});

test('a viewer may do nothing that an editor may not', () => {
  for (const { template, viewer, editor, viewerOnlyIf } of routes) {
    expect([template, viewer.filter(method => !editor.includes(method))]).toEqual([template, []]);
    const changing = viewer.filter(method => method !== 'GET' && method !== 'HEAD');
    expect([template, changing]).toEqual([
      template,
      template === '/api/collaboration/session/**' ? ['PUT'] : [],
    ]);
    // What is more than reading is of something that is there: else the server remembers whatever a viewer
    // names.
    if (changing.length > 0) expect(viewerOnlyIf).toBe('/api/contents/**?content=0');
  }
});
