/**
 * Python programs that have no package: a folder with their code, unpacked or cloned, often with a virtual
 * environment in it. The attack is that of `choose-found.ts`: the opened folder looks like one and brings
 * code of its own. So what lies in it is marked, and never the default.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import type { ProfileOptions } from '../kind.ts';
import { findPrograms } from '../common/programs.ts';
import { interpreterOf, pathsOf } from '../python/interpreter.ts';
import type { SimpleSource } from './simple-server.ts';

interface Checkout {
  readonly location: string;
  readonly version: string | null;
  readonly hasPython: boolean;
  /** Lies in the opened folder. */
  readonly fromFolder: boolean;
}

type CheckoutSource = SimpleSource & { readonly kind: 'checkout' };

/** Where its guides put it, then the opened folder and a folder of the same name in it. Each once. */
export async function findCheckouts(
  source: CheckoutSource,
  options: ProfileOptions,
  folder: string | undefined,
): Promise<Checkout[]> {
  const paths = pathsOf(options.platform);
  const known = source.places.map(context => paths.join(options.home, context));
  const names = new Set(source.places.map(context => paths.basename(context)));
  const opened = folder === undefined ? [] : [folder, ...[...names].map(name => paths.join(folder, name))];
  const found = new Map<string, Checkout>();
  for (const [index, location] of [...known, ...opened].entries()) {
    const real = await realpath(location).catch(() => null);
    if (real === null || found.has(real) || !(await hasAll(location, source.marks, options))) continue;
    found.set(real, {
      location,
      version: await versionIn(paths.join(location, source.versionFile)),
      hasPython: (await interpreterBeside(location, options)) !== null,
      fromFolder: index >= known.length,
    });
  }
  return [...found.values()];
}

async function hasAll(
  location: string,
  marks: readonly string[],
  { platform }: ProfileOptions,
): Promise<boolean> {
  const seen = await Promise.all(
    marks.map(mark =>
      stat(pathsOf(platform).join(location, mark)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return seen.every(Boolean);
}

async function versionIn(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^__version__\s*=\s*["'](\d[\w.+-]*)["']/m.exec(text)?.[1] ?? null;
}

/** Its own virtual environment's Python; else the one on PATH. */
export async function interpreterBeside(location: string, options: ProfileOptions): Promise<string | null> {
  const { environment, platform } = options;
  for (const name of ['.venv', 'venv']) {
    const own = await interpreterOf(pathsOf(platform).join(location, name), platform);
    if (own !== null) return own;
  }
  const [onPath] = await findPrograms({ environment, platform }, ['python3', 'python']);
  return onPath ?? null;
}
