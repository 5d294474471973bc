/**
 * The fault: `sudo gatehouse` with the caller's HOME. Root then owns what is written there, and its owner's
 * next start fails with "permission denied", or worse, takes a file that it cannot read for a broken one. So
 * that is refused from the start, and what root has left behind is named together with the command that takes
 * it back.
 */
import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GatehouseError } from '../errors.ts';
import { shellWord } from '../shell-word.ts';
import type { Variables } from '../variables.ts';

/**
 * The folders that are looked at, and whose they must be. Every folder is absolute and for the owner alone
 * (0700).
 */
export interface OwnFolders {
  /**
   * What identifies this installation to the user and to the keychain: GATEHOUSE_HOME, or the user's home.
   */
  readonly home: string;
  /** True when GATEHOUSE_HOME was given. */
  readonly custom: boolean;
  /** settings.json */
  readonly config: string;
  /** What must not be lost: the ledger, the sealed secrets, managed environments. */
  readonly data: string;
  /** Records of servers that run, the lock of the core: what is true of this computer now. */
  readonly state: string;
  readonly logs: string;
  readonly cache: string;
  /** Owner of all this; null on Windows. */
  readonly uid: number | null;
}

/** Says that root is wanted in somebody else's home. */
export const allowSudo = 'GATEHOUSE_ALLOW_SUDO';

/**
 * Refuses with `sudo-home` where sudo (or doas) runs us as root and what we would write lies in a folder of
 * somebody else.
 */
export async function refuseSudoInHome(paths: OwnFolders, environment: Variables): Promise<void> {
  const caller = environment['SUDO_UID'] ?? environment['DOAS_USER'] ?? '';
  if (paths.uid !== 0 || caller === '' || caller === '0' || caller === 'root') return;
  if ((environment[allowSudo] ?? '') !== '') return;
  for (const folder of ours(paths)) {
    const place = await nearestThere(folder);
    if (place === null || place.uid === 0) continue;
    throw new GatehouseError(
      'sudo-home',
      `sudo runs Gatehouse as root in a home that is not root's: root would own what it writes into ${place.path}.`,
      {
        kind: 'refused',
        nextStep: `Run it without sudo; or as root in root's own home, \`sudo -H gatehouse\`; or, where you mean just that, \`sudo ${allowSudo}=1 gatehouse\`.`,
      },
    );
  }
}

/**
 * Refuses with `home-foreign` where a folder of ours, a file in one, or a folder that root made on the way
 * there belongs to somebody else.
 */
export async function refuseForeignParts(paths: OwnFolders): Promise<void> {
  if (paths.uid === null) return;
  const { uid } = paths;
  const found = new Map<string, number>();
  for (const folder of ours(paths)) {
    const above = uid === 0 ? null : await madeByRoot(folder, uid);
    const parts = above === null ? await foreignIn(folder, uid) : [{ path: above, uid: 0 }];
    for (const part of parts) found.set(part.path, part.uid);
  }
  const [first] = found;
  if (first === undefined) return;
  const [path, owner] = first;
  const who = owner === 0 ? 'root, as after `sudo gatehouse`' : `another user (uid ${owner})`;
  throw new GatehouseError('home-foreign', `${path} belongs to ${who}: Gatehouse cannot work with it.`, {
    nextStep: `Take it back: \`sudo chown -R ${uid}:${process.getgid?.() ?? uid} ${outermost([
      ...found.keys(),
    ])
      .map(part => shellWord(part))
      .join(' ')}\`; or set GATEHOUSE_HOME to a folder of your own.`,
  });
}

function ours({ home, custom, config, data, state, logs, cache }: OwnFolders): readonly string[] {
  return [...(custom ? [home] : []), config, data, state, logs, cache];
}

/** What lies in another one of them is left out. */
function outermost(paths: readonly string[]): readonly string[] {
  return paths.filter(path => !paths.some(other => other !== path && path.startsWith(`${other}/`)));
}

interface Part {
  readonly path: string;
  readonly uid: number;
}

/** The folder itself, or what lies in it; sockets and the like are nobody's concern. */
async function foreignIn(folder: string, uid: number): Promise<readonly Part[]> {
  const itself = await ownerOf(folder);
  if (itself === null) return [];
  if (itself !== uid) return [{ path: folder, uid: itself }];
  const names = await readdir(folder).catch(() => []);
  const parts = await Promise.all(
    names.map(async name => ({ path: join(folder, name), uid: await ownerOf(join(folder, name)) })),
  );
  return parts.flatMap(part =>
    part.uid === null || part.uid === uid ? [] : [{ path: part.path, uid: part.uid }],
  );
}

/** The uppermost folder on the way that is root's although the one around it is ours. */
async function madeByRoot(folder: string, uid: number): Promise<string | null> {
  let found: string | null = null;
  for (let path = folder; path !== dirname(path); path = dirname(path)) {
    if ((await ownerOf(path)) === 0 && (await ownerOf(dirname(path))) === uid) found = path;
  }
  return found;
}

async function nearestThere(folder: string): Promise<Part | null> {
  for (let path = folder; ; path = dirname(path)) {
    const uid = await ownerOf(path);
    if (uid !== null) return { path, uid };
    if (path === dirname(path)) return null;
  }
}

async function ownerOf(path: string): Promise<number | null> {
  return lstat(path).then(
    facts => facts.uid,
    () => null,
  );
}
