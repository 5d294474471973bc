/* The real way of conda: `conda-meta/state` and scripts of `activate.d`, in a prefix made by hand. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { activated } from '../../../src/main/core/server/conda.ts';
import { silentLog } from '../../support/fake-ports.ts';

let root = '';
let location = '';
const variables = { PATH: '/usr/bin:/bin', HOME: '/tmp', OLD: '1', CONDA_DEFAULT_ENV: 'another' };

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cönda '));
  location = join(root, 'envs', 'geo');
  await mkdir(join(location, 'conda-meta'), { recursive: true });
  await mkdir(join(location, 'etc/conda/activate.d'), { recursive: true });
  const state = { version: 1, env_vars: { GDAL_DATA: '/of/state', OLD: '***unset***' } };
  await writeFile(join(location, 'conda-meta/state'), JSON.stringify(state));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const script = (name: string, text: string) => writeFile(join(location, 'etc/conda/activate.d', name), text);

test('one that its owner chose is activated as conda does it', async () => {
  await script('a.sh', 'export PROJ_DATA="$CONDA_PREFIX/share/proj"; echo hello\n');
  await script('b.sh', 'export CC="$(basename "$PROJ_DATA") cc"; [[ -n $CC ]] && export BASHISM=1\n');
  const { variables: got, said } = await activated({ location, variables, chosen: true, log: silentLog });
  expect(said).toEqual(['The activation scripts of the conda environment printed:', '  | hello']);
  expect(got).toMatchObject({
    PATH: '/usr/bin:/bin',
    CONDA_PREFIX: location,
    CONDA_DEFAULT_ENV: 'geo',
    GDAL_DATA: '/of/state',
    PROJ_DATA: `${location}/share/proj`,
    CC: 'proj cc',
    // Conda's own packages rely on it.
    BASHISM: '1',
  });
});

test('nothing of one that was merely found is run', async () => {
  await script('a.sh', `touch "${root}/ran"; export PROJ_DATA=1\n`);
  const got = await activated({ location, variables, chosen: false, log: silentLog });
  expect(got.said).toEqual([]);
  expect(got.variables).toEqual({
    ...variables,
    CONDA_PREFIX: location,
    CONDA_DEFAULT_ENV: 'geo',
    CONDA_SHLVL: '1',
  });
  await expect(rm(join(root, 'ran'))).rejects.toThrow(/ENOENT/);
});

test('scripts that fail leave what the environment says without them, and are named', async () => {
  await script('a.sh', 'echo "gdal: no such file" >&2; exit 3\n');
  const said: unknown[] = [];
  const log = { ...silentLog, warn: (_text: string, fields?: object) => void said.push(fields) };
  const got = await activated({ location, variables, chosen: true, log });
  expect(got.variables).toMatchObject({ GDAL_DATA: '/of/state', CONDA_DEFAULT_ENV: 'geo' });
  expect(got.said.slice(1)).toEqual([
    '  | gdal: no such file',
    expect.stringContaining(`scripts of ${location} failed`),
  ]);
  expect(said).toMatchObject([{ location }]);
});

test('what conda did not make stays as it is', async () => {
  expect(await activated({ location: root, variables, chosen: true, log: silentLog })).toEqual({
    variables,
    said: [],
  });
});

test('scripts that print without end fill nothing, and the last of it is kept', async () => {
  await script(
    'a.sh',
    'yes a long line of noise | head -c 3000000; echo; echo last words; export PROJ_DATA=1\n',
  );
  const got = await activated({ location, variables, chosen: true, log: silentLog });
  expect(got.variables).toMatchObject({ PROJ_DATA: '1' });
  expect(got.said).toHaveLength(41);
  expect(got.said.at(-1)).toBe('  | last words');
  expect(got.said.join('\n').length).toBeLessThan(10_000);
});

test('what scripts leave in the background keeps nobody waiting', async () => {
  await script('a.sh', 'sleep 1000 & echo said; export PROJ_DATA=1\n');
  const got = await activated({ location, variables, chosen: true, log: silentLog });
  expect(got.variables).toMatchObject({ PROJ_DATA: '1' });
  expect(got.said.at(-1)).toBe('  | said');
});
