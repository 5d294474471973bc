import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProfileName } from '../../../shared/model.ts';
import { choose } from '../choose-found.ts';
import type { Log, Profile } from '../ports.ts';
import type { Environment } from './jupyter/command.ts';
import { bestFirst } from './jupyter/found.ts';
import { planJupyter } from './jupyter/plan.ts';
import { jupyterSharing } from './jupyter/roles/offers.ts';
import { managedJupyter } from './managed/setup.ts';
import { findPythonEnvironments } from './python/find.ts';

export interface JupyterProfileOptions {
  /** The user's environment, as the core got it. */
  readonly environment: Environment;
  /** The user's home folder. */
  readonly home: string;
  /** Where Gatehouse keeps what it makes: the managed environment and the cache of the search. */
  readonly dataFolder: string;
  readonly log: Log;
  readonly platform?: NodeJS.Platform;
  /** Folder of gatehouse_launch.py; beside this file when absent. */
  readonly shimFolder?: string;
  /** Folders outside the home where conda may be; the usual ones when absent. */
  readonly condaRoots?: readonly string[];
  /** Whether we run as root, which Jupyter has to be told. */
  readonly asRoot?: boolean;
  /** Seconds until a start is given up, by the settings. */
  readonly readySeconds?: (profile: ProfileName) => number | null | undefined;
}

/** JupyterLab 3.6 and later, Notebook 7 and jupyter_server 2, from any Python environment of this computer. */
export function jupyterProfile(options: JupyterProfileOptions): Profile {
  const platform = options.platform ?? process.platform;
  const managed = join(options.dataFolder, 'environments', 'jupyter');
  const planOptions = {
    environment: options.environment,
    platform,
    shimFolder: options.shimFolder ?? join(dirname(fileURLToPath(import.meta.url)), 'jupyter', 'python'),
    asRoot: options.asRoot ?? process.getuid?.() === 0,
    // JupyterLab answers after 2 s on a quick machine; a cold start from a network folder has been seen to take minutes.
    readySeconds: () => options.readySeconds?.('jupyter') ?? 120,
  };
  const find: Profile['find'] = async ({ fresh, folder, signal }) => {
    try {
      const environments = await findPythonEnvironments({
        environment: options.environment,
        home: options.home,
        platform,
        managed,
        condaRoots: options.condaRoots,
        folder,
        cacheFile: join(options.dataFolder, 'cache', 'python-environments.json'),
        fresh,
        signal,
      });
      return bestFirst(environments);
    } catch (error) {
      options.log.error('Looking for Jupyter failed.', { error });
      return [];
    }
  };
  return {
    name: 'jupyter',
    find,
    plan: async (request, found, place) => {
      const signal = AbortSignal.timeout(30_000);
      const chosen = found ?? choose(await find({ fresh: false, folder: place.folder, signal }), undefined);
      return planJupyter(planOptions, request, chosen, place);
    },
    sharing: jupyterSharing,
    setup: managedJupyter({ ...options, ...planOptions, location: managed }),
  };
}
