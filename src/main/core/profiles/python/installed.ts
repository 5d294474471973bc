import { readdir, readFile, stat } from 'node:fs/promises';
import { pathsOf } from './interpreter.ts';

/** What lies in an environment, as far as its folders tell. */
export interface Installed {
  /** Version by distribution name, in lower case and with underscores. */
  readonly versions: ReadonlyMap<string, string>;
  /** Distributions that somebody asked for by name, not as a dependency (PEP 376 REQUESTED). */
  readonly requested: ReadonlySet<string>;
  /** Folders whose change means that something was installed or removed. */
  readonly folders: readonly string[];
  /** Packages may also come from somewhere that only the interpreter knows. */
  readonly open: boolean;
}

const jupyter: ReadonlySet<string> = new Set(['jupyterlab', 'notebook', 'jupyter_server']);

/**
 * Looks for packages without running Python: the names of `.dist-info` folders carry name and version.
 * @param wanted distribution names, in lower case and with underscores; Jupyter's own when absent
 */
export async function installedIn(
  location: string,
  home: string,
  platform: NodeJS.Platform,
  wanted = jupyter,
): Promise<Installed> {
  const paths = pathsOf(platform);
  const configuration = await smallText(paths.join(location, 'pyvenv.cfg'));
  const seesOutside =
    configuration === null || /^\s*include-system-site-packages\s*=\s*true/im.test(configuration);
  const folders = await packageFolders(location, home, platform, seesOutside);
  const versions = new Map<string, string>();
  const requested = new Set<string>();
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      // The version is shown: nothing that a terminal would obey.
      const match = /^([\w.-]+?)-([\w.+!]+)\.dist-info$/.exec(name);
      const distribution = match?.[1]?.toLowerCase().replaceAll('-', '_') ?? '';
      if (match?.[2] === undefined || !wanted.has(distribution) || versions.has(distribution)) continue;
      versions.set(distribution, match[2]);
      if (await exists(paths.join(folder, name, 'REQUESTED'))) requested.add(distribution);
    }
  }
  return { versions, requested, folders, open: configuration !== null && seesOutside };
}

/**
 * A folder that nobody has chosen may hold a link to a device that never ends, or a pipe that never begins.
 */
async function smallText(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile() || found.size > 64 * 1024) return null;
  return readFile(path, 'utf8').catch(() => null);
}

async function packageFolders(
  location: string,
  home: string,
  platform: NodeJS.Platform,
  outside: boolean,
): Promise<string[]> {
  const paths = pathsOf(platform);
  if (platform === 'win32') return onlyThere([paths.join(location, 'Lib', 'site-packages')]);
  const folders: string[] = [];
  for (const library of ['lib', 'lib64', 'local/lib']) {
    const names = await readdir(paths.join(location, library)).catch(() => []);
    for (const name of names.filter(name => /^python3(\.\d+)?$/.test(name))) {
      folders.push(
        paths.join(location, library, name, 'site-packages'),
        paths.join(location, library, name, 'dist-packages'),
      );
      // `pip install --user` puts packages there; an environment that is closed does not see them.
      if (outside) folders.push(paths.join(home, '.local', 'lib', name, 'site-packages'));
    }
  }
  return onlyThere([...new Set(folders)]);
}

async function onlyThere(folders: readonly string[]): Promise<string[]> {
  const there = await Promise.all(folders.map(exists));
  return folders.filter((_folder, index) => there[index] === true);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
