import { expect, test } from 'vitest';
import { adviseJupyter } from '../../../../src/main/core/profiles/jupyter/advice.ts';
import { applications } from '../../../../src/main/core/profiles/jupyter/applications.ts';

const context = { python: '/my env/bin/python', application: applications[0], folder: '/work' };

test.each<[string, RegExp]>([
  [
    "ModuleNotFoundError: No module named 'jupyter_server'",
    /'\/my env\/bin\/python' -m pip install jupyter_server/,
  ],
  ["ModuleNotFoundError: No module named 'jupyterlab'", /pip install jupyterlab$/],
  ["ModuleNotFoundError: No module named 'attr.validators'", /pip install attr$/],
  ['OSError: [Errno 28] No space left on device', /disk is full/],
  [
    '/x/python: error while loading shared libraries: libpython3.11.so.1.0: cannot open shared object file',
    /moved/,
  ],
  ['The port 8888 is already in use.', /took this address first/],
  [
    'ERROR: the Jupyter server could not be started because no available port could be found.',
    /took this address first/,
  ],
  [
    "PermissionError: [Errno 13] Permission denied: '/home/zoe/.local/share/jupyter'",
    /\/home\/zoe\/\.local\/share\/jupyter/,
  ],
  ['[C ServerApp] Bad config encountered during initialization: x', /configuration file/],
  ['ImportError: cannot import name "x" from "jinja2"', /do not fit together/],
  ['MemoryError', /out of memory/],
  ['gatehouse: the upstream secret cannot be read: x', /start again/],
])('%s', (line, wanted) => {
  expect(adviseJupyter(context, ['[I ServerApp] starting', line, ''])).toMatch(wanted);
});

test('attack: the path of an interpreter that is to be pasted into a shell is one word', () => {
  const advice = adviseJupyter({ ...context, python: '/a"$(touch pwned)"/it\'s/python' }, [
    "ModuleNotFoundError: No module named 'jupyterlab'",
  ]);
  expect(advice).toContain(`'/a"$(touch pwned)"/it'\\''s/python' -m pip install jupyterlab`);
});

test('the latest sign counts, and what is not known gets no advice', () => {
  expect(adviseJupyter(context, ['MemoryError', 'No space left on device'])).toMatch(/disk/);
  expect(adviseJupyter(context, ['Segmentation fault'])).toBeNull();
  expect(adviseJupyter(context, [])).toBeNull();
});

test.each([
  "ModuleNotFoundError: No module named 'jupyterlab'",
  "ModuleNotFoundError: No module named 'yaml.x'",
  'ImportError: cannot import name "x" from "jinja2"',
])('%s in an environment of an untrusted folder: no program of it is named', line => {
  expect(adviseJupyter(context, [line])).toContain(`'${context.python}' -m pip`);
  const advice = adviseJupyter({ ...context, python: null }, [line]);
  expect(advice).toMatch(/not trusted, so use another environment/);
  expect(advice).not.toMatch(/-m pip|bin\/python/);
});
