import { expect, test } from 'vitest';
import { bestFirst, foundServer } from '../../../../src/main/core/profiles/jupyter/found.ts';
import type { PythonEnvironment } from '../../../../src/main/core/profiles/python/find-environments.ts';

function environment(change: Partial<PythonEnvironment> & { asked?: readonly string[] }): PythonEnvironment {
  const { asked = [], ...rest } = change;
  return {
    location: '/env',
    origin: 'PATH',
    rank: 3,
    fromFolder: false,
    expected: false,
    python: '/env/bin/python',
    versions: { jupyterlab: '4.6.6', jupyter_server: '2.21.1' },
    requested: new Set(asked),
    problem: null,
    ...rest,
  };
}

const all = { jupyterlab: '4.6.6', notebook: '7.6.5', jupyter_server: '2.21.1' };

test.each<[string, Parameters<typeof environment>[0], string, string | null, RegExp | null]>([
  ['JupyterLab', {}, 'JupyterLab', '4.6.6', null],
  ['both, none asked for by name', { versions: all }, 'JupyterLab', '4.6.6', null],
  [
    'Notebook, which brought JupyterLab along',
    { versions: all, asked: ['notebook'] },
    'Notebook',
    '7.6.5',
    null,
  ],
  ['both asked for', { versions: all, asked: ['notebook', 'jupyterlab'] }, 'JupyterLab', '4.6.6', null],
  ['the server alone', { versions: { jupyter_server: '2.0.6' } }, 'Jupyter Server', '2.0.6', null],
  [
    'a server that cannot be protected',
    { versions: { ...all, jupyter_server: '1.24.0' } },
    'JupyterLab',
    '4.6.6',
    /jupyter_server 1\.24\.0 is older than 2\.0.*pip install --upgrade/,
  ],
  [
    'an old JupyterLab alone',
    { versions: { jupyterlab: '3.5.0', jupyter_server: '1.24.0' } },
    'JupyterLab',
    '3.5.0',
    /older than 3\.6/,
  ],
  [
    'an old JupyterLab with a good server',
    { versions: { jupyterlab: '2.3.2', jupyter_server: '2.7.0' } },
    'Jupyter Server',
    '2.7.0',
    null,
  ],
  [
    'the classic Notebook',
    { versions: { notebook: '6.5.7' } },
    'Notebook',
    '6.5.7',
    /older than 7\.0.*'\/env\/bin\/python' -m pip install --upgrade notebook/,
  ],
  ['no server at all', { versions: { jupyterlab: '4.0.0' } }, 'JupyterLab', '4.0.0', /lacks jupyter_server/],
  ['a broken interpreter', { problem: 'It does not work: x' }, 'JupyterLab', '4.6.6', /It does not work: x/],
])('%s', (_name, change, title, version, problem) => {
  const found = foundServer(environment(change));
  expect(found).toMatchObject({ title, version });
  if (problem === null) expect(found?.problem).toBeNull();
  else expect(found?.problem).toMatch(problem);
});

test('nothing of Jupyter is nothing, unless it could not be looked into', () => {
  expect(foundServer(environment({ versions: {} }))).toBeNull();
  expect(foundServer(environment({ versions: {}, problem: 'too slow' }))).toMatchObject({
    title: 'Python',
    problem: 'too slow',
  });
});

test('an id stays between two looks and differs between places', () => {
  const id = (location: string): string | undefined => foundServer(environment({ location }))?.id;
  expect(id('/a')).toBe(id('/a'));
  expect(id('/a')).not.toBe(id('/b'));
  expect(id('/a')).toMatch(/^jupyter-[0-9a-f]{12}$/);
});

test('best first: what works, what was chosen, then the newest', () => {
  const list = [
    environment({ location: '/broken', rank: 0, problem: 'x' }),
    environment({ location: '/old', rank: 5, versions: { jupyterlab: '4.9.0', jupyter_server: '2.0' } }),
    environment({ location: '/new', rank: 5, versions: { jupyterlab: '4.10.0', jupyter_server: '2.0' } }),
    environment({ location: '/server', rank: 5, versions: { jupyter_server: '9.0' } }),
    environment({ location: '/path', rank: 3 }),
    environment({ location: '/active', rank: 1 }),
  ];
  expect(bestFirst(list).map(found => found.location)).toEqual([
    '/active',
    '/path',
    '/new',
    '/old',
    '/server',
    '/broken',
  ]);
});

test('what came with the folder says so, and is listed after whatever the user chose', () => {
  const list = [
    environment({ location: '/folder/.venv', rank: 6, fromFolder: true }),
    environment({ location: '/own', rank: 5, versions: { jupyter_server: '2.0' } }),
  ];
  expect(bestFirst(list).map(({ location, fromFolder }) => [location, fromFolder])).toEqual([
    ['/own', undefined],
    ['/folder/.venv', true],
  ]);
});
