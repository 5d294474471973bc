import { lstat, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../files.ts';
import type { Inspection } from './inspect.ts';

const shape = z.strictObject({
  format: z.literal(1),
  environments: z.record(
    z.string(),
    z.strictObject({
      stamp: z.string(),
      result: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('works'), versions: z.record(z.string(), z.string()) }),
        z.strictObject({ kind: z.literal('broken'), reason: z.string() }),
      ]),
    }),
  ),
});

type Entries = z.infer<typeof shape>['environments'];

/**
 * What was learnt of environments, kept between runs. It only saves time: a broken or unwritable file is no
 * error.
 */
export interface InspectionCache {
  get(location: string, stamp: string): Inspection | null;
  /** Not forgotten, though nobody had the time to ask for it. */
  keep(location: string): void;
  set(location: string, stamp: string, result: Inspection): void;
  /** Writes what was asked for since it was opened: an environment that is gone is forgotten. */
  save(): Promise<void>;
}

export async function openCache(path: string): Promise<InspectionCache> {
  const known = await read(path);
  const used: Entries = {};
  let changed = false;
  return {
    get(location, stamp) {
      const entry = known[location];
      if (entry === undefined || entry.stamp !== stamp) return null;
      used[location] = entry;
      return entry.result;
    },
    keep(location) {
      const entry = known[location];
      if (entry !== undefined) used[location] ??= entry;
    },
    set(location, stamp, result) {
      // What was too slow once is asked again: the computer may have been busy.
      if (result.kind === 'too-slow') return;
      used[location] = {
        stamp,
        result: result.kind === 'works' ? { ...result, versions: { ...result.versions } } : result,
      };
      changed = true;
    },
    async save() {
      if (!changed) return;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFileAtomic(path, JSON.stringify({ format: 1, environments: used }));
      } catch {
        // A full disk costs the next search two seconds, and nothing else.
      }
    },
  };
}

async function read(path: string): Promise<Entries> {
  try {
    return shape.parse(JSON.parse(await readFile(path, 'utf8'))).environments;
  } catch {
    return {};
  }
}

/** Changes whenever one of the files does: its time, its size, what it links to, whether it is there. */
export async function stampOf(paths: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    paths.map(async path => {
      const [link, file] = await Promise.all([lstat(path).catch(() => null), stat(path).catch(() => null)]);
      return [path, link?.mtimeMs ?? 0, file?.mtimeMs ?? 0, file?.size ?? 0, file?.ino ?? 0].join(' ');
    }),
  );
  return parts.join('\n');
}
