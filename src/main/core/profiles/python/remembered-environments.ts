/*
 * Folders full of environments: where each tool keeps what it makes. Reads folders and small files; runs
 * nothing.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { pathsOf } from './interpreter.ts';
import type { Variables } from '../../variables.ts';
import { within } from './within.ts';

/**
 * Milliseconds that one folder or file may take. Two of them, one after the other, are less than all together
 * may (`candidate-environments.ts`): one on a dead disk hides no other.
 */
const patience = 1200;

export interface Kept {
  readonly location: string;
  readonly origin: string;
  /** Its tool made it for the folder that is about to be opened. */
  readonly forFolder: boolean;
}

interface Around {
  readonly environment: Variables;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly folder: string | undefined;
}

/** Where a tool keeps its environments, and how many folders lie between. */
interface Holder {
  readonly path: string;
  readonly tool: string;
  readonly depth?: number;
}

/**
 * The environments of pyenv, asdf, mise, pipx, uv, poetry, pipenv, hatch, pixi and virtualenvwrapper, and
 * those that kernels were registered from.
 */
export async function keptPlaces(around: Around): Promise<Kept[]> {
  const { folder, platform } = around;
  const real =
    folder === undefined
      ? null
      : soon(
          null,
          realpath(folder).catch(() => null),
        );
  const look = async ({ path, tool, depth = 1 }: Holder): Promise<Kept[]> => {
    const locations = await below(path, depth, platform);
    const made = await real;
    return Promise.all(
      locations.map(async location => ({
        location,
        origin: `${tool}: ${nameOf(location, depth, platform)}`,
        forFolder: made !== null && (await isMadeFor(tool, location, made, platform)),
      })),
    );
  };
  const found = await Promise.all(holdersOf(around).map(holder => within(2 * patience, [], look(holder))));
  return found.flat();
}

function holdersOf({ environment, home, platform }: Around): readonly Holder[] {
  const paths = pathsOf(platform);
  const data = environment['XDG_DATA_HOME'] ?? paths.join(home, '.local', 'share');
  const cache = environment['XDG_CACHE_HOME'] ?? paths.join(home, '.cache');
  const pyenv = paths.join(environment['PYENV_ROOT'] ?? paths.join(home, '.pyenv'), 'versions');
  const asdf = environment['ASDF_DATA_DIR'] ?? paths.join(home, '.asdf');
  const mise = environment['MISE_DATA_DIR'] ?? paths.join(data, 'mise');
  const named = environment['WORKON_HOME'];
  const hatch = environment['HATCH_DATA_DIR'];
  const poetry = environment['POETRY_CACHE_DIR'];
  const local = environment['LOCALAPPDATA'] ?? paths.join(home, 'AppData', 'Local');
  const poetryCaches = [
    paths.join(cache, 'pypoetry'),
    paths.join(home, 'Library', 'Caches', 'pypoetry'),
    ...(platform === 'win32' ? [paths.join(local, 'pypoetry', 'Cache')] : []),
    ...(poetry === undefined ? [] : [poetry]),
  ];
  const hatchData = [
    paths.join(data, 'hatch'),
    paths.join(home, 'Library', 'Application Support', 'hatch'),
    ...(platform === 'win32' ? [paths.join(local, 'hatch')] : []),
    ...(hatch === undefined ? [] : [hatch]),
  ];
  return [
    { path: pyenv, tool: 'pyenv' },
    { path: paths.join(asdf, 'installs', 'python'), tool: 'asdf' },
    { path: paths.join(mise, 'installs', 'python'), tool: 'mise' },
    { path: paths.join(environment['PIPX_HOME'] ?? paths.join(data, 'pipx'), 'venvs'), tool: 'pipx' },
    { path: paths.join(home, '.local', 'pipx', 'venvs'), tool: 'pipx' },
    { path: environment['UV_TOOL_DIR'] ?? paths.join(data, 'uv', 'tools'), tool: 'uv tool' },
    { path: environment['UV_PYTHON_INSTALL_DIR'] ?? paths.join(data, 'uv', 'python'), tool: 'uv python' },
    { path: paths.join(data, 'virtualenvs'), tool: 'pipenv' },
    { path: paths.join(home, '.virtualenvs'), tool: 'virtualenvwrapper' },
    ...(named === undefined ? [] : [{ path: named, tool: 'virtualenvwrapper' }]),
    ...poetryCaches.map(path => ({ path: paths.join(path, 'virtualenvs'), tool: 'poetry' })),
    ...(environment['POETRY_VIRTUALENVS_PATH'] === undefined
      ? []
      : [{ path: environment['POETRY_VIRTUALENVS_PATH'], tool: 'poetry' }]),
    ...hatchData.map(path => ({ path: paths.join(path, 'env', 'virtual'), tool: 'hatch', depth: 3 })),
    { path: paths.join(environment['PIXI_HOME'] ?? paths.join(home, '.pixi'), 'envs'), tool: 'pixi' },
  ];
}

