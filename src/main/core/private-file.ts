/**
 * The attack: another program puts a file, or a link to a file elsewhere, at the name under which a secret is
 * about to be written, and reads it or has something overwritten. So such a file is created, never opened: it
 * has mode 0600 from the first moment, and creating it fails with `EEXIST` if anything has that name. Whole
 * files that replace another are `files.ts`.
 */
import { writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';

const exclusive = { mode: 0o600, flag: 'wx' } as const;

export async function createPrivateFile(path: string, content: string): Promise<void> {
  await writeFile(path, content, exclusive);
}

export function createPrivateFileSync(path: string, content: string): void {
  writeFileSync(path, content, exclusive);
}

/** Removes what an earlier run left under that name first. */
export async function recreatePrivateFile(path: string, content: string): Promise<void> {
  await rm(path, { force: true });
  await createPrivateFile(path, content);
}
