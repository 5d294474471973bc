import { managedOrigin, namedOrigin } from '../../../../shared/model.ts';
import { readFile, realpath, stat } from 'node:fs/promises';
import { searchFolders } from '../../search-path.ts';
import type { Variables } from '../../variables.ts';
import { pathsOf } from './interpreter.ts';
import { soonBelow, interpretersOfKernels, keptPlaces, smallText } from './remembered-environments.ts';
import { within } from './within.ts';

/** A folder that may be a Python environment, and how it was come by. */
export interface Candidate {
  readonly location: string;
  readonly origin: string;
  /** Lower is better: what the user has chosen goes before what merely exists. */
  readonly rank: number;
  /**
   * It came with a folder that is only being looked at: no code of it may run before the user asks for just
   * this one.
   */
  readonly untrusted: boolean;
  /** Its user named this interpreter of it: an installation may have several. */
  readonly interpreter?: string | undefined;
}

export interface SearchEnvironment {
  readonly environment: Variables;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** The managed environment of Gatehouse; may not exist. */
  readonly managed: string;
  /** Folders outside the home where conda may be; the usual ones when absent. */
  readonly condaRoots?: readonly string[] | undefined;
  /** The folder that is about to be opened. */
  readonly folder: string | undefined;
  /** An environment, or an interpreter of one, that the user names by its path; absolute. */
  readonly named?: string | undefined;
  /**
   * Programs on PATH whose first line names the interpreter that they belong to; Jupyter's own when absent.
   */
  readonly scripts?: readonly string[] | undefined;
}

/** Milliseconds that one source of places, or one folder of PATH, may take. */
const patience = 3000;

const jupyterScripts = ['jupyter-lab', 'jupyter-notebook', 'jupyter-server'] as const;

const usualCondaRoots = ['/opt/conda', '/opt/miniconda3', '/opt/anaconda3', '/opt/miniforge3'] as const;

/**
 * What came with the folder is last: its maker chose it. If the user has too, the other
 * way of finding it wins.
 */
export const ranks = {
  named: 0,
  active: 1,
  project: 1.5,
  conda: 2,
  path: 3,
  managed: 4,
  other: 5,
  folder: 6,
} as const;

/** Every place where Python environments are kept. Reads folders and small files; runs nothing. */
export async function candidatePlaces(around: SearchEnvironment): Promise<Candidate[]> {
  const { environment, folder, managed, platform } = around;
  const paths = pathsOf(platform);
  const chosen: Candidate[] = [];
  const add = (location: string | undefined, origin: string, rank: number, untrusted = false): void => {
    if (location !== undefined && paths.isAbsolute(location))
      chosen.push({ location, origin, rank, untrusted });
  };
  // A folder on a dead network disk keeps its own source waiting, and no other.
  const [named, inside, path, listed, tools, halfMade] = await Promise.all([
    soon(around.named === undefined ? undefined : namedPlace(around.named, platform), undefined),
    inFolder(folder, platform),
    soon<readonly Named[]>(onPath(around), []),
    soon<readonly Named[]>(condaList(around), []),
    kept(around),
    // Half made, or half removed, it counts as none.
    soon(exists(`${managed}.incomplete`), true),
  ]);
  if (named !== undefined)
    chosen.push({ ...named, origin: namedOrigin, rank: ranks.named, untrusted: false });
  for (const [location, origin] of inside) add(location, origin, ranks.folder, true);
  add(environment['VIRTUAL_ENV'], 'VIRTUAL_ENV', ranks.active);
  const conda = environment['CONDA_PREFIX'];
  if (conda !== undefined) add(conda, condaOrigin(conda, paths), ranks.conda);
  for (const [location, origin] of path) add(location, origin, ranks.path);
  if (!halfMade) add(managed, managedOrigin, ranks.managed);
  for (const [location, origin] of listed) add(location, origin, ranks.other);
  for (const [location, origin, forFolder] of tools)
    add(location, origin, forFolder ? ranks.project : ranks.other);
  return chosen;
}

function soon<T>(work: Promise<T> | T, late: T): Promise<T> {
  return within(patience, late, Promise.resolve(work));
}

type Named = readonly [location: string, origin: string];

/**
 * The environments of interpreters on PATH, and of Jupyter programs there that belong to another interpreter.
 */
async function onPath(around: SearchEnvironment): Promise<Named[]> {
  const found = await Promise.all(
    // pyenv's shims are programs of no environment; its versions are looked up by their own list.
    searchFolders(around.environment, around.platform)
      .filter(folder => !/[\\/]shims[\\/]?$/.test(folder))
      .map(folder => within<Named[]>(patience - 500, [], inPathFolder(folder, around))),
  );
  return found.flat();
}

