/** What somebody dropped on a window or named on the command line: a folder or a notebook. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Dropped } from '../../shared/window.ts';

const openable = /\.(?:ipynb|py|md|r|jl|csv|txt)$/iu;

/** The words after the program (and after the app's folder, where Electron was told one) that are not switches. */
export function targets(argv: readonly string[], isPackaged: boolean): readonly string[] {
  const words = argv.slice(1).filter(word => word !== '' && !word.startsWith('-'));
  return isPackaged ? words : words.slice(1);
}

/** Null for what is not there or cannot be opened in a server. */
export async function readTarget(target: string, workingFolder: string): Promise<Dropped | null> {
  const full = path.resolve(workingFolder, target);
  const found = await stat(full).catch(() => null);
  if (found?.isDirectory() === true) return { folder: full, file: null };
  if (found?.isFile() === true && openable.test(full)) {
    return { folder: path.dirname(full), file: path.basename(full) };
  }
  return null;
}
