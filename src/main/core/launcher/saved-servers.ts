import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { StartRequest } from '../../../shared/model.ts';
import { startRequestSchema } from '../calls.ts';
import { GatehouseError } from '../errors.ts';
import { readTextIfPresent, writeFileAtomic } from '../files.ts';
import type { MayWrite } from '../home/home-lock.ts';
import type { Log } from '../ports.ts';
import { createKeyedMutex } from '../keyed-mutex.ts';

/**
 * What is remembered of a server between two runs: no secret, no process, and no host label. A label is good
 * only while the listener it was made for stays open (`newHostLabel`), so it must not be here.
 */
export interface SavedServer {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly origin: string;
  /** Absolute. */
  readonly folder: string;
  /** Port of its local listener the last time, asked for first at the next start; null before the first. */
  readonly port: number | null;
  /** Port of its share listener the last time, and where it listened; absent before the first. */
  readonly sharePort?: number | undefined;
  readonly shareListen?: string | undefined;
  /** Its owner said which installation; absent or false: the best one was taken. */
  readonly chosen?: boolean | undefined;
  readonly request: StartRequest;
}

const label = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const savedSchema = z.object({
  id: label,
  name: z.string(),
  title: z.string(),
  origin: z.string(),
  folder: z.string(),
  port: z.int().min(1).max(65_535).nullable(),
  sharePort: z.int().min(1).max(65_535).optional(),
  shareListen: z.string().max(120).optional(),
  chosen: z.boolean().optional(),
  request: startRequestSchema,
});

/** Bytes; far above what any person starts. */
const fileLimit = 4 * 1024 * 1024;

export interface SavedServers {
  all(): readonly SavedServer[];
  put(server: SavedServer): Promise<void>;
  remove(id: string): Promise<void>;
}

/**
 * Reads `servers.json` of the state folder, and reads it again before each write: what another command has
 * changed since stays changed. What cannot be read is left out with a warning; a file that is not JSON is
 * kept aside.
 */
export async function openSavedServers(
  stateFolder: string,
  log: Log,
  mayWrite: MayWrite = async () => {},
): Promise<SavedServers> {
  const path = join(stateFolder, 'servers.json');
  const read = async (): Promise<Map<string, SavedServer>> =>
    new Map((await readServers(path, log)).map(server => [server.id, server]));
  const servers = await read();
  const runExclusive = createKeyedMutex();
  const change = (what: (servers: Map<string, SavedServer>) => void): Promise<void> => {
    // Known at once, also where it cannot be saved.
    what(servers);
    return runExclusive('write', async () => {
      await mayWrite();
      const fresh = await read();
      what(fresh);
      await writeFileAtomic(path, `${JSON.stringify([...fresh.values()], null, 2)}\n`);
    });
  };
  return {
    all: () => [...servers.values()],
    put: server => change(all => void all.set(server.id, server)),
    remove: id => change(all => void all.delete(id)),
  };
}

async function readServers(path: string, log: Log): Promise<readonly SavedServer[]> {
  try {
    const text = await readTextIfPresent(path, fileLimit);
    if (text === null) return [];
    const entries = z.array(z.unknown()).parse(JSON.parse(text));
    return entries.flatMap(entry => {
      const parsed = savedSchema.safeParse(entry);
      if (!parsed.success) log.warn('A remembered server could not be read and is left out.', { path });
      return parsed.success ? [parsed.data] : [];
    });
  } catch (error) {
    // Somebody else's, or a disk that does not answer: it may be whole.
    if (error instanceof GatehouseError) throw error;
    const aside = `${path}.broken-${Date.now()}`;
    await rename(path, aside).catch(() => {});
    log.warn('The remembered servers could not be read; the list starts empty.', {
      keptAs: aside,
      path,
      error: String(error),
    });
    return [];
  }
}