async function inPathFolder(folder: string, around: SearchEnvironment): Promise<Named[]> {
  const paths = pathsOf(around.platform);
  const windows = around.platform === 'win32';
  const found: Named[] = [];
  for (const name of windows ? ['python.exe'] : ['python3', 'python']) {
    const location = await environmentOf(paths.join(folder, name), around.platform);
    if (location !== null) found.push([location, 'PATH']);
  }
  if (windows) return found;
  for (const name of around.scripts ?? jupyterScripts) {
    const interpreter = await shebangOf(paths.join(folder, name));
    const location = interpreter === null ? null : await environmentOf(interpreter, around.platform);
    if (location !== null) found.push([location, `PATH: ${name}`]);
  }
  return found;
}

/** The interpreter in the first line of a script. */
async function shebangOf(script: string): Promise<string | null> {
  const text = await readFile(script, { encoding: 'utf8' }).catch(() => '');
  // pip writes long or spaced paths as a shell script: #!/bin/sh, then '''exec' "/path with space/python"
  // "$0" "$@"
  const match =
    /^#!\/bin\/sh\s*\n'''exec' "?([^"\n]+?)"? "\$0"/.exec(text) ?? /^#!\s*(\/[^\n]*?)\s*\n/.exec(text);
  const interpreter = match?.[1] ?? null;
  return interpreter !== null && /python[\d.]*$/.test(interpreter) ? interpreter : null;
}

/**
 * The environment that an interpreter belongs to: a virtual one is where it was found, any other where it
 * really is.
 */
export async function environmentOf(interpreter: string, platform: NodeJS.Platform): Promise<string | null> {
  const paths = pathsOf(platform);
  const above = (path: string): string => {
    const folder = paths.dirname(path);
    return platform === 'win32' && paths.basename(folder).toLowerCase() !== 'scripts'
      ? folder
      : paths.dirname(folder);
  };
  if (!(await exists(interpreter))) return null;
  const near = above(interpreter);
  if ((await exists(paths.join(near, 'pyvenv.cfg'))) || (await exists(paths.join(near, 'conda-meta'))))
    return near;
  const real = await realpath(interpreter).catch(() => null);
  return real === null ? null : above(real);
}

function condaOrigin(location: string, paths: ReturnType<typeof pathsOf>): string {
  const inside = paths.basename(paths.dirname(location)) === 'envs';
  return `conda: ${inside ? paths.basename(location) : 'base'}`;
}

/**
 * Conda's own list of what it made, and its usual roots, without running conda (which takes a second or two).
 */
async function condaList(around: SearchEnvironment): Promise<Named[]> {
  const { environment, home, platform } = around;
  const paths = pathsOf(platform);
  const list = smallText(paths.join(home, '.conda', 'environments.txt'));
  const ownFolders = environmentFolders(home, paths);
  const known = (await list)
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');
  const usual = ['miniconda3', 'anaconda3', 'miniforge3', 'mambaforge'];
  const roots = [...usual, ...usual.map(name => `opt/${name}`), 'micromamba', '.local/share/mamba']
    .map(name => paths.join(home, name))
    .concat(await rootsOnPath(around))
    .concat(around.condaRoots ?? (platform === 'win32' ? [] : usualCondaRoots))
    .concat([environment['MAMBA_ROOT_PREFIX'] ?? '', environment['CONDA_ROOT'] ?? '']);
  const extra = (environment['CONDA_ENVS_PATH'] ?? environment['CONDA_ENVS_DIRS'] ?? '').split(
    paths.delimiter,
  );
  const holders = [
    ...roots.map(root => (root === '' ? '' : paths.join(root, 'envs'))),
    paths.join(home, '.conda', 'envs'),
    ...(await ownFolders),
    ...extra,
  ];
  const inside = await Promise.all(holders.map(holder => soonBelow(holder, 1, around.platform)));
  return [...known, ...roots, ...inside.flat()].map(
    location => [location, condaOrigin(location, paths)] as const,
  );
}

