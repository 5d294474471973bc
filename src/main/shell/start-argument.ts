/** What somebody dropped on a window or named on the command line: a folder or a notebook. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Dropped } from '../../shared/window.ts';

const openable = /\.(?:ipynb|py|md|r|jl|csv|txt)$/iu;

/**
 * The words after the program (and after the app's folder, where Electron was told one) that are not
 * switches.
 */
export function targets(argv: readonly string[], isPackaged: boolean): readonly string[] {
  const words = argv.slice(1).filter(word => word !== '' && !word.startsWith('-'));
  return isPackaged ? words : words.slice(1);
}

/**
 * A kind of server and perhaps its file, as they stand on the command line. Whether there is such a kind is
 * the core's to say.
 */
export function namedKind(words: readonly string[], workingFolder: string): Dropped | null {
  const [profile = '', file] = words;
  if (!/^[a-z][a-z0-9-]{0,31}$/u.test(profile)) return null;
  if (file === undefined) return { profile, folder: null, file: null };
  const full = path.resolve(workingFolder, file);
  return { profile, folder: path.dirname(full), file: path.basename(full) };
}

/** Null for what is not there or cannot be opened in a server. */
export async function readTarget(target: string, workingFolder: string): Promise<Dropped | null> {
  const full = path.resolve(workingFolder, target);
  const found = await stat(full).catch(() => null);
  if (found?.isDirectory() === true) return { profile: 'jupyter', folder: full, file: null };
  if (found?.isFile() === true && openable.test(full)) {
    return { profile: 'jupyter', folder: path.dirname(full), file: path.basename(full) };
  }
  return null;
}
