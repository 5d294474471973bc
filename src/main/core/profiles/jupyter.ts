import { join } from 'node:path';
import type { ProfileName } from '../../../shared/model.ts';
import type { Log, Profile } from '../ports.ts';
import type { Variables } from '../variables.ts';
import { bestFirst } from './jupyter/found.ts';
import { planJupyter } from './jupyter/plan-jupyter.ts';
import { jupyterSharing } from './jupyter/roles/offers.ts';
import { managedJupyter } from './managed/setup.ts';
import { findAndPlan } from './common/find-and-plan.ts';
import { shimOf, type ProfileKind } from './kind.ts';
import { findPythonEnvironments } from './python/find-environments.ts';

export interface JupyterProfileOptions {
  /** The user's environment, as the core got it. */
  readonly environment: Variables;
  /** The user's home folder. */
  readonly home: string;
  /** Where Gatehouse keeps what it makes: the managed environment and the cache of the search. */
  readonly dataFolder: string;
  readonly log: Log;
  readonly platform?: NodeJS.Platform;
  /** Folder of gatehouse_launch.py; next to this file when absent. */
  readonly shimFolder?: string;
  /** Folders outside the home where conda may be; the usual ones when absent. */
  readonly condaRoots?: readonly string[];
  /** Whether we run as root, which Jupyter has to be told. */
  readonly asRoot?: boolean;
  /** Seconds until a start is given up, by the settings. */
  readonly readySeconds?: (profile: ProfileName) => number | null | undefined;
}

const title = 'JupyterLab';

export const kind: ProfileKind = {
  name: 'jupyter',
  title,
  aliases: [],
  // A planet with its ring and moons.
  icon: 'M3 9.5C5 6.9 8.200 5.500 12 5.500s7 1.400 9 4c-2-1.300-5.200-2-9-2s-7 .7-9 2zM3 14.500c2 1.300 5.200 2 9 2s7-.7 9-2c-2 2.600-5.200 4-9 4s-7-1.400-9-4zM18.500 2.500a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3zM5 19a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3z',
  file: 'may',
  untrusted:
    'Language servers are off, and a kernel takes nothing from the folder before its first cell is run.',
  order: 10,
  docs: {
    tried: 'JupyterLab 3.6, 4.6; Notebook 7; jupyter_server 2.0',
    credential:
      'a header, read by an identity provider of ours inside the server; clients may use `Authorization: token` and `?token=`',
    notEnforced: 'Routes of extensions are for `full` alone; an editor runs code as you.',
  },
  folderCode: {
    untrusted: 'restricted',
    whenUntrusted:
      'Nothing until you run a cell or open a terminal: no language server is looked for or started, `python -m` of a kernel does not look into the folder, and R enters it after it has started. Kernels of other languages start in the folder as Jupyter starts them.',
    whenTrusted:
      'Language servers start, including those in `node_modules` of the folder; a kernel imports from its folder.',
    tested:
      'JupyterLab 4.6 with IPython and R kernels: some 45 modules, settings, language servers and start files',
  },
  ownVariables: /^JUPYTER|^JPY_/,
  shownCredential: {
    codeSees: 'taken-off',
    how: 'The shim checks each request and each WebSocket before a handler is chosen, keeps the verdict separately, and removes the header.',
    tested:
      'jupyter_server 2.17: an extension, and a port behind jupyter-server-proxy, by HTTP and WebSocket',
  },
  create: options => jupyterProfile({ ...options, shimFolder: shimOf(options, 'jupyter') }),
};

type FoundProfile = Profile & { readonly find: NonNullable<Profile['find']> };

/**
 * JupyterLab 3.6 and later, Notebook 7 and jupyter_server 2, from any Python environment of this computer.
 */
export function jupyterProfile(options: JupyterProfileOptions): FoundProfile {
  const platform = options.platform ?? process.platform;
  const managed = join(options.dataFolder, 'environments', 'jupyter');
  const planOptions = {
    environment: options.environment,
    platform,
    shimFolder: options.shimFolder ?? shimOf({}, 'jupyter'),
    asRoot: options.asRoot ?? process.getuid?.() === 0,
    // JupyterLab answers after 2 s on a quick machine; a cold start from a network folder has been seen to
    // take minutes.
    readySeconds: () => options.readySeconds?.('jupyter') ?? 120,
  };
  const look: FoundProfile['find'] = async ({ fresh, folder, named, signal }) => {
    const environments = await findPythonEnvironments({
      environment: options.environment,
      home: options.home,
      platform,
      managed,
      condaRoots: options.condaRoots,
      folder,
      named,
      cacheFile: join(options.dataFolder, 'cache', 'python-environments.json'),
      fresh,
      signal,
    });
    return bestFirst(environments);
  };
  return {
    name: 'jupyter',
    title,
    ...findAndPlan({
      title,
      canSetUp: true,
      log: options.log,
      look,
      plan: (request, chosen, context) => planJupyter(planOptions, request, chosen, context),
    }),
    sharing: jupyterSharing,
    setup: managedJupyter({ ...options, ...planOptions, location: managed }),
  };
}