/** What tools keep, pyenv's nested ones, and what kernels were registered from. */
async function kept(around: SearchEnvironment): Promise<readonly Found[]> {
  const { environment, home, platform } = around;
  const paths = pathsOf(platform);
  const ofPyenv = async (): Promise<readonly Found[]> => {
    const root = environment['PYENV_ROOT'] ?? paths.join(home, '.pyenv');
    const versions = await soonBelow(paths.join(root, 'versions'), 1, platform);
    const nested = await Promise.all(
      versions.map(version => soonBelow(paths.join(version, 'envs'), 1, platform)),
    );
    return nested.flat().map(location => [location, `pyenv: ${paths.basename(location)}`, false] as const);
  };
  const ofKernels = async (): Promise<readonly Found[]> => {
    const found = (await interpretersOfKernels(around)).map(each => environmentOf(each, platform));
    return (await Promise.all(found.map(each => within(500, null, each)))).flatMap(location =>
      location === null ? [] : [[location, 'registered kernel', false] as const],
    );
  };
  const ofTools = async (): Promise<readonly Found[]> =>
    (await keptPlaces(around)).map(
      ({ location, origin, forFolder }) => [location, origin, forFolder] as const,
    );
  const sources = [ofTools(), ofPyenv(), ofKernels()].map(source => soon(source, []));
  return (await Promise.all(sources)).flat();
}

type Found = readonly [location: string, origin: string, forFolder: boolean];

/** Roots of conda and mamba by their own programs: CONDA_EXE, MAMBA_EXE, and `condabin` on PATH. */
async function rootsOnPath({ environment, platform }: SearchEnvironment): Promise<string[]> {
  const paths = pathsOf(platform);
  const programs = [environment['CONDA_EXE'] ?? '', environment['MAMBA_EXE'] ?? ''];
  return [
    ...programs
      .filter(program => paths.isAbsolute(program))
      .map(program => paths.dirname(paths.dirname(program))),
    ...searchFolders(environment, platform)
      .filter(folder => paths.basename(folder) === 'condabin')
      .map(folder => paths.dirname(folder)),
  ];
}

/** `envs_dirs` of the user's `.condarc`: a list of YAML in its two plain forms. */
async function environmentFolders(home: string, paths: ReturnType<typeof pathsOf>): Promise<string[]> {
  const text = await smallText(paths.join(home, '.condarc'));
  const list = /^envs_dirs\s*:\s*(?:\[([^\]]*)\]|((?:\r?\n\s*-[^\n]*)+))/m.exec(text);
  const parts = list?.[1]?.split(',') ?? list?.[2]?.split('\n') ?? [];
  return parts
    .map(part =>
      part
        .trim()
        .replace(/^-\s*/, '')
        .replaceAll(/^["']|["']$/g, '')
        .replace(/^~(?=[\\/])/, home),
    )
    .filter(part => paths.isAbsolute(part));
}

/** What lies in the opened folder itself. */
async function inFolder(folder: string | undefined, platform: NodeJS.Platform): Promise<Named[]> {
  if (folder === undefined) return [];
  const paths = pathsOf(platform);
  const ofPixi = await soonBelow(paths.join(folder, '.pixi', 'envs'), 1, platform);
  return [
    ...['.venv', 'venv', 'env'].map(name => [paths.join(folder, name), `${name} in ${folder}`] as const),
    ...ofPixi.map(location => [location, `pixi ${paths.basename(location)} in ${folder}`] as const),
  ];
}

/** A folder is itself; of an interpreter its environment. */
async function namedPlace(
  path: string,
  platform: NodeJS.Platform,
): Promise<Pick<Candidate, 'location' | 'interpreter'> | undefined> {
  const found = await stat(path).catch(() => null);
  if (found === null) return undefined;
  if (found.isDirectory()) return { location: path };
  const location = await environmentOf(path, platform);
  if (location === null) return undefined;
  const isPython = /^(?:python|pypy)[\d.]*t?(?:\.exe)?$/i.test(pathsOf(platform).basename(path));
  return { location, interpreter: isPython ? path : undefined };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/**
 * One candidate for each environment that really is one; the best way of having found it wins. Links to the
 * same place are one.
 */
export async function withoutDuplicates(
  candidates: readonly Candidate[],
  platform: NodeJS.Platform,
): Promise<Candidate[]> {
  const reals = await Promise.all(
    candidates.map(({ location }) =>
      within(
        patience,
        null,
        realpath(location).catch(() => null),
      ),
    ),
  );
  const seen = new Set<string>();
  return candidates
    .map((candidate, index) => ({ candidate, real: reals[index] ?? null, index }))
    .sort((one, other) => one.candidate.rank - other.candidate.rank || one.index - other.index)
    .flatMap(({ candidate, real }) => {
      const key = platform === 'win32' ? real?.toLowerCase() : real;
      if (key === null || key === undefined || real === null || seen.has(key)) return [];
      seen.add(key);
      return [{ ...candidate, location: real }];
    });
}
