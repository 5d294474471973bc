import { mkdir, stat } from 'node:fs/promises';
import type { FoundServer, StartRequest } from '../../../../shared/model.ts';
import { GatehouseError } from '../../errors.ts';
import type { Address, LaunchPlan, RunContext, Upstream } from '../../ports.ts';
import { recreatePrivateFile } from '../../private-file.ts';
import { Secret } from '../../secret.ts';
import { interpreterFor, isCondaEnvironment, pathsOf } from '../python/interpreter.ts';
import { adviseJupyter } from './advice.ts';
import { applicationTitled } from './applications.ts';
import type { Application } from './applications.ts';
import { jupyterCommand, jupyterEnvironment, socketOf } from './command.ts';
import type { Variables } from '../../variables.ts';
import { landingOf } from './landing.ts';
import { provePage } from './page.ts';
import { isWithin } from '../../folders/trust.ts';
import { fileInside } from '../common/file-inside.ts';
import {
  askJupyterToStop,
  busyJupyterKernels,
  explicitHeader,
  proveJupyter,
  secretHeader,
  userHeader,
} from './jupyter-client.ts';
import { jupyterUploads } from './jupyter-uploads.ts';

export interface PlanOptions {
  readonly environment: Variables;
  readonly platform: NodeJS.Platform;
  readonly shimFolder: string;
  readonly asRoot: boolean;
  readonly readySeconds: () => number;
}

export async function planJupyter(
  options: PlanOptions,
  request: StartRequest,
  found: FoundServer,
  context: RunContext,
): Promise<LaunchPlan> {
  const application = usableApplication(found);
  const python = await usableInterpreter(found, options.platform);
  const file = request.file === undefined ? null : await fileInside(context.folder, request.file);
  const files = await prepareRun(context, options.platform);
  const run = { python, location: found.location, application, context, ...options };
  const isConda = await isCondaEnvironment(found.location, options.platform);
  const upstream = upstreamOf(context, options.platform);
  const isOfFolder = isWithin(found.location, context.folder, pathsOf(options.platform).sep);
  const ownPython = context.folderTrusted || !(isOfFolder || found.fromFolder === true) ? python : null;
  return {
    argv: jupyterCommand(run),
    environment: jupyterEnvironment(options.environment, {
      ...run,
      ...files,
      isConda,
      folderTrusted: context.folderTrusted,
    }),
    // Not the working folder: Jupyter runs a jupyter_server_config.py that it finds where it is started, and
    // opening a downloaded folder must not run its code; R, `python -m` and language servers have the like.
    // Kernels and terminals come into the working folder all the same (gatehouse_untrusted.py).
    folder: files.emptyFolder,
    upstream,
    landing: landingOf(application, file),
    prove: proveWithPage(upstream, landingOf(application, null), context.secret),
    askToStop: signal => askJupyterToStop(upstream, signal),
    busyKernels: signal => busyJupyterKernels(upstream, signal),
    readySeconds: request.readySeconds ?? options.readySeconds(),
    advise: lastLines => adviseJupyter({ python: ownPython, application, folder: context.folder }, lastLines),
  };
}

/**
 * The page is asked for until it was shown once: what a browser gets does not change while the server runs.
 */
function proveWithPage(upstream: Upstream, page: string, secret: RunContext['secret']): LaunchPlan['prove'] {
  let shown = false;
  return async signal => {
    const proof = await proveJupyter(upstream, secret, signal);
    if (proof.kind !== 'ours' || shown) return proof;
    const seen = await provePage(upstream, page, signal);
    shown = seen.kind === 'ours';
    return seen;
  };
}

function usableApplication(found: FoundServer): Application {
  if (found.problem !== null) {
    throw new GatehouseError('cannot-start', `${found.title} in ${found.location}: ${found.problem}`, {
      nextStep: 'Repair it, or choose another one: gatehouse profiles lists them.',
    });
  }
  const application = applicationTitled(found.title);
  if (application !== null) return application;
  throw new GatehouseError('unknown-application', `"${found.title}" is no Jupyter application.`, {
    kind: 'usage',
    nextStep: 'Choose one that gatehouse profiles lists.',
  });
}

async function usableInterpreter(found: FoundServer, platform: NodeJS.Platform): Promise<string> {
  const python = await interpreterFor(found, platform);
  if (python !== null) return python;
  throw new GatehouseError(
    'installation-gone',
    `The Python environment ${found.location} is not there any more.`,
    {
      kind: 'not-found',
      nextStep: 'Choose another one: gatehouse profiles --fresh looks again.',
    },
  );
}

/** Writes what the run needs into its private folder. */
async function prepareRun(context: RunContext, platform: NodeJS.Platform) {
  const paths = pathsOf(platform);
  const folder = await stat(context.folder).catch(() => null);
  if (!folder?.isDirectory()) {
    throw new GatehouseError('no-such-folder', `The working folder ${context.folder} is not there.`, {
      kind: 'not-found',
      nextStep: 'Choose a folder that exists.',
    });
  }
  const secretFile = paths.join(context.directory, 'upstream-secret');
  const runtimeFolder = paths.join(context.directory, 'runtime');
  const emptyFolder = paths.join(context.directory, 'empty');
  await mkdir(runtimeFolder, { recursive: true, mode: 0o700 });
  // What the server starts without a folder of its own starts there. Not to be written to: it goes with the
  // run, and what somebody kept there would, too.
  await mkdir(emptyFolder, { recursive: true, mode: 0o500 });
  await recreatePrivateFile(secretFile, context.secret.reveal());
  return { secretFile, runtimeFolder, emptyFolder };
}

function upstreamOf(context: RunContext, platform: NodeJS.Platform): Upstream {
  const address: Address = context.canUseSockets
    ? { kind: 'socket', path: socketOf(context) }
    : { kind: 'port', port: context.port };
  return {
    address,
    host: 'localhost',
    headers: [
      [secretHeader, context.secret],
      // Percent-encoded: a header value is not Unicode. The server decodes it.
      [userHeader, new Secret(encodeURIComponent(context.user))],
    ],
    explicitHeaders: [[explicitHeader, '1']],
    personHeader: userHeader,
    uploadParts: jupyterUploads(platform),
    // What people have put there, a guest perhaps, comes out again as a page.
    contentPaths: [/^\/files\//, /^\/view\//, /^\/nbconvert\//],
    // Jupyter's login cookie; our identity provider sets none, an extension's own might.
    withheldCookies: [/^username-/i],
  };
}
