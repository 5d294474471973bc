/**
 * The attack: where the system gives no private folder for sockets, Gatehouse uses one in /tmp, whose name
 * everybody can work out. Another account makes it first (as a folder, a link or a file); the user cannot
 * remove it, and nothing starts any more. So a name that is not ours is passed over, and the next ones come
 * from a seed in the user's own folder. Nobody knows them before they are used, and who takes one of them
 * later finds that there are more.
 */
import { createHash, randomBytes } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../files.ts';
import type { Paths } from '../paths.ts';
import { createPrivateFileSync } from '../private-file.ts';

const shared = '/tmp';
const furtherNames = 16;

/**
 * The same paths with a runtime folder that is ours alone, made where there is none. Every process of a user
 * and home comes to the same one. Where none can be had, and where the folder is not in /tmp, the paths as
 * they are: `preparePaths` says what is wrong.
 */
export function withPrivateRuntime(paths: Paths): Paths {
  if (paths.uid === null || dirname(paths.runtime) !== shared) return paths;
  const { uid, runtime } = paths;
  const known = readSeed(paths);
  const found = known === null ? null : ours(namesOf(paths, known), uid);
  if (found !== null) return { ...paths, runtime: found };
  if (claim(runtime, uid)) return paths;
  const names = namesOf(paths, known ?? makeSeed(paths));
  const next = ours(names, uid) ?? names.find(name => claim(name, uid));
  return next === undefined ? paths : { ...paths, runtime: next };
}

/** In the order in which they are tried. */
function namesOf({ runtime, uid }: Paths, seed: string | null): readonly string[] {
  if (seed === null) return [runtime];
  const further = Array.from({ length: furtherNames }, (_, index) => {
    const hash = createHash('sha256').update(`${seed} ${index} ${runtime}`).digest('hex').slice(0, 16);
    return join(shared, `gatehouse-${uid}-${hash}`);
  });
  return [runtime, ...further];
}

function ours(names: readonly string[], uid: number): string | null {
  return names.find(name => isOurs(name, uid)) ?? null;
}

/** A real folder, ours, and closed to others: in /tmp nobody else can have made it so, or can remove it. */
function isOurs(folder: string, uid: number): boolean {
  const facts = lstatSync(folder, { throwIfNoEntry: false });
  return facts?.isDirectory() === true && facts.uid === uid && (facts.mode & 0o077) === 0;
}

/** Makes it; false where somebody else was faster. */
function claim(folder: string, uid: number): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') return false;
  }
  return isOurs(folder, uid);
}

function seedPath({ state }: Paths): string {
  return join(state, 'runtime-seed');
}

/** Null where there is none. */
function readSeed(paths: Paths): string | null {
  try {
    const text = readFileSync(seedPath(paths), 'utf8').trim();
    return /^[0-9a-f]{32}$/.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** Never replaced: of several processes that make one, all use the first. Null where it cannot be kept. */
function makeSeed(paths: Paths): string | null {
  const path = seedPath(paths);
  const part = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    mkdirSync(paths.state, { recursive: true, mode: 0o700 });
    createPrivateFileSync(part, `${randomBytes(16).toString('hex')}\n`);
    linkSync(part, path);
  } catch {
    // Another process was faster, or it cannot be written: what is there counts.
  } finally {
    rmSync(part, { force: true });
  }
  return readSeed(paths);
}
