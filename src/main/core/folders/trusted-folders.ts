import { realpath, rename, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { z } from 'zod';
import type { FolderTrust } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import { readTextIfPresent, writeFileAtomic } from '../files.ts';
import type { MayWrite } from '../home-lock.ts';
import type { Log } from '../ports.ts';
import { createTurns } from '../turns.ts';
import { noSuchFolder } from './check-folder.ts';
import { isWithin, judgeFolder, type FolderAnswer, type FolderFacts, type FolderVerdict } from './trust.ts';

export interface TrustedFoldersOptions {
  readonly stateFolder: string;
  /** Home folder of the owner. */
  readonly home: string;
  /** User id of this account; null on Windows. */
  readonly uid: number | null;
  /** Folders that a setting names; asked for at each look. */
  readonly bySetting: () => readonly string[];
  readonly log: Log;
  readonly mayWrite?: MayWrite;
}

/** What its owner said of the folders that servers are opened on. */
export interface TrustedFolders {
  /** Looks at a folder as it is now. Throws nothing: what cannot be looked at is not trusted. */
  look(folder: string): Promise<FolderTrust>;
  /**
   * Remembers what its owner said. Refuses with `no-such-folder` (kind `not-found`), with `folder-open-to-others` (kind `refused`) where another account
   * can put files into it, or with `write-failed`.
   */
  answer(folder: string, trusted: boolean): Promise<FolderTrust>;
  /** Everything that was answered or set, by path. */
  list(): Promise<readonly FolderTrust[]>;
}

const entrySchema = z.object({
  path: z.string().min(1).max(4096),
  trusted: z.boolean(),
  owner: z.int().min(0).nullable(),
});
type Entry = z.infer<typeof entrySchema>;

/** Bytes; some 20,000 folders. */
const fileLimit = 4 * 1024 * 1024;

/** Keeps the answers in `trusted-folders.json` of the state folder, which is read again before each write: another process may have written. */
export function openTrustedFolders(options: TrustedFoldersOptions): TrustedFolders {
  const file = join(options.stateFolder, 'trusted-folders.json');
  const inTurn = createTurns();
  const { mayWrite = async () => {} } = options;
  const save = async (entry: Entry): Promise<void> => {
    await mayWrite();
    const entries = (await readEntries(file, options.log)).filter(({ path }) => path !== entry.path);
    await writeFileAtomic(file, `${JSON.stringify([...entries, entry], null, 2)}\n`);
  };
  const drop = async (folder: string): Promise<boolean> => {
    await mayWrite();
    const entries = await readEntries(file, options.log);
    const rest = entries.filter(({ path }) => path !== folder);
    if (rest.length < entries.length) await writeFileAtomic(file, `${JSON.stringify(rest, null, 2)}\n`);
    return rest.length < entries.length;
  };
  const judge = async (facts: FolderFacts): Promise<FolderVerdict> => {
    const [entries, set, home] = await Promise.all([
      readEntries(file, options.log).catch(() => []),
      settled(options.bySetting()),
      realpath(options.home).catch(() => options.home),
    ]);
    return judgeFolder(facts, { answers: [...entries, ...set], home, uid: options.uid, separator: sep });
  };
  const look = async (folder: string): Promise<FolderTrust> => {
    const facts = await factsOf(folder, options.uid).catch(() => null);
    if (facts === null) return { path: folder, trusted: false, verdict: 'unknown', by: null, isHome: false };
    const home = await realpath(options.home).catch(() => options.home);
    return described(facts.path, await judge(facts), isWithin(home, facts.path, sep));
  };
  return {
    look,
    answer: async (folder, trusted) => {
      const facts = await factsOf(folder, options.uid).catch(() => null);
      if (facts === null) {
        // What is unpacked there one day must not be trusted for what was there before.
        if (!trusted && (await inTurn('save', () => drop(folder)))) return look(folder);
        throw noSuchFolder(folder);
      }
      if (trusted && facts.open) throw openToOthers(facts.path);
      await inTurn('save', () => save({ path: facts.path, trusted, owner: facts.owner }));
      return look(facts.path);
    },
    list: async () => {
      const paths = [...(await readEntries(file, options.log)), ...(await settled(options.bySetting()))];
      const unique = [...new Set(paths.map(({ path }) => path))].toSorted();
      return Promise.all(unique.map(look));
    },
  };
}

function described(path: string, verdict: FolderVerdict, isHome: boolean): FolderTrust {
  const trusted = verdict.kind === 'trusted';
  return { path, trusted, verdict: verdict.kind, by: trusted ? verdict.by : null, isHome };
}

/** Throws what the file system throws. */
async function factsOf(folder: string, uid: number | null): Promise<FolderFacts> {
  const path = await realpath(folder);
  const facts = await stat(path);
  if (!facts.isDirectory()) throw new TypeError(`${path} is not a folder`);
  if (uid === null) return { path, owner: null, open: false };
  return { path, owner: facts.uid, open: (facts.mode & 0o002) !== 0 || (await replaceable(path)) };
}

/** Whether every account may rename the folder or one above it. The sticky bit of /tmp forbids that. */
async function replaceable(path: string): Promise<boolean> {
  for (let above = dirname(path); ; above = dirname(above)) {
    const { mode } = await stat(above);
    if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0) return true;
    if (above === dirname(above)) return false;
  }
}

async function settled(folders: readonly string[]): Promise<readonly FolderAnswer[]> {
  const real = await Promise.all(folders.map(folder => realpath(folder).catch(() => null)));
  return real.flatMap(path => (path === null ? [] : [{ path, trusted: true, owner: null }]));
}

/** What cannot be read is left out with a warning: then a folder is asked about once more. A file that is not JSON is kept aside. */
async function readEntries(file: string, log: Log): Promise<readonly Entry[]> {
  try {
    const text = await readTextIfPresent(file, fileLimit);
    if (text === null) return [];
    return z
      .array(z.unknown())
      .parse(JSON.parse(text))
      .flatMap(entry => {
        const parsed = entrySchema.safeParse(entry);
        if (!parsed.success) log.warn('An answer about a folder could not be read.', { file });
        return parsed.success ? [parsed.data] : [];
      });
  } catch (error) {
    // Somebody else's, or a disk that does not answer: it may be whole.
    if (error instanceof GatehouseError) throw error;
    const aside = `${file}.broken-${Date.now()}`;
    await rename(file, aside).catch(() => undefined);
    log.warn('The trusted folders could not be read; no folder is trusted.', {
      keptAs: aside,
      file,
      error: String(error),
    });
    return [];
  }
}

function openToOthers(folder: string): GatehouseError {
  return new GatehouseError(
    'folder-open-to-others',
    `${folder} cannot be trusted: every account of this computer can put files into it, or replace a folder above it.`,
    { kind: 'refused', nextStep: `Forbid that (\`chmod o-w\`), or use a folder of your own.` },
  );
}
