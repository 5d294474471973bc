/**
 * Attacks: another user of the computer pre-creates a folder or a link under a name that Gatehouse is about
 * to use, and reads or replaces what is put there; a full disk or a cut in mid-write leaves half a file where
 * a whole one was. So: new files are made exclusively with mode 0600 under a random name and renamed over the
 * old one; folders are looked at with `lstat` before they are trusted.
 */
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { access, chmod, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ErrorCode } from '../../shared/error-codes.ts';
import { GatehouseError, systemCode } from './errors.ts';
import { makeFolder } from './make-folder.ts';

export { systemCode } from './errors.ts';

const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space and try again. What was saved before is still there.',
  EDQUOT: 'Your disk quota is used up: free some space and try again. What was saved before is still there.',
  EROFS: 'That disk is read-only: set GATEHOUSE_HOME to a folder that you may write to.',
  EACCES: 'Give yourself the right to write there, or set GATEHOUSE_HOME to a folder of your own.',
  EPERM: 'Give yourself the right to write there, or set GATEHOUSE_HOME to a folder of your own.',
  ENOTDIR: 'A file is in the way where a folder is needed: move it, or set GATEHOUSE_HOME to another folder.',
  EEXIST: 'A file is in the way where a folder is needed: move it, or set GATEHOUSE_HOME to another folder.',
  EMFILE: 'Too many files are open: close some programs or raise the limit (ulimit -n).',
  ENAMETOOLONG: 'The path is too long: set GATEHOUSE_HOME to a shorter one.',
};

/** Turns a system error about a file into a sentence for the user; the original stays as `cause`. */
export function fileError(code: ErrorCode, what: string, path: string, error: unknown): GatehouseError {
  const system = systemCode(error);
  return new GatehouseError(code, `${what} ${path}${system === '' ? '.' : ` (${system}).`}`, {
    nextStep: advice[system] ?? 'Check the disk and the rights on that folder.',
    cause: error,
  });
}

/** The few operations that a write needs; tests hand in ones that fail. */
export interface WriteOperations {
  readonly open: typeof open;
  readonly rename: typeof rename;
}

