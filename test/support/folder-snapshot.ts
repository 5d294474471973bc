/* What stands on the disk below a folder, for tests that something leaves it as it is. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * One line for each name, in order: kind and permissions, size, time of the last change. Times of reading are
 * left out.
 */
export async function snapshot(...folders: readonly string[]): Promise<readonly string[]> {
  const lines = await Promise.all(folders.map(folder => linesOf(folder)));
  return lines.flat().toSorted();
}

async function linesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const lines = await Promise.all(
    ['', ...names].map(async name => {
      const path = join(folder, name);
      const found = await lstat(path, { bigint: true }).catch(() => null);
      return found === null ? null : `${path} ${found.mode.toString(8)} ${found.size} ${found.mtimeNs}`;
    }),
  );
  return lines.filter(line => line !== null);
}

/** Lines that one has and the other has not, with `+` and `-`. */
export function differences(before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...after.filter(line => !before.includes(line)).map(line => `+ ${line}`),
    ...before.filter(line => !after.includes(line)).map(line => `- ${line}`),
  ];
}

/** Resolves with a snapshot that was the same twice: what a server does after its start is over. */
export async function settled(...folders: readonly string[]): Promise<readonly string[]> {
  const end = Date.now() + 60_000;
  let before = await snapshot(...folders);
  let same = 0;
  while (same < 3) {
    if (Date.now() > end) throw new Error('The folders do not come to rest.');
    await new Promise(done => setTimeout(done, 300));
    const now = await snapshot(...folders);
    same = differences(before, now).length === 0 ? same + 1 : 0;
    before = now;
  }
  return before;
}
