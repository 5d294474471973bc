/**
 * Attack: another user makes `/tmp/gatehouse-1000-ab12cd34` before Gatehouse does, and then owns the folder
 * in which the control socket appears. `preparePaths` refuses a runtime folder that is not ours alone (see
 * files.ts); `runtime-folder.ts` finds another one before that.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, posix, win32 } from 'node:path';
import { GatehouseError } from './errors.ts';
import { refuseForeignParts, type OwnFolders } from './home/ownership.ts';
import { ensureExclusiveFolder, ensureFolder, ensurePrivateFolder, refuseSwappable } from './files.ts';

/** Where Gatehouse keeps things. Every folder is absolute and for the owner alone (0700). */
export interface Paths extends OwnFolders {
  /** Sockets. At most 63 bytes long on macOS and 67 elsewhere, so that names of 40 bytes fit under it. */
  readonly runtime: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Bytes for names under the runtime folder, with their slashes. */
const roomForNames = 40;
/** `sun_path` without its final NUL: 104 bytes on macOS and the BSDs, 108 on Linux (unix(7)). */
const socketPathBytes: Readonly<Record<string, number>> = { darwin: 103, freebsd: 103, openbsd: 103 };

/**
 * Decides where everything is kept and makes nothing. Every process of one user has to come to the same
 * answer, whether it was started by the desktop, a terminal or cron: otherwise one does not find the other's
 * socket. So TMPDIR is not asked, and `isThere` (looked at for /run/user/<uid> only) makes up for an
 * XDG_RUNTIME_DIR that is not set. Refuses a relative GATEHOUSE_HOME with kind `usage`.
 */
export function systemPaths(
  environment: Environment,
  platform: NodeJS.Platform,
  homedir: string,
  uid: number | null,
  isThere: (folder: string) => boolean = existsSync,
): Paths {
  const path = platform === 'win32' ? win32 : posix;
  const given = environment['GATEHOUSE_HOME'] ?? '';
  if (given !== '') {
    if (!path.isAbsolute(given)) throw relativeHome();
    return underOneHome(path.resolve(given), platform, uid);
  }
  if (!path.isAbsolute(homedir)) {
    throw new GatehouseError('home-unknown', 'Your home folder is not known (HOME is not set).', {
      nextStep: 'Set GATEHOUSE_HOME to a folder of your own.',
    });
  }
  if (platform === 'win32') return windowsPaths(environment, homedir);
  if (platform === 'darwin') return macPaths(homedir, uid);
  return xdgPaths(environment, platform, homedir, uid, isThere);
}

function relativeHome(): GatehouseError {
  return new GatehouseError('home-relative', 'GATEHOUSE_HOME is not an absolute path.', {
    nextStep: 'Give the whole path, from the root.',
    kind: 'usage',
  });
}

function underOneHome(home: string, platform: NodeJS.Platform, uid: number | null): Paths {
  const path = platform === 'win32' ? win32 : posix;
  return {
    home,
    custom: true,
    config: path.join(home, 'config'),
    data: path.join(home, 'data'),
    state: path.join(home, 'state'),
    logs: path.join(home, 'state', 'logs'),
    cache: path.join(home, 'cache'),
    runtime: runtimeFolder(path.join(home, 'run'), home, platform, uid),
    uid,
  };
}

/** XDG Base Directory Specification 0.8: a relative value is to be ignored. */
function xdgPaths(
  environment: Environment,
  platform: NodeJS.Platform,
  home: string,
  uid: number | null,
  isThere: (folder: string) => boolean,
): Paths {
  const base = (name: string, fallback: string): string => {
    const value = environment[name] ?? '';
    return posix.join(posix.isAbsolute(value) ? value : posix.join(home, fallback), 'gatehouse');
  };
  const state = base('XDG_STATE_HOME', '.local/state');
  const session = sessionFolder(environment, uid, isThere);
  const wanted = session === null ? null : posix.join(session, 'gatehouse');
  return {
    home,
    custom: false,
    config: base('XDG_CONFIG_HOME', '.config'),
    data: base('XDG_DATA_HOME', '.local/share'),
    state,
    logs: posix.join(state, 'logs'),
    cache: base('XDG_CACHE_HOME', '.cache'),
    runtime: runtimeFolder(wanted, home, platform, uid),
    uid,
  };
}

/**
 * XDG_RUNTIME_DIR, unless it is that of another user (`su` and `sudo` may leave it set), or where it would
 * be.
 */
function sessionFolder(
  environment: Environment,
  uid: number | null,
  isThere: (folder: string) => boolean,
): string | null {
  const given = environment['XDG_RUNTIME_DIR'] ?? '';
  const owner = /^\/run\/user\/(\d+)\/?$/.exec(given)?.[1];
  if (posix.isAbsolute(given) && (owner === undefined || Number(owner) === uid)) return given;
  const usual = `/run/user/${uid}`;
  return uid !== null && isThere(usual) ? usual : null;
}

function macPaths(home: string, uid: number | null): Paths {
  const support = posix.join(home, 'Library', 'Application Support', 'Gatehouse');
  return {
    home,
    custom: false,
    config: support,
    data: posix.join(support, 'data'),
    state: posix.join(support, 'state'),
    logs: posix.join(home, 'Library', 'Logs', 'Gatehouse'),
    cache: posix.join(home, 'Library', 'Caches', 'Gatehouse'),
    runtime: runtimeFolder(posix.join(support, 'run'), home, 'darwin', uid),
    uid,
  };
}

function windowsPaths(environment: Environment, home: string): Paths {
  const base = (name: string, fallback: string): string => {
    const value = environment[name] ?? '';
    return win32.join(win32.isAbsolute(value) ? value : win32.join(home, fallback), 'Gatehouse');
  };
  const local = base('LOCALAPPDATA', 'AppData\\Local');
  return {
    home,
    custom: false,
    config: base('APPDATA', 'AppData\\Roaming'),
    data: win32.join(local, 'data'),
    state: win32.join(local, 'state'),
    logs: win32.join(local, 'logs'),
    cache: win32.join(local, 'cache'),
    runtime: win32.join(local, 'run'),
    uid: null,
  };
}

/**
 * The wanted folder if sockets fit into it, else a short one that every process of this user and home works
 * out alike.
 */
function runtimeFolder(
  wanted: string | null,
  home: string,
  platform: NodeJS.Platform,
  uid: number | null,
): string {
  if (platform === 'win32') return wanted ?? win32.join(home, 'run');
  const limit = (socketPathBytes[platform] ?? 107) - roomForNames;
  if (wanted !== null && Buffer.byteLength(wanted) <= limit) return wanted;
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 8);
  return `/tmp/gatehouse-${uid ?? 0}-${hash}`;
}

/** Makes every folder, private, and refuses to go on where one cannot be written or is not ours alone. */
export async function preparePaths(paths: Paths): Promise<void> {
  await refuseForeignParts(paths);
  if (paths.custom) {
    // Before anything in it is made or closed: in a folder that others can write to, each name may lead
    // elsewhere.
    await ensureFolder(paths.home);
    await refuseSwappable(dirname(paths.home), paths.uid);
    await refuseSwappable(paths.home, paths.uid);
  }
  for (const folder of [paths.config, paths.data, paths.state, paths.logs, paths.cache]) {
    await ensurePrivateFolder(folder, paths.uid);
  }
  await ensureExclusiveFolder(paths.runtime, paths.uid);
}
