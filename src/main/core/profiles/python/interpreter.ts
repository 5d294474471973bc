import { readdir, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';

/**
 * The path rules of a platform, which may not be the one that the code runs on (tests of the other's rules).
 */
export function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

/** Where the interpreter of an environment may be, the usual place first. */
export function interpreterNames(location: string, platform: NodeJS.Platform): readonly string[] {
  if (platform === 'win32') {
    return [win32.join(location, 'Scripts', 'python.exe'), win32.join(location, 'python.exe')];
  }
  return ['python', 'python3'].map(name => posix.join(location, 'bin', name));
}

/**
 * What activating an environment puts before PATH. On Windows conda's libraries are in folders of their own,
 * in this order, and a program finds its DLLs by PATH alone.
 */
export function programFolders(
  location: string,
  platform: NodeJS.Platform,
  isConda: boolean,
): readonly string[] {
  if (platform !== 'win32') return [posix.join(location, 'bin')];
  const conda = ['Library\\mingw-w64\\bin', 'Library\\usr\\bin', 'Library\\bin', 'Scripts', 'bin'];
  return [location, ...(isConda ? conda : ['Scripts']).map(folder => win32.join(location, folder))];
}

/**
 * The interpreter of an environment, or null where there is none that exists. Follows links: a dangling one
 * is none.
 */
export async function interpreterOf(location: string, platform: NodeJS.Platform): Promise<string | null> {
  for (const name of interpreterNames(location, platform)) {
    if (await isFile(name)) return name;
  }
  if (platform === 'win32') return null;
  const programs = await readdir(posix.join(location, 'bin')).catch(() => []);
  const numbered = programs.filter(name => /^python3\.\d+$/.test(name)).sort(byMinor);
  for (const name of numbered) {
    if (await isFile(posix.join(location, 'bin', name))) return posix.join(location, 'bin', name);
  }
  return null;
}

/** The one that its user has named, or the environment's own; null where it is not there any more. */
export async function interpreterFor(
  { location, interpreter }: { readonly location: string; readonly interpreter?: string | undefined },
  platform: NodeJS.Platform,
): Promise<string | null> {
  if (interpreter === undefined) return interpreterOf(location, platform);
  return (await isFile(interpreter)) ? interpreter : null;
}

function byMinor(one: string, other: string): number {
  return Number(other.split('.')[1]) - Number(one.split('.')[1]);
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ?? false;
}

/** Whether conda made the environment; its programs are found by CONDA_PREFIX, not VIRTUAL_ENV. */
export async function isCondaEnvironment(location: string, platform: NodeJS.Platform): Promise<boolean> {
  const found = await stat(pathsOf(platform).join(location, 'conda-meta')).catch(() => null);
  return found?.isDirectory() ?? false;
}
