import { rm, stat, writeFile } from 'node:fs/promises';
import type { FoundServer, StartRequest } from '../../../../shared/model.ts';
import { GatehouseError } from '../../errors.ts';
import type { Address, LaunchPlan, RunPlace, Upstream } from '../../ports.ts';
import { adviseCustom } from '../custom/advice.ts';
import { customProver } from '../custom/prove.ts';
import { fileInside } from '../jupyter/landing.ts';
import { shimOf, type ProfileOptions } from '../kind.ts';
import { interpreterOf, pathsOf } from '../python/interpreter.ts';
import { refusal, type SimpleRun, type SimpleServer } from './server.ts';

export async function planSimple(
  server: SimpleServer,
  options: ProfileOptions,
  request: StartRequest,
  chosen: FoundServer,
  place: RunPlace,
): Promise<LaunchPlan> {
  const run = await runOf(server, options, request, chosen, place);
  await rm(run.secretFile, { force: true });
  // 'wx': never into a file, or through a link, that somebody put there before.
  await writeFile(run.secretFile, place.secret.reveal(), { mode: 0o600, flag: 'wx' });
  await server.prepare?.(run);
  const address: Address =
    server.listens === 'socket' ? { kind: 'socket', path: run.socket } : { kind: 'port', port: place.port };
  const headers = server.headers?.(place.secret) ?? [];
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
    folder: place.folder,
    upstream,
    landing: server.landing ?? '/',
    prove: customProver({
      address,
      alsoPorts: server.alsoPorts?.(run) ?? [],
      host: upstream.host,
      readyPath: server.readyPath,
      platform: options.platform,
      log: options.log,
    }),
    askToStop: askToStop === undefined ? null : signal => askToStop(upstream, signal),
    busyKernels: null,
    readySeconds: request.readySeconds ?? options.readySeconds(server.name) ?? server.readySeconds ?? 120,
    advise: adviseCustom,
    caveat: () => server.caveat ?? null,
    preflight: server.preflight,
  };
}

async function runOf(
  server: SimpleServer,
  options: ProfileOptions,
  request: StartRequest,
  chosen: FoundServer,
  place: RunPlace,
): Promise<SimpleRun> {
  const { environment, platform } = options;
  const paths = pathsOf(platform);
  if (server.listens === 'socket' && !place.canUseSockets) throw noSockets(server.title);
  return {
    program: await programOf(server, chosen, platform),
    version: chosen.version,
    port: place.port,
    secondPort: place.secondPort ?? 0,
    socket: paths.join(place.directory, 'server.sock'),
    directory: place.directory,
    folder: place.folder,
    file: await fileOf(server, request, place),
    secretFile: paths.join(place.directory, 'upstream-secret'),
    secret: place.secret,
    shim: shimOf(options, server.name),
    environment,
    platform,
    user: place.user,
  };
}

async function programOf(
  server: SimpleServer,
  chosen: FoundServer,
  platform: NodeJS.Platform,
): Promise<string> {
  const version = chosen.version;
  const problem = chosen.problem ?? refusal(server, version);
  if (problem !== null) {
    throw new GatehouseError(
      'cannot-start',
      `${chosen.title} in ${chosen.location} cannot start: ${problem}`,
      {
        kind: 'usage',
        nextStep: 'Update it, or choose another one: gatehouse profiles lists them.',
      },
    );
  }
  const program =
    server.source.kind === 'python'
      ? await interpreterOf(chosen.location, platform)
      : await stat(chosen.location).then(
          () => chosen.location,
          () => null,
        );
  if (program !== null) return program;
  throw new GatehouseError('program-gone', `${chosen.title} is not in ${chosen.location} any more.`, {
    kind: 'not-found',
    nextStep: 'Choose another one: gatehouse profiles --fresh looks again.',
  });
}

async function fileOf(server: SimpleServer, request: StartRequest, place: RunPlace): Promise<string | null> {
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
  return pathsOf(process.platform).join(place.folder, await fileInside(place.folder, request.file));
}

function noSockets(title: string): GatehouseError {
  return new GatehouseError(
    'no-sockets',
    `${title} is only started on a Unix socket, and there is none here.`,
    {
      kind: 'usage',
      nextStep: 'Use it on Linux or macOS, or start it as a custom command with a port.',
    },
  );
}
