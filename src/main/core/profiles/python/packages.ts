/**
 * The attack is the one of `find-environments.ts`: an environment that came with a folder must not run
 * because somebody looks. Here nothing is run at all: what is installed is read from the names of folders.
 */
import type { PythonEnvironment } from './find-environments.ts';
import { installedIn } from './installed.ts';
import { interpreterFor } from './interpreter.ts';
import { candidatePlaces, withoutDuplicates } from './candidate-environments.ts';
import type { SearchEnvironment } from './candidate-environments.ts';
import { within } from './within.ts';

/** Milliseconds that one environment may take. */
const patience = 10_000;

/** One environment that has the wanted distribution; nothing of it was run. */
export type PythonPackage = Omit<PythonEnvironment, 'requested' | 'problem' | 'expected'>;

/** Every Python environment with the first of these distributions in it, the best first. Throws nothing. */
export async function findPythonPackages(
  around: SearchEnvironment,
  distributions: readonly [string, ...string[]],
): Promise<PythonPackage[]> {
  const { home, platform } = around;
  const wanted = new Set(distributions);
  const places = await withoutDuplicates(await candidatePlaces(around), platform);
  const found = await Promise.all(
    places.map(({ location, origin, rank, untrusted, interpreter }) => {
      const look = async (): Promise<PythonPackage | null> => {
        const { versions } = await installedIn(location, home, platform, wanted);
        if (!versions.has(distributions[0])) return null;
        const python = await interpreterFor({ location, interpreter }, platform);
        return {
          location,
          origin,
          rank,
          fromFolder: untrusted,
          python,
          interpreter,
          versions: Object.fromEntries(versions),
        };
      };
      // One on a dead disk is left out, and keeps no other waiting.
      return within(patience, null, look());
    }),
  );
  return found.filter(each => each !== null).sort((one, other) => one.rank - other.rank);
}
