/** The files of the audit log: `audit.jsonl`, and `audit.000001.jsonl` and so on, which were full. */
import { open, readdir, rename, rm } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { fileError, readTextIfPresent, systemCode } from '../../files.ts';
import type { AuditFile } from './audit-verify.ts';

const current = 'audit.jsonl';
const maxFileBytes = 256_000_000;

/** The operation that a write needs; tests hand in one that fails. */
export interface AuditOperations {
  readonly open: typeof open;
}

/** Names of the full ones, oldest first. */
export async function fullFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw fileError('read-failed', 'Cannot look into', folder, error);
  });
  return names.filter(name => /^audit\.\d{6}\.jsonl$/.test(name)).sort();
}

/** Oldest first. `last` bounds how many. */
export async function readFiles(folder: string, last = Infinity): Promise<readonly AuditFile[]> {
  const files: AuditFile[] = [];
  for (const name of [...(await fullFiles(folder)), current].slice(-last)) {
    const text = await readTextIfPresent(join(folder, name), maxFileBytes);
    if (text !== null) files.push({ name, text });
  }
  return files;
}

/** What is in a file, line by line; nothing where there is none. */
export async function readLines(folder: string, name: string): Promise<readonly string[]> {
  return ((await readTextIfPresent(join(folder, name), maxFileBytes)) ?? '').split('\n');
}

/**
 * Appends and resolves when it would survive a power cut; answers how large the file is then. Half of it may
 * have been written when it throws.
 */
export async function append(folder: string, text: string, operations: AuditOperations): Promise<number> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const flags = O_WRONLY | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0);
  const handle = await operations.open(join(folder, current), flags, 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.datasync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

/** Puts the current file with the full ones. */
export async function turnOver(folder: string): Promise<void> {
  const last = Number((await fullFiles(folder)).at(-1)?.slice(6, 12) ?? 0);
  const name = `audit.${String(last + 1).padStart(6, '0')}.jsonl`;
  await rename(join(folder, current), join(folder, name));
}

export async function removeFile(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { force: true });
}

/** Renames every file to one that is not looked at any more. */
export async function putAllAside(folder: string, stamp: string): Promise<void> {
  for (const { name } of await readFiles(folder)) {
    await rename(join(folder, name), join(folder, name.replace(/^audit/, `foreign-${stamp}-audit`)));
  }
}
