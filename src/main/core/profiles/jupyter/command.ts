/**
 * The attack: a configuration file that somebody talked the user into, or that an old installation left
 * behind, sets a token, switches checks off or listens on the network. Jupyter lets the command line win over
 * every file, so each option that opens the server is named here; gatehouse_traits.py says what becomes of
 * every other, and gatehouse_identity.py checks once more after everything was read.
 */
import { posix } from 'node:path';
import type { RunContext } from '../../ports.ts';
import { pathWith } from '../../search-path.ts';
import type { Variables } from '../../variables.ts';
import { pathsOf, programFolders } from '../python/interpreter.ts';
import type { Application } from './applications.ts';

/**
 * Of the user's environment, what Jupyter and Python read themselves. Never the ones that carry a token or a
 * port.
 */
const keptVariables = [
  'JUPYTER_CONFIG_DIR',
  'JUPYTER_CONFIG_PATH',
  'JUPYTER_DATA_DIR',
  'JUPYTER_PATH',
  'JUPYTER_PREFER_ENV_PATH',
  'JUPYTER_PLATFORM_DIRS',
  'JUPYTERLAB_DIR',
  'JUPYTERLAB_SETTINGS_DIR',
  'JUPYTERLAB_WORKSPACES_DIR',
  'IPYTHONDIR',
  'PYTHONPATH',
  'PYTHONUSERBASE',
  'PYTHONNOUSERSITE',
] as const;

export interface JupyterRun {
  readonly python: string;
  /** Folder of the environment. */
  readonly location: string;
  readonly application: Application;
  /** Folder of gatehouse_launch.py. */
  readonly shimFolder: string;
  readonly context: RunContext;
  readonly asRoot: boolean;
}

/** argv of one run. Holds no secret: any user of the computer may read it. */
export function jupyterCommand(run: JupyterRun): readonly string[] {
  const { context } = run;
  const server = (name: string, value: string): string => `--ServerApp.${name}=${value}`;
  const address = context.canUseSockets
    ? // 8888 is Jupyter's default, which it insists on besides a socket; nothing listens there.
      [server('sock', socketOf(context)), server('sock_mode', '0600'), server('port', '8888')]
    : [server('sock', ''), server('port', String(context.port))];
  return [
    run.python,
    '-u',
    `${run.shimFolder}${run.shimFolder.includes('\\') ? '\\' : '/'}gatehouse_launch.py`,
    run.application.module,
    server('identity_provider_class', 'gatehouse_identity.GatehouseIdentityProvider'),
    ...address,
    server('ip', '127.0.0.1'),
    server('port_retries', '0'),
    server('base_url', '/'),
    server('root_dir', context.folder),
    server('allow_unauthenticated_access', 'False'),
    server('allow_remote_access', 'False'),
    server('allow_origin', ''),
    server('allow_origin_pat', ''),
    server('allow_credentials', 'False'),
    server('disable_check_xsrf', 'False'),
    server('authenticate_prometheus', 'True'),
    server('certfile', ''),
    server('keyfile', ''),
    server('client_ca', ''),
    server('file_to_run', ''),
    server('open_browser', 'False'),
    // "Shut down" in the page would look like a crash; Gatehouse has its own Stop.
    server('quit_button', 'False'),
    ...(run.asRoot ? [server('allow_root', 'True')] : []),
    // jupyter-collaboration keeps the history of its rooms in the server's own folder, which cannot be
    // written to here.
    ...(context.folderTrusted ? [] : [`--SQLiteYStore.db_path=${posix.join(context.directory, 'rooms.db')}`]),
  ];
}

export function socketOf(context: RunContext): string {
  return posix.join(context.directory, 'jupyter.sock');
}

export interface RunFiles {
  readonly secretFile: string;
  readonly runtimeFolder: string;
}

/** What is added to the clean environment: the environment's own programs first, as after activating it. */
export function jupyterEnvironment(
  user: Variables,
  run: Pick<JupyterRun, 'location'> &
    RunFiles & { platform: NodeJS.Platform; isConda: boolean; folderTrusted: boolean },
): Record<string, string> {
  const paths = pathsOf(run.platform);
  const programs = programFolders(run.location, run.platform, run.isConda);
  const kept = keptVariables.flatMap(name => {
    const value = name === 'PYTHONPATH' ? wholePaths(user[name], paths) : user[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    PATH: pathWith(programs, user, run.platform),
    // Another environment that is active where Gatehouse was started would mislead pip and conda in a
    // terminal.
    ...Object.fromEntries(
      ['VIRTUAL_ENV', 'CONDA_PREFIX'].filter(name => user[name] !== undefined).map(name => [name, '']),
    ),
    [run.isConda ? 'CONDA_PREFIX' : 'VIRTUAL_ENV']: run.location,
    // Connection files of kernels hold keys: they belong where nobody else can look.
    JUPYTER_RUNTIME_DIR: run.runtimeFolder,
    GATEHOUSE_UPSTREAM_SECRET_FILE: run.secretFile,
    ...(run.folderTrusted ? { GATEHOUSE_FOLDER_TRUSTED: '1' } : {}),
  };
}

/**
 * The attack: an empty part of PYTHONPATH, as a colon too many leaves it, is the folder that Python is
 * started in.
 */
function wholePaths(value: string | undefined, paths: typeof posix): string | undefined {
  return value
    ?.split(paths.delimiter)
    .filter(part => paths.isAbsolute(part))
    .join(paths.delimiter);
}