/**
 * Writes a whole file or nothing: after an error (full disk, cut, crash) the old content is untouched.
 * The file is private (0600) however it was before. Refuses with `write-failed`.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  operations: WriteOperations = { open, rename },
): Promise<void> {
  const temporary = partOf(path);
  try {
    const handle = await operations.open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await operations.rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError('write-failed', 'Cannot save', path, error);
  }
  await syncFolder(dirname(path));
}

/** A name beside the file that nobody can guess, under which its next content is written. */
export function partOf(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.part`;
}

/**
 * Removes what writers of this file left behind when they were killed: parts older than a minute. Throws
 * nothing.
 */
export async function sweepParts(path: string): Promise<void> {
  const start = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(start) || !/^[0-9a-f]{12}\.part$/.test(name.slice(start.length))) continue;
    const part = join(dirname(path), name);
    const facts = await lstat(part).catch(() => null);
    if (facts !== null && Date.now() - facts.mtimeMs > 60_000)
      await rm(part, { force: true }).catch(() => undefined);
  }
}

/** Makes a rename survive a power cut. Not every file system can; the file itself is whole either way. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows and some network file systems refuse to sync a folder.
  }
}

/**
 * The text of a file, or null when there is none. Refuses with `read-failed`, also when it is larger than
 * `maxBytes`; `judge` may refuse the opened file.
 */
export async function readTextIfPresent(
  path: string,
  maxBytes: number,
  judge: (facts: Stats) => void = () => undefined,
): Promise<string | null> {
  try {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const facts = await handle.stat();
      if (!facts.isFile()) {
        throw new GatehouseError('read-failed', `${path} is not a file.`, {
          nextStep: 'Move it out of the way.',
        });
      }
      judge(facts);
      return await readBounded(handle, path, maxBytes);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    if (error instanceof GatehouseError) throw error;
    throw fileError('read-failed', 'Cannot read', path, error);
  }
}

/** Reads no more than one byte over the limit, whatever the file grows to meanwhile. */
async function readBounded(
  handle: Awaited<ReturnType<typeof open>>,
  path: string,
  maxBytes: number,
): Promise<string> {
  const buffer = Buffer.alloc(maxBytes + 1);
  let length = 0;
  while (length <= maxBytes) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) return buffer.toString('utf8', 0, length);
    length += bytesRead;
  }
  throw new GatehouseError('read-failed', `${path} is larger than ${maxBytes} bytes.`, {
    nextStep: 'Move it out of the way; Gatehouse never writes one as large.',
  });
}

/**
 * The one secret in a file that the user names (GATEHOUSE_TOKEN_FILE and the like), without its trailing line
 * end. Refuses a file that others can read or that is somebody else's: what others know is no secret. Links
 * are followed, because service managers hand credentials over as links.
 */
export async function readSecretFile(path: string, uid: number | null): Promise<string> {
  const text = await readTextIfPresent(path, 8192, facts => {
    if (uid !== null) refuseShared(path, facts, uid);
  });
  if (text === null) {
    throw new GatehouseError('secret-file', `There is no file ${path}.`, {
      nextStep: 'Check the path.',
      kind: 'usage',
    });
  }
  return text.replace(/\r?\n$/, '');
}

function refuseShared(path: string, facts: Stats, uid: number): void {
  if (facts.uid !== uid && facts.uid !== 0) {
    throw new GatehouseError('secret-file', `${path} belongs to another user.`, {
      nextStep: 'Use a file of your own with mode 600.',
      kind: 'usage',
    });
  }
  if ((facts.mode & 0o077) !== 0) {
    throw new GatehouseError('secret-file', `${path} can be read or written by other users.`, {
      nextStep: `Take the right from them: chmod 600 ${path}`,
      kind: 'usage',
    });
  }
}

/**
 * Makes a folder with its parents, private where it is new; leaves one that is there as it is. Refuses with
 * `home-unwritable`.
 */
export async function ensureFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    throw fileError('home-unwritable', 'Cannot make the folder', folder, error);
  }
}

/**
 * Makes a folder (with its parents) that only its owner may enter, or takes an existing one of ours and
 * closes it to others. Refuses with `home-unwritable` or `home-foreign`. On Windows (`uid` null) the profile
 * folder's access list does that work.
 */
export async function ensurePrivateFolder(folder: string, uid: number | null): Promise<void> {
  try {
    await makeFolder(folder);
    const facts = await stat(folder);
    if (uid !== null && facts.uid !== uid) throw foreignFolder(folder, facts.uid);
    if (uid !== null && (facts.mode & 0o077) !== 0) await chmod(folder, 0o700);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof GatehouseError) throw error;
    throw fileError('home-unwritable', 'Cannot write to the folder', folder, error);
  }
}

function foreignFolder(folder: string, owner: number): GatehouseError {
  return new GatehouseError('home-foreign', `${folder} belongs to another user (uid ${owner}).`, {
    nextStep: 'Run Gatehouse as that user, or set GATEHOUSE_HOME to a folder of your own.',
  });
}

/**
 * Like `ensurePrivateFolder`, for a folder whose name others can guess and whose parent they can write to
 * (/tmp): here nothing is repaired. It has to be a real folder (no link), ours, and closed to others, and its
 * parent must not let others swap it. Refuses with `runtime-unsafe`.
 */
export async function ensureExclusiveFolder(folder: string, uid: number | null): Promise<void> {
  try {
    await makeFolder(dirname(folder));
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') {
      throw fileError('home-unwritable', 'Cannot make the folder', folder, error);
    }
  }
  await refuseUnlessExclusive(folder, uid);
}

/**
 * The look of `ensureExclusiveFolder` alone, for whoever trusts what lies in the folder. Throws ENOENT where
 * there is none.
 */
export async function refuseUnlessExclusive(folder: string, uid: number | null): Promise<void> {
  if (uid === null) return;
  const facts = await lstat(folder);
  await refuseSwappable(dirname(folder), uid);
  if (!facts.isDirectory()) throw unsafe(folder, 'is not a real folder', 'Remove it');
  if (facts.uid !== uid)
    throw unsafe(folder, `belongs to another user (uid ${facts.uid})`, 'Have it removed');
  if ((facts.mode & 0o077) !== 0) throw unsafe(folder, 'is open to other users', 'Remove it');
}

/**
 * Refuses a folder in which other users could rename or replace what is ours. /tmp passes: its sticky bit
 * forbids that.
 */
export async function refuseSwappable(folder: string, uid: number | null): Promise<void> {
  if (uid === null) return;
  const facts = await stat(folder);
  // Where the login makes a group of one's own for each user, folders are open to that group by default.
  const ownGroup = facts.gid === process.getgid?.();
  const others = ownGroup ? 0o002 : 0o022;
  const open = (facts.mode & others) !== 0 && (facts.mode & 0o1000) === 0;
  if (open || (facts.uid !== uid && facts.uid !== 0)) {
    throw unsafe(folder, 'lets other users replace what is in it', `Forbid that (chmod go-w ${folder})`);
  }
}

function unsafe(folder: string, why: string, what: string): GatehouseError {
  return new GatehouseError('runtime-unsafe', `${folder} ${why}, so Gatehouse puts no socket there.`, {
    nextStep: `${what}, or set GATEHOUSE_HOME to a folder of your own.`,
    kind: 'refused',
  });
}
