import { expect, test } from 'vitest';
import { choose } from '../../../src/main/core/launcher/choose-found.ts';
import { found } from '../../support/fake-ports.ts';

test.each([
  ['the best one that works', [found('broken', { problem: 'it is' }), found('good')], undefined, 'good'],
  ['the one asked for', [found('a'), found('b')], 'b', 'b'],
  ['none that came with the folder', [found('folder', { fromFolder: true }), found('own')], undefined, 'own'],
  [
    'one that came with the folder, by its id',
    [found('folder', { fromFolder: true }), found('own')],
    'folder',
    'folder',
  ],
])('%s is chosen', (_name, all, wanted, id) => expect(choose(all, wanted, 'JupyterLab', true).id).toBe(id));

test.each(['named by its path', 'named by its path; no MATLAB on PATH'])(
  'one found as "%s" is the path',
  origin => {
    expect(choose([found('a'), found('b', { origin })], '/opt/b', 'MATLAB', false).id).toBe('b');
  },
);

test.each([
  ['nothing is installed', [], undefined, 'none-found'],
  ['everything is broken', [found('a', { problem: 'no' })], undefined, 'none-found'],
  ['the one asked for is gone', [found('a')], 'b', 'installation-gone'],
  ['the one asked for is broken', [found('a', { problem: 'no libpython' })], 'a', 'cannot-start'],
])('when %s, that is said', (_name, all, wanted, code) => {
  expect(() => choose(all, wanted, 'JupyterLab', true)).toThrow(
    expect.objectContaining({ code, nextStep: expect.stringMatching(/./) }),
  );
});

test('one that came with the folder is not started unasked, though it is the only one', () => {
  const all = [found('folder', { fromFolder: true }), found('broken', { problem: 'no' })];
  expect(() => choose(all, undefined, 'JupyterLab', true)).toThrow(
    expect.objectContaining({
      // The code that makes the managed environment for `serve`.
      code: 'none-found',
      message: expect.stringMatching(/lies in the opened folder and is not started unless you ask for it/),
      nextStep: expect.stringContaining("--env 'folder'"),
    }),
  );
});
