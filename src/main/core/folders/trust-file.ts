import { readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { GatehouseError } from '../errors.ts';
import { readTextIfPresent, writeFileAtomic } from '../files.ts';
import type { MayWrite } from '../home/home-lock.ts';
import type { Log } from '../ports.ts';
import { createKeyedMutex } from '../keyed-mutex.ts';

const entrySchema = z.object({
  path: z.string().min(1).max(4096),
  trusted: z.boolean(),
  owner: z.int().min(0).nullable(),
});
type Entry = z.infer<typeof entrySchema>;

/** Bytes; some 20,000 folders. */
const fileLimit = 4 * 1024 * 1024;

/** The file with what its owner answered, read again before each write: another process may have written. */
export interface Answers {
  read(): Promise<readonly Entry[]>;
  /** Refuses with `write-failed`, as the next one does. */
  save(entry: Entry): Promise<void>;
  /** False where there is none for this path. */
  drop(path: string): Promise<boolean>;
  /** What its owner has to know of the file, one sentence each: that it was broken and was put aside. */
  warnings(): Promise<readonly string[]>;
}

export function openAnswers(file: string, log: Log, mayWrite: MayWrite = async () => {}): Answers {
  const runExclusive = createKeyedMutex();
  const write = async (entries: readonly Entry[]): Promise<void> => {
    await mayWrite();
    await writeFileAtomic(file, `${JSON.stringify(entries, null, 2)}\n`);
  };
  return {
    read: () => readEntries(file, log),
    save: entry =>
      runExclusive('save', async () => {
        const others = (await readEntries(file, log)).filter(({ path }) => path !== entry.path);
        await write([...others, entry]);
      }),
    drop: wanted =>
      runExclusive('save', async () => {
        const entries = await readEntries(file, log);
        const rest = entries.filter(({ path }) => path !== wanted);
        if (rest.length < entries.length) await write(rest);
        return rest.length < entries.length;
      }),
    warnings: () => asideWarnings(file),
  };
}

/**
 * What cannot be read is left out with a warning: then a folder is asked about once more. A file that is not
 * JSON is kept aside.
 */
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

/**
 * Until its owner has taken it away, so that everybody hears of it who asks why a folder is not trusted any
 * more.
 */
async function asideWarnings(file: string): Promise<readonly string[]> {
  const names = await readdir(dirname(file)).catch(() => []);
  return names
    .filter(name => name.startsWith(`${basename(file)}.broken-`))
    .map(
      name =>
        `The list of trusted folders could not be read and was put aside as ${join(dirname(file), name)}; its answers no longer count. Trust your folders again, and delete it.`,
    );
}
