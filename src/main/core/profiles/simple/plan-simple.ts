import { stat } from 'node:fs/promises';
import getPort from 'get-port';
import type { FoundServer, StartRequest } from '../../../../shared/model.ts';
import { GatehouseError } from '../../errors.ts';
import type { Address, LaunchPlan, RunContext, Upstream } from '../../ports.ts';
import { recreatePrivateFile } from '../../private-file.ts';
import { adviseByOutput } from '../common/output-advice.ts';
import { listenersOn } from '../../server/process/port-listeners.ts';
import { portProver } from '../common/port-prover.ts';
import { fileInside } from '../common/file-inside.ts';
import { shimOf, type ProfileOptions } from '../kind.ts';
import { interpreterFor, pathsOf } from '../python/interpreter.ts';
import { interpreterBeside } from './checkout.ts';
import { refusal, type SimpleRun, type SimpleServer } from './simple-server.ts';

export async function planSimple(
  server: SimpleServer,
  options: ProfileOptions,
  request: StartRequest,
  chosen: FoundServer,
  context: RunContext,
): Promise<LaunchPlan> {
  const run = await runOf(server, options, request, chosen, context);
  await recreatePrivateFile(run.secretFile, context.secret.reveal());
  await server.prepare?.(run);
  const address: Address =
    server.listens === 'socket' ? { kind: 'socket', path: run.socket } : { kind: 'port', port: context.port };
  const headers = server.headers?.(context.secret) ?? [];
  const upstream: Upstream = {
    address,
    host: 'localhost',
    headers,
    withheldCookies: [],
    ...server.upstream?.(run),
  };
  const { askToStop } = server;
  return {
    argv: [run.program, ...server.command(run)],
    environment: { ...server.variables?.(run) },
    folder: server.runsIn?.(run) ?? context.folder,
    upstream,
    landing: said(server.landing, run) ?? '/',
    prove: proverOf(server, options, upstream, run),
    askToStop: askToStop === undefined ? null : signal => askToStop(upstream, signal),
    busyKernels: null,
    readySeconds: request.readySeconds ?? options.readySeconds(server.name) ?? server.readySeconds ?? 120,
    advise: (lines, code) => server.advise?.(lines, code) ?? adviseByOutput(lines, code),
    caveat: () => said(server.caveat, run),
    preflight: server.preflight,
  };
}

function said(what: string | ((run: SimpleRun) => string | null) | undefined, run: SimpleRun): string | null {
  return typeof what === 'function' ? what(run) : (what ?? null);
}

/**
 * All its addresses have to be up and ours, and where it was told to be on loopback alone, it is looked at
 * whether it obeyed.
 */
function proverOf(
  server: SimpleServer,
  { platform, log }: ProfileOptions,
  { address, host }: Upstream,
  run: SimpleRun,
): LaunchPlan['prove'] {
  const { secondPort } = run;
  // For the server's own process of a role it has to answer, too; of a port that speaks something else it is
  // enough to be ours.
  const also = server.alsoPorts?.(run) ?? [];
  const second: Address[] =
    secondPort === null || also.includes(secondPort) ? [] : [{ kind: 'port', port: secondPort }];
  const addresses = [address, ...second];
  const { readyPath } = server;
  const provers = addresses.map(each =>
    portProver({ address: each, alsoPorts: also, host, readyPath, platform, log }),
  );
  return async (signal, facts) => {
    for (const prove of provers) {
      const proof = await prove(signal, facts);
      if (proof.kind !== 'ours') return proof;
    }
    const ports = [...addresses.flatMap(each => (each.kind === 'port' ? [each.port] : [])), ...also];
    const listeners = await Promise.all(ports.map(port => listenersOn(port, platform)));
    const beyond = listeners.flat().some(({ reach }) => reach !== 'loopback');
    return server.loopbackOnly === true && beyond
      ? { kind: 'unsafe', detail: 'it listens on the network, though it was told not to' }
      : { kind: 'ours' };
  };
}

async function runOf(
  server: SimpleServer,
  options: ProfileOptions,
  request: StartRequest,
  chosen: FoundServer,
  context: RunContext,
): Promise<SimpleRun> {
  const { environment, platform } = options;
  const paths = pathsOf(platform);
  if (server.listens === 'socket' && !context.canUseSockets) throw noSockets(server.title);
  const file = await fileOf(server, request, context);
  const { folderTrusted } = context;
  const wantsSecond = server.alsoPorts !== undefined || server.secondPort?.({ file, folderTrusted }) === true;
  return {
    program: await programOf(server, chosen, options),
    version: chosen.version,
    location: chosen.location,
    port: context.port,
    secondPort: wantsSecond
      ? (context.secondPort ?? (await getPort({ host: '127.0.0.1', exclude: [context.port] })))
      : null,
    socket: paths.join(context.directory, 'server.sock'),
    directory: context.directory,
    folder: context.folder,
    folderTrusted,
    file,
    secretFile: paths.join(context.directory, 'upstream-secret'),
    secret: context.secret,
    shim: shimOf(options, server.name),
    environment,
    platform,
    user: context.user,
  };
}

async function programOf(
  server: SimpleServer,
  chosen: FoundServer,
  options: ProfileOptions,
): Promise<string> {
  const version = chosen.version;
  const problem = chosen.problem ?? refusal(server, version);
  if (problem !== null) {
    throw new GatehouseError(
      'cannot-start',
      `${chosen.title} in ${chosen.location} cannot start: ${problem}`,
      {
        nextStep: 'Update it, or choose another one: gatehouse profiles lists them.',
      },
    );
  }
  const program = await argumentZero(server, chosen, options);
  if (program !== null) return program;
  throw new GatehouseError('installation-gone', `${chosen.title} is no longer in ${chosen.location}.`, {
    kind: 'not-found',
    nextStep: 'Choose another one: gatehouse profiles --fresh looks again.',
  });
}

async function argumentZero(
  { source }: SimpleServer,
  { location, interpreter }: FoundServer,
  options: ProfileOptions,
): Promise<string | null> {
  if (source.kind === 'python') return interpreterFor({ location, interpreter }, options.platform);
  if (source.kind === 'checkout') return interpreterBeside(location, options);
  return stat(location).then(
    () => location,
    () => null,
  );
}

async function fileOf(
  server: SimpleServer,
  request: StartRequest,
  context: RunContext,
): Promise<string | null> {
  if (request.file === undefined) {
    if (server.file !== 'must') return null;
    throw new GatehouseError('no-file', `${server.title} needs a file to run.`, {
      kind: 'usage',
      nextStep: `Name it: gatehouse serve ${server.name} app.py`,
    });
  }
  if (server.file === 'never') {
    throw new GatehouseError('no-file', `${server.title} cannot be told which file to open.`, {
      kind: 'usage',
      nextStep: `Start it with a folder: gatehouse serve ${server.name} --folder FOLDER`,
    });
  }
  return pathsOf(process.platform).join(context.folder, await fileInside(context.folder, request.file));
}

function noSockets(title: string): GatehouseError {
  return new GatehouseError('no-sockets', `${title} runs only on a Unix socket, and there is none here.`, {
    kind: 'usage',
    nextStep: 'Use it on Linux or macOS, or start it as a custom command with a port.',
  });
}
