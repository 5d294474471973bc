/*
 * The routes of the installed servers, compared with the table of roles: a route that is new, or does more
 * than it did, fails here and opens nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jupyterRoutes } from '../support/jupyter-route-list.ts';
import { otherEnvironment, testPython } from '../support/jupyter.ts';
import { roleTable } from '../support/role-table.ts';

/** What the server answers there and no role but the owner's and full reaches: looked at, one by one. */
const kept: Readonly<Record<string, string>> = {
  '(.*)$': '',
  '/.*/$': 'POST PUT',
  '/lab/.*$': 'GET',
  '/api/collaboration/room/(.*)$': 'GET',
  '/api/config/(?P<section_name>\\w+)$': 'PATCH PUT',
  '/api/contents(?P<path>(?:(?:/[^/]+)+|/?))/trust$': 'POST',
  '/api/events$': 'POST',
  '/api/events/subscribe$': 'GET',
  '/api/kernels/(?P<kernel_id>\\w+-\\w+-\\w+-\\w+-\\w+)/channels$': 'GET',
  '/api/me$': 'PATCH',
  '/api/notebooks/?(.*)$': 'DELETE GET PATCH POST PUT',
  '/api/security/csp-report$': 'POST',
  '/api/shutdown$': 'POST',
  '/api/terminals$': 'GET POST',
  '/api/terminals/(\\w+)$': 'DELETE GET',
  '/terminals/(.*)$': 'GET',
  '/lab/api/build$': 'DELETE POST',
  '/lab/api/extensions$': 'POST',
  '/lab/api/plugins$': 'POST',
  '/lab/api/settings/(?P<schema_name>.+)$': 'PUT',
  '/lab/api/settings/?$': 'PUT',
  '/lab/api/workspaces/(?P<space_name>.+)$': 'DELETE PUT',
  '/lab/api/workspaces/?$': 'DELETE PUT',
  '/login$': 'GET POST',
  '/logout$': 'GET',
  '/lsp/ws/(?P<language_server>.*)$': 'GET',
  '/metrics$': 'GET',
  '/terminals/websocket/(\\w+)$': 'GET SOCKET',
};

const notebook: [string, () => Promise<string>] = ['Notebook 7', () => otherEnvironment('test-notebook-7')];

test.each<[string, () => Promise<string>]>([
  ['JupyterLab', () => testPython()],
  ['JupyterLab with jupyter-collaboration', () => otherEnvironment('test-jupyter-collaboration')],
  ...(process.env['GATEHOUSE_TEST_VERSIONS'] === '1' ? [notebook] : []),
])('%s', { timeout: 600_000 }, async (_name, interpreter) => {
  const home = await mkdtemp(join(tmpdir(), 'gh-'));
  try {
    const environment = { HOME: home, TMPDIR: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
    const routes = await jupyterRoutes(await interpreter(), home, environment);
    expect(routes.length).toBeGreaterThan(50);
    const table = new Map(roleTable.map(line => [line.pattern, line]));
    expect(routes.map(({ pattern }) => pattern).filter(pattern => !table.has(pattern))).toEqual([]);
    const nobodys = routes
      .map(({ pattern, methods }) => {
        const { editor = [] } = table.get(pattern) ?? {};
        const open = editor.includes('SPLICE') ? [...editor, 'SOCKET'] : editor;
        return [pattern, methods.filter(method => !open.includes(method)).join(' ')] as const;
      })
      .filter(([pattern, methods]) => methods !== (kept[pattern] ?? ''));
    expect(nobodys).toEqual([]);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
});