/** Hatch: project/hash/environment. */
function nameOf(location: string, depth: number, platform: NodeJS.Platform): string {
  const paths = pathsOf(platform);
  return depth === 1
    ? paths.basename(location)
    : `${paths.basename(paths.dirname(paths.dirname(location)))} ${paths.basename(location)}`;
}

/**
 * By what the tools write down themselves: pipenv the project's path in a file, poetry and hatch a hash of it
 * in the name.
 */
async function isMadeFor(
  tool: string,
  location: string,
  folder: string,
  platform: NodeJS.Platform,
): Promise<boolean> {
  const paths = pathsOf(platform);
  const hash = createHash('sha256').update(folder).digest('base64url').slice(0, 8);
  switch (tool) {
    case 'poetry':
      return new RegExp(`-${hash}-py\\d`).test(paths.basename(location));
    case 'hatch':
      return paths.basename(paths.dirname(location)) === hash;
    case 'pipenv':
    case 'virtualenvwrapper':
      return (await smallText(paths.join(location, '.project'))).trim() === folder;
    default:
      return false;
  }
}

/**
 * The environments that a kernel was registered from (`ipykernel install`): the interpreter of its command.
 */
export async function interpretersOfKernels({ environment, home, platform }: Around): Promise<string[]> {
  const paths = pathsOf(platform);
  const data = environment['XDG_DATA_HOME'] ?? paths.join(home, '.local', 'share');
  const folders = [
    environment['JUPYTER_DATA_DIR'] ?? paths.join(data, 'jupyter'),
    paths.join(home, 'Library', 'Jupyter'),
    ...(environment['JUPYTER_PATH'] ?? '').split(paths.delimiter),
    ...(platform === 'win32'
      ? [paths.join(environment['APPDATA'] ?? home, 'jupyter')]
      : ['/usr/local/share/jupyter', '/usr/share/jupyter']),
  ].filter(folder => paths.isAbsolute(folder));
  const kernels = await Promise.all(
    folders.map(folder => soonBelow(paths.join(folder, 'kernels'), 1, platform)),
  );
  const found = await Promise.all(
    kernels.flat().map(async kernel => {
      const text = await smallText(paths.join(kernel, 'kernel.json'));
      const interpreter = /"argv"\s*:\s*\[\s*"((?:[^"\\]|\\.)+)"/.exec(text)?.[1];
      if (interpreter === undefined) return [];
      const path = interpreter.replaceAll('\\\\', '\\').replaceAll('\\/', '/');
      return paths.isAbsolute(path) && /python[\d.]*(?:\.exe)?$/i.test(path) ? [path] : [];
    }),
  );
  return [...new Set(found.flat())];
}

export function soonBelow(folder: string, depth: number, platform: NodeJS.Platform): Promise<string[]> {
  return soon([], below(folder, depth, platform));
}

function soon<T>(late: T, work: Promise<T>): Promise<T> {
  return within(patience, late, work);
}

async function below(folder: string, depth: number, platform: NodeJS.Platform): Promise<string[]> {
  if (folder === '') return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const inside = entries
    .filter(entry => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map(entry => pathsOf(platform).join(folder, entry.name));
  if (depth === 1) return inside;
  return (await Promise.all(inside.map(each => below(each, depth - 1, platform)))).flat();
}

/** What is not a small file says nothing: a pipe would never begin. */
export function smallText(path: string): Promise<string> {
  return soon('', textOf(path));
}

async function textOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile() || found.size > 256 * 1024) return '';
  return readFile(path, 'utf8').catch(() => '');
}
