import { realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { FolderTrust } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import type { MayWrite } from '../home/home-lock.ts';
import type { Log } from '../ports.ts';
import { noSuchFolder } from './check-folder.ts';
import { openAnswers } from './trust-file.ts';
import {
  isWithin,
  judgeFolder,
  ownedAbove,
  type FolderAnswer,
  type FolderFacts,
  type FolderVerdict,
  type TrustRules,
} from './trust.ts';

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
   * Remembers what its owner said. Refuses with `no-such-folder` (kind `not-found`), with
   * `folder-open-to-others` (kind `refused`) where another account can put files into it, or with
   * `write-failed`.
   */
  answer(folder: string, trusted: boolean): Promise<FolderTrust>;
  /**
   * Forgets what its owner said of this folder, whether it is still there or not. Refuses with `no-answer`
   * (kind `not-found`).
   */
  forget(folder: string): Promise<FolderTrust>;
  /** Everything that was answered or set, by path. */
  list(): Promise<readonly FolderTrust[]>;
  /**
   * What its owner has to know of the file with the answers, one sentence each: that it was broken and lies
   * beside.
   */
  warnings(): Promise<readonly string[]>;
}

/**
 * Keeps the answers in `trusted-folders.json` of the state folder, which is read again before each write:
 * another process may have written.
 */
export function openTrustedFolders(options: TrustedFoldersOptions): TrustedFolders {
  const file = join(options.stateFolder, 'trusted-folders.json');
  const answers = openAnswers(file, options.log, options.mayWrite);
  const rulesNow = async (): Promise<TrustRules> => {
    const [entries, set, home] = await Promise.all([
      answers.read().catch(() => []),
      settled(options.bySetting()),
      realpath(options.home).catch(() => options.home),
    ]);
    return { answers: [...entries, ...set], home, uid: options.uid, separator: sep };
  };
  const look = async (folder: string): Promise<FolderTrust> => {
    const facts = await factsOf(folder, options.uid).catch(() => null);
    if (facts === null) return gone(folder);
    const rules = await rulesNow();
    return described(facts.path, judgeFolder(facts, rules), isWithin(rules.home, facts.path, sep));
  };
  return {
    look,
    answer: async (folder, trusted) => {
      const facts = await factsOf(folder, options.uid).catch(() => null);
      if (facts === null) {
        // What is unpacked there one day must not be trusted for what was there before.
        if (!trusted && (await answers.drop(folder))) return look(folder);
        throw noSuchFolder(folder);
      }
      const entry = { path: facts.path, trusted, owner: facts.owner };
      if (trusted) refuseExposed(facts, entry, await rulesNow());
      await answers.save(entry);
      return look(facts.path);
    },
    forget: async folder => {
      const real = await realpath(folder).catch(() => folder);
      if ((await answers.drop(real)) || (await answers.drop(folder))) return look(folder);
      const set = await settled(options.bySetting());
      throw noAnswer(
        folder,
        set.some(({ path }) => path === real),
      );
    },
    warnings: () => answers.warnings(),
    list: async () => {
      const paths = [...(await answers.read()), ...(await settled(options.bySetting()))];
      const unique = [...new Set(paths.map(({ path }) => path))].toSorted();
      return Promise.all(unique.map(look));
    },
  };
}

function gone(path: string): FolderTrust {
  return { path, trusted: false, verdict: 'gone', by: null, isHome: false };
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
  if (uid === null) return { path, owner: null, open: false, above: [] };
  const above = await foldersAbove(path);
  // Everybody may rename what lies in a folder that everybody may write to; the sticky bit of /tmp forbids
  // that.
  const open =
    (facts.mode & 0o002) !== 0 || above.some(({ mode }) => (mode & 0o002) !== 0 && (mode & 0o1000) === 0);
  return { path, owner: facts.uid, open, above };
}

/** From the lowest to the root. */
async function foldersAbove(
  path: string,
): Promise<readonly { readonly path: string; readonly owner: number; readonly mode: number }[]> {
  const parent = dirname(path);
  if (parent === path) return [];
  const { uid: owner, mode } = await stat(parent);
  return [{ path: parent, owner, mode }, ...(await foldersAbove(parent))];
}

function refuseExposed(facts: FolderFacts, entry: FolderAnswer, rules: TrustRules): void {
  if (facts.open)
    throw openToOthers(
      facts.path,
      'every account on this computer can put files into it, or replace a folder above it',
      'Forbid that (`chmod o-w`), or use a folder of your own.',
    );
  const third = ownedAbove(facts, entry, rules);
  if (third !== null)
    throw openToOthers(
      facts.path,
      `${third} belongs to another account, which can put another folder in its place`,
      'Move it into a folder of your own.',
    );
}

async function settled(folders: readonly string[]): Promise<readonly FolderAnswer[]> {
  const real = await Promise.all(folders.map(folder => realpath(folder).catch(() => null)));
  return real.flatMap(path => (path === null ? [] : [{ path, trusted: true, owner: null }]));
}

function openToOthers(folder: string, why: string, nextStep: string): GatehouseError {
  return new GatehouseError('folder-open-to-others', `${folder} cannot be trusted: ${why}.`, {
    kind: 'refused',
    nextStep,
  });
}

function noAnswer(folder: string, bySetting: boolean): GatehouseError {
  return new GatehouseError('no-answer', `There is no answer about ${folder} to forget.`, {
    kind: 'not-found',
    nextStep: bySetting
      ? 'The setting folders.trusted names it: change that.'
      : '`gatehouse trust --list` shows the folders that you have answered for.',
  });
}
