import type { FoundServer, StartRequest } from '../../../../shared/model.ts';
import { GatehouseError } from '../../errors.ts';
import type { LaunchPlan, RunContext, Upstream } from '../../ports.ts';
import { recreatePrivateFile } from '../../private-file.ts';
import { pathWith } from '../../search-path.ts';
import { adviseByOutput } from '../common/output-advice.ts';
import { shimOf, type ProfileOptions } from '../kind.ts';
import { interpreterFor, isCondaEnvironment, pathsOf, programFolders } from '../python/interpreter.ts';
import { findMatlab } from './find-matlab.ts';
import { askMatlabToStop, proveMatlab, tokenHeader } from './matlab-client.ts';
import { basePathOf, variablesOfServer } from './matlab-variables.ts';

/**
 * Seconds. matlab-proxy itself is there after some; it imports a lot from disks that may be slow. MATLAB is
 * started behind it and not waited for.
 */
const readySeconds = 180;

export async function planMatlab(
  options: ProfileOptions,
  request: StartRequest,
  found: FoundServer,
  context: RunContext,
): Promise<LaunchPlan> {
  const { platform, environment } = options;
  if (request.file !== undefined) throw noFile();
  const python = await usableInterpreter(found, platform);
  const basePath = basePathOf(environment);
  const paths = pathsOf(platform);
  const secretFile = paths.join(context.directory, 'upstream-secret');
  await recreatePrivateFile(secretFile, context.secret.reveal());
  const { port, secret } = context;
  const upstream = upstreamOf(context);
  const hasMatlab =
    environment['MWI_DEV'] !== undefined || (await findMatlab(environment, platform)) !== null;
  return {
    argv: [python, '-u', paths.join(shimOf(options, 'matlab'), 'gatehouse_matlab.py')],
    environment: {
      ...variablesOfServer(environment),
      ...(await pythonVariables(found, options)),
      ...(basePath === '' ? {} : { MWI_BASE_URL: basePath }),
      MWI_APP_PORT: String(port),
      GATEHOUSE_UPSTREAM_SECRET_FILE: secretFile,
      GATEHOUSE_SERVER: context.serverId,
      GATEHOUSE_DOOR: `${context.gatewayOrigin ?? ''}${basePath}`,
    },
    // MATLAB works in the folder in which its server is started.
    folder: context.folder,
    upstream,
    landing: `${basePath}/index.html`,
    prove: (signal, run) => proveMatlab({ port, host: upstream.host, secret, platform }, signal, run),
    askToStop: signal => askMatlabToStop(upstream, basePath, signal),
    busyKernels: null,
    readySeconds: request.readySeconds ?? options.readySeconds('matlab') ?? readySeconds,
    advise: adviseMatlab,
    // Bare, it tells these to everybody who asks.
    preflight: {
      paths: [`${basePath}/get_status`, `${basePath}/get_env_config`, `${basePath}/index.html`],
      sockets: [`${basePath}/`],
    },
    caveat: () => (hasMatlab ? null : 'no MATLAB is on PATH, so its page can only say so.'),
  };
}

function upstreamOf(context: RunContext): Upstream {
  return {
    address: { kind: 'port', port: context.port },
    host: 'localhost',
    headers: [[tokenHeader, context.secret]],
    // Authenticates on its own, even after a link was revoked.
    withheldCookies: [/^matlab-proxy-session-/i],
  };
}

async function usableInterpreter(found: FoundServer, platform: NodeJS.Platform): Promise<string> {
  if (found.problem !== null) {
    throw new GatehouseError('cannot-start', `${found.title} in ${found.location}: ${found.problem}`, {
      nextStep: 'Update it, or choose another one: gatehouse profiles lists them.',
    });
  }
  const python = await interpreterFor(found, platform);
  if (python !== null) return python;
  throw new GatehouseError(
    'installation-gone',
    `The Python environment ${found.location} is not there any more.`,
    { kind: 'not-found', nextStep: 'Choose another one: gatehouse profiles --fresh looks again.' },
  );
}

/** The environment's own programs first, as after activating it. */
async function pythonVariables(
  { location }: FoundServer,
  { environment, platform }: ProfileOptions,
): Promise<Record<string, string>> {
  const isConda = await isCondaEnvironment(location, platform);
  const programs = programFolders(location, platform, isConda);
  return {
    PATH: pathWith(programs, environment, platform),
    [isConda ? 'CONDA_PREFIX' : 'VIRTUAL_ENV']: location,
  };
}

function noFile(): GatehouseError {
  return new GatehouseError('no-file', 'MATLAB cannot be told which file to open.', {
    kind: 'usage',
    nextStep: 'Start it with a folder: gatehouse serve matlab --folder FOLDER',
  });
}

type Rule = readonly [sign: RegExp, advice: string];

const rules: readonly Rule[] = [
  [
    /^gatehouse: .*cannot be kept from the network/,
    'Gatehouse does not know this version of matlab-proxy: install 0.35 in that environment, or update Gatehouse.',
  ],
  [
    /MLM_LICENSE_FILE validation failed/,
    'Correct MLM_LICENSE_FILE (port@hostname, or the path of a licence file), then start it again.',
  ],
  [
    /MWI_CUSTOM_HTTP_HEADERS/,
    'MWI_CUSTOM_HTTP_HEADERS is neither JSON nor a file with JSON: correct or unset it.',
  ],
];

/** One sentence that says what to do, or null when nothing known is in the last lines. */
export function adviseMatlab(lastLines: readonly string[], exitCode: number | null): string | null {
  for (const line of lastLines.toReversed()) {
    const rule = rules.find(([sign]) => sign.test(line));
    if (rule) return rule[1];
  }
  return adviseByOutput(lastLines, exitCode);
}
