/**
 * A conda environment has variables of its own (`conda env config vars`, GDAL_DATA, compilers), and scripts
 * that set more when it is activated. The attack: an environment that was merely found runs its scripts
 * because somebody starts a server. So they run only for one that its owner chose, once a start and bounded.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../ports.ts';
import type { Variables } from '../variables.ts';
import { printing, variablesAfter } from './login-shell.ts';

export interface Activation {
  /** Of the installation; undefined where there is none. */
  readonly location?: string | undefined;
  readonly variables: Variables;
  /** Its owner named it or clicked on it. */
  readonly chosen: boolean | undefined;
  readonly log: Log;
}

const milliseconds = 10_000;
const maxPrinted = 8 * 1024;
const maxLines = 40;
const stateShape = z.object({ env_vars: z.record(z.string(), z.string()).optional() });
/** Written by conda for a variable that is to be unset. */
const unset = '***unset***';

export interface Activated {
  readonly variables: Variables;
  /** What its scripts printed, under a line that says so; nothing where none ran or they were silent. */
  readonly said: readonly string[];
}

/**
 * The variables with those of the environment in them; unchanged where conda did not make it. Bounded in
 * time; throws nothing.
 */
export async function activated({ location, variables, chosen, log }: Activation): Promise<Activated> {
  const nothing = { variables, said: [] };
  if (location === undefined) return nothing;
  const found = await stat(join(location, 'conda-meta')).catch(() => null);
  if (found?.isDirectory() !== true) return nothing;
  const own = {
    ...variables,
    CONDA_PREFIX: location,
    CONDA_DEFAULT_ENV: nameOf(location),
    CONDA_SHLVL: '1',
    PATH: [join(location, 'bin'), variables['PATH'] ?? '/usr/bin:/bin'].join(':'),
  };
  if (chosen !== true) return { variables: { ...own, PATH: variables['PATH'] }, said: [] };
  const withState = { ...own, ...(await stateOf(location)) };
  const after = await afterScripts(location, withState, log);
  return { ...after, variables: { ...after.variables, PATH: variables['PATH'] } };
}

function nameOf(location: string): string {
  return basename(dirname(location)) === 'envs' ? basename(location) : 'base';
}

async function stateOf(location: string): Promise<Record<string, string | undefined>> {
  try {
    const text = await readFile(join(location, 'conda-meta', 'state'), 'utf8');
    const { env_vars: variables = {} } = stateShape.parse(JSON.parse(text));
    return Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, value === unset ? undefined : value]),
    );
  } catch {
    return {};
  }
}

/** In the order and the way of `conda activate`: read by one shell, one after another. */
async function afterScripts(location: string, variables: Variables, log: Log): Promise<Activated> {
  const folder = join(location, 'etc', 'conda', 'activate.d');
  const names = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.sh')).sort();
  if (process.platform === 'win32' || names.length === 0) return { variables, said: [] };
  const script = 'node=$1; print=$2; shift 2; for file; do . "$file"; done >&2; exec "$node" -e "$print"';
  const files = names.map(name => join(folder, name));
  const program = (await stat('/bin/bash').catch(() => null)) === null ? '/bin/sh' : '/bin/bash';
  let printed = '';
  const answer = await variablesAfter({
    program,
    args: mark => ['-c', script, 'activate', process.execPath, printing(mark), ...files],
    variables,
    milliseconds,
    // The last of it names what went wrong.
    heard: text => (printed = (printed + text).slice(-maxPrinted)),
  });
  const said = asLines(printed);
  if (answer.kind === 'variables') return { variables: answer.variables, said };
  log.warn('The activation scripts of a conda environment failed; the server starts without what they set.', {
    location,
    reason: answer.reason,
    nextStep: `Run \`conda activate ${location}\` in a terminal to see what they say.`,
  });
  const end = `The activation scripts of ${location} failed: ${answer.reason}.`;
  return { variables, said: [...said, end] };
}

function asLines(printed: string): readonly string[] {
  const lines = printed.split('\n').filter(line => line.trim() !== '');
  if (lines.length === 0) return [];
  return [
    'The activation scripts of the conda environment printed:',
    ...lines.slice(-maxLines).map(line => `  | ${line}`),
  ];
}
