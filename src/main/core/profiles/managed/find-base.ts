import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { searchFolders } from '../../search-path.ts';
import { pathsOf } from '../python/interpreter.ts';
import type { Variables } from '../../variables.ts';

/** A Python that an environment can be made from. */
export interface BasePython {
  readonly path: string;
  readonly minor: number;
}

const oldestMinor = 10;

/** Which of these is best: a version that all packages surely support goes before a brand-new one. Pure. */
export function bestBase(found: readonly BasePython[]): BasePython | null {
  const usable = found.filter(python => python.minor >= oldestMinor);
  const settled = usable.filter(python => python.minor <= 13);
  const newest = (from: readonly BasePython[]): BasePython | null =>
    from.reduce<BasePython | null>(
      (best, next) => (best === null || next.minor > best.minor ? next : best),
      null,
    );
  return newest(settled) ?? newest(usable);
}

/** Looks for a Python 3.10 or later on PATH, in the usual folders and in pyenv. */
export async function findBasePython(options: {
  readonly environment: Variables;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly signal: AbortSignal;
}): Promise<BasePython | null> {
  const paths = pathsOf(options.platform);
  const windows = options.platform === 'win32';
  const folders = searchFolders(options.environment, options.platform)
    .concat(windows ? [] : ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'])
    .filter((folder, index, all) => all.indexOf(folder) === index);
  const inFolders = await Promise.all(folders.map(folder => pythonsIn(folder, windows)));
  const pyenv = paths.join(
    options.environment['PYENV_ROOT'] ?? paths.join(options.home, '.pyenv'),
    'versions',
  );
  const versions = await readdir(pyenv).catch(() => []);
  const fromPyenv = versions
    .filter(version => /^3\.\d+/.test(version))
    .map(version => paths.join(pyenv, version, windows ? 'python.exe' : 'bin/python3'));
  const names = [...inFolders.flat(), ...fromPyenv];
  const found: BasePython[] = [];
  // Four at a time: there may be a dozen, and each takes 20 ms or, on a slow disk, seconds.
  for (let at = 0; at < names.length && !options.signal.aborted; at += 4) {
    const some = await Promise.all(names.slice(at, at + 4).map(name => look(name, options)));
    found.push(...some.filter(python => python !== null));
  }
  return bestBase(found);
}

async function pythonsIn(folder: string, windows: boolean): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const pattern = windows ? /^python3?(\.\d+)?\.exe$/i : /^python3(\.\d+)?$/;
  return names.filter(name => pattern.test(name)).map(name => `${folder}${windows ? '\\' : '/'}${name}`);
}

/** The base of an active environment counts, not the environment: it may be deleted one day. */
const script =
  'import sys; print("gatehouse:%d:%d:%s" % (sys.version_info[0], sys.version_info[1], getattr(sys, "_base_executable", sys.executable)))';

function look(
  python: string,
  options: { readonly environment: Variables; readonly home: string; readonly signal: AbortSignal },
): Promise<BasePython | null> {
  const { environment, home, signal } = options;
  const env = { PATH: environment['PATH'] ?? '', HOME: home, SystemRoot: environment['SystemRoot'] ?? '' };
  return new Promise(resolve => {
    execFile(
      python,
      ['-I', '-c', script],
      { env, timeout: 5000, killSignal: 'SIGKILL', signal },
      (error, stdout) => {
        const match = /^gatehouse:3:(\d+):(.+?)\r?$/m.exec(stdout);
        resolve(
          error !== null || match?.[2] === undefined ? null : { path: match[2], minor: Number(match[1]) },
        );
      },
    );
  });
}
