import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a private folder with its parents. Not by `mkdir({ recursive: true })`: that asks for ever where a
 * file system answers "no such file" to a folder whose parent is there (an automounter, /proc), and takes a
 * thread with it.
 */
export async function makeFolder(path: string, deepest = 32): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (await isFolder(path)) return;
    const parent = dirname(path);
    if (parent === path || deepest === 0 || (await isFolder(parent))) throw error;
    await makeFolder(parent, deepest - 1);
    await mkdir(path, { mode: 0o700 });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    status => status.isDirectory(),
    () => false,
  );
}
