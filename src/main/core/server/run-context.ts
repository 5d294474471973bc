import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import { GatehouseError } from '../errors.ts';
import type { RunContext } from '../ports.ts';
import { mintSecret } from '../secret.ts';
import { makeFolder } from '../make-folder.ts';

/** A folder of a run may be this long (bytes), so that the path of a Unix socket in it fits into 104. */
const maxFolderLength = 80;

export interface RunNames {
  /** The folder's name in the run root. */
  readonly name: string;
  /** Says which processes belong to the run. Not a secret. */
  readonly marker: string;
  readonly directory: string;
}

export function nameRun(runRoot: string): RunNames {
  const name = randomBytes(5).toString('hex');
  return { name, marker: randomBytes(16).toString('hex'), directory: join(runRoot, name) };
}

/**
 * Stops this: on a shared computer somebody has made our folder before us and reads the sockets and secrets
 * in it.
 * @throws GatehouseError `run-folder-failed`
 */
export async function prepareRunRoot(runRoot: string): Promise<void> {
  try {
    await makeFolder(runRoot);
    const status = await lstat(runRoot);
    const uid = process.getuid?.();
    if (!status.isDirectory()) throw new Error('it is not a folder');
    if (uid !== undefined && status.uid !== uid) throw new Error('it belongs to another account');
    if (uid !== undefined && (status.mode & 0o077) !== 0) throw new Error('other accounts may enter it');
  } catch (cause) {
    throw folderFailed(runRoot, cause);
  }
}

/** @throws GatehouseError `run-folder-failed` */
export async function makeRunContext(
  names: RunNames,
  who: { readonly serverId: string; readonly folder: string; readonly user: string },
): Promise<RunContext> {
  await checkFolder(who.folder);
  try {
    await mkdir(names.directory, { mode: 0o700 });
  } catch (cause) {
    throw folderFailed(names.directory, cause);
  }
  return {
    ...who,
    // The launcher, which knows the trusted folders, says otherwise.
    folderTrusted: false,
    directory: names.directory,
    canUseSockets: process.platform !== 'win32' && Buffer.byteLength(names.directory) <= maxFolderLength,
    port: await getPort({ host: '127.0.0.1' }),
    // get-port does not give the same one twice within seconds.
    secondPort: await getPort({ host: '127.0.0.1' }),
    secret: mintSecret(),
  };
}

/** Told here in plain words; the system would say "no such file" about the program. */
async function checkFolder(folder: string): Promise<void> {
  const status = await stat(folder).catch(() => null);
  if (status?.isDirectory() === true) return;
  throw new GatehouseError(
    'no-such-folder',
    `The working folder "${folder}" does not exist or cannot be opened.`,
    {
      nextStep: 'Make the folder, or choose another one.',
      kind: 'not-found',
    },
  );
}

/** Never throws: a folder that cannot be removed now is removed at the next start, by its record. */
export async function removeRunContext(directory: string): Promise<boolean> {
  return rm(directory, { recursive: true, force: true, maxRetries: 3 }).then(
    () => true,
    () => false,
  );
}

function folderFailed(path: string, cause: unknown): GatehouseError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new GatehouseError(
    'run-folder-failed',
    `The private folder "${path}" for a run cannot be used: ${why}.`,
    {
      nextStep: 'Check that there is space on the disk and that the folder belongs to you alone (mode 0700).',
      cause,
    },
  );
}
