import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { programCode } from '../../errors.ts';
import { searchFolders } from '../../search-path.ts';
import { pathsOf } from '../python/interpreter.ts';
import type { Variables } from '../../variables.ts';

export interface ProgramSearch {
  readonly environment: Variables;
  readonly platform: NodeJS.Platform;
  /** Absolute folders to search besides those of PATH. */
  readonly folders?: readonly string[] | undefined;
}

/**
 * Every program of one of these names, each once, in the order of PATH. A relative folder of PATH is not
 * looked into: it would be the opened folder's.
 */
export async function findPrograms(search: ProgramSearch, names: readonly string[]): Promise<string[]> {
  const { environment, platform } = search;
  const paths = pathsOf(platform);
  const windows = platform === 'win32';
  const folders = [
    ...searchFolders(environment, platform),
    ...(search.folders ?? []).filter(folder => paths.isAbsolute(folder)),
  ];
  // No .cmd or .bat: they would need a shell.
  const files = names.map(name => (windows && paths.extname(name) === '' ? `${name}.exe` : name));
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const file of files) {
      const path = paths.join(folder, file);
      if (!(await isProgram(path, windows))) continue;
      const real = await realpath(path).catch(() => path);
      if (!found.has(real)) found.set(real, path);
    }
  }
  return [...found.values()];
}

export async function isProgram(path: string, windows: boolean): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return false;
  return (
    windows ||
    access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
  );
}

export interface VersionAnswer {
  /** The first version number that it printed; null when it printed none. */
  readonly version: string | null;
  /** Why it did not answer, one sentence; null when it did. */
  readonly problem: string | null;
}

/** Asks a program for its version, bounded in time. Throws nothing. */
export function askVersion(
  program: string,
  args: readonly string[],
  environment: Variables,
  signal: AbortSignal,
  /** What is its version in what it prints, where it prints others too; then nothing else is taken for it. */
  pattern?: RegExp,
): Promise<VersionAnswer> {
  const names = ['PATH', 'HOME', 'USERPROFILE', 'SystemRoot', 'LANG', 'NODE_PATH'];
  const env = Object.fromEntries(
    names.flatMap(name => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
  return new Promise(resolve => {
    const options = {
      cwd: '/',
      env,
      timeout: 15_000,
      killSignal: 'SIGKILL',
      maxBuffer: 1024 * 1024,
      signal,
    } as const;
    execFile(program, [...args], options, (error, stdout, stderr) => {
      // Some print a warning first: a version is a number with a dot in it.
      const version = (pattern ?? /(?:^|[^\w.])v?(\d+\.\d+[\w.+-]*)/m).exec(
        `${stdout}\n${error === null ? stderr : ''}`,
      )?.[1];
      const said = pattern === undefined ? stderr : `${stdout}\n${stderr}`;
      if (error === null || version !== undefined) resolve({ version: version ?? null, problem: null });
      else resolve({ version: null, problem: `It does not report its version: ${reasonOf(said, error)}` });
    });
  });
}

/** The program's own last words, short. */
function reasonOf(said: string, error: Error): string {
  const last = said
    .split('\n')
    .map(line => line.trim())
    .findLast(line => line !== '');
  return (last ?? (programCode(error) || error.message)).slice(0, 300);
}
