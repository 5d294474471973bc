import type { CodeOfKind } from '../../../shared/error-codes.ts';
import type { CustomCredential, ProfileName, StartRequest } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import type { Address, LaunchPlan, Log, Profile, RunContext, Upstream } from '../ports.ts';
import { recreatePrivateFile } from '../private-file.ts';
import { searchFolders } from '../search-path.ts';
import { Secret } from '../secret.ts';
import { adviseByOutput } from './common/output-advice.ts';
import { fillPlaceholders, usedPlaceholders } from './custom/placeholders.ts';
import type { PlaceholderName } from './custom/placeholders.ts';
import { askToStop, checkMore, fixedHeaders, moreUpstream } from './custom/custom-options.ts';
import { customSharing, customSharingOf } from './custom/custom-sharing.ts';
import { portProver } from './common/port-prover.ts';
import type { ProfileKind } from './kind.ts';
import { isProgram } from './common/programs.ts';
import { pathsOf } from './python/interpreter.ts';

export interface CustomProfileOptions {
  /** The user's environment, as the core got it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly platform?: NodeJS.Platform;
  /** Seconds until a start is given up, by the settings. */
  readonly readySeconds?: (profile: ProfileName) => number | null | undefined;
}

const readySeconds = 120;

export const kind: ProfileKind = {
  name: 'custom',
  title: 'Custom command',
  aliases: [],
  // A prompt.
  icon: 'M4 5l7 7-7 7-1.800-1.800L7.400 12 2.200 6.800zM12 17h9.500v2.500H12z',
  file: 'never',
  order: 1000,
  docs: {
    tried: 'any command that serves HTTP',
    credential: 'none, `Authorization: Bearer`, or a header that you name; read by the server from a file',
    notEnforced:
      'Without a credential its port is open to other accounts on the computer. Viewer and editor are offered if a profile file lists their paths; the server itself decides what those paths do.',
  },
  folderCode: {
    untrusted: 'named-program',
    whenUntrusted:
      'The command that you give, as in a terminal in that folder: a program may take modules and settings from it.',
    whenTrusted: 'The same.',
    tested: 'commands, in unit tests',
  },
  ownVariables: null,
  shownCredential: {
    codeSees: 'seen',
    how: 'It is sent what you chose: nothing, `Authorization: Bearer`, or a header. Gatehouse cannot remove it before the code of your server sees it. Let it listen on `{socket}`, where it needs none.',
    tested: null,
  },
  create: customProfile,
};

/**
 * Any command that serves HTTP on a port or a Unix socket that it is told. Nothing is searched for, nothing
 * is set up.
 */
export function customProfile(options: CustomProfileOptions): Profile {
  const platform = options.platform ?? process.platform;
  return {
    name: 'custom',
    title: kind.title,
    find: null,
    plan: (request, _found, context) => planCustom(request, context, { ...options, platform }),
    setup: null,
    sharing: customSharing,
    sharingOf: customSharingOf,
  };
}

async function planCustom(
  request: StartRequest,
  context: RunContext,
  options: CustomProfileOptions & { readonly platform: NodeJS.Platform },
): Promise<LaunchPlan> {
  const command = request.command ?? [];
  const credential = request.credential ?? { kind: 'none' };
  const used = usedPlaceholders(command);
  checkRequest(request, used, context);
  checkCredential(credential);
  checkMore(request.custom ?? {}, credential, used);
  const program = await programOf(command[0] ?? '', context, options);
  const readyPath = checkedPath(request.readyPath ?? request.custom?.base ?? '/');
  const needsSecret = credential.kind !== 'none' || used.has('secretFile');
  const secretFile = pathsOf(options.platform).join(context.directory, 'upstream-secret');
  if (needsSecret) await recreatePrivateFile(secretFile, context.secret.reveal());
  const address = addressOf(used, context);
  const custom = request.custom ?? {};
  const base = custom.base ?? '/';
  if (address.kind === 'port' && credential.kind === 'none') warnOfOpenPort(context, options.log);
  const upstream: Upstream = {
    address,
    host: 'localhost',
    headers: [...headersOf(credential, context.secret), ...fixedHeaders(custom)],
    withheldCookies: [],
    ...moreUpstream(custom, context.secondPort ?? 0),
  };
  const { stop } = custom;
  return {
    argv: [program, ...fillPlaceholders(command.slice(1), valuesOf(context, secretFile, base))],
    environment: needsSecret ? { GATEHOUSE_UPSTREAM_SECRET_FILE: secretFile } : {},
    ownProgram: true,
    folder: context.folder,
    upstream,
    landing: base,
    prove: portProver({
      ...upstream,
      readyPath,
      readyText: custom.readyText,
      alsoPorts: upstream.branches?.map(() => context.secondPort ?? 0) ?? [],
      platform: options.platform,
      log: options.log,
    }),
    askToStop: stop === undefined ? null : signal => askToStop(upstream, stop, signal),
    busyKernels: null,
    readySeconds: request.readySeconds ?? options.readySeconds?.('custom') ?? readySeconds,
    advise: adviseByOutput,
    // A path that only tells that it is up may be open on purpose; one of a server that asks nobody is like
    // every other.
    preflight: credential.kind === 'none' ? { paths: [readyPath], sockets: [] } : undefined,
  };
}

function valuesOf(
  context: RunContext,
  secretFile: string,
  base: string,
): Readonly<Record<PlaceholderName, string>> {
  const port2 = String(context.secondPort ?? 0);
  return { port: String(context.port), port2, socket: socketOf(context), base, secretFile };
}

function warnOfOpenPort(context: RunContext, log: Log): void {
  log.warn('This server requires no credential: other users of this computer can reach its port.', {
    server: context.serverId,
    nextStep: 'Let it listen on {socket}, or give it a credential.',
  });
}

function addressOf(used: ReadonlySet<PlaceholderName>, context: RunContext): Address {
  return used.has('socket')
    ? { kind: 'socket', path: socketOf(context) }
    : { kind: 'port', port: context.port };
}

function socketOf(context: RunContext): string {
  return `${context.directory}/server.sock`;
}

function usage(code: CodeOfKind<'usage'>, message: string, nextStep: string): GatehouseError {
  return new GatehouseError(code, message, { kind: 'usage', nextStep });
}

function checkRequest(request: StartRequest, used: ReadonlySet<PlaceholderName>, context: RunContext): void {
  const example = 'For example: gatehouse serve -- python3 -m http.server --bind 127.0.0.1 {port}';
  if (request.command === undefined || request.command.length === 0 || request.command[0] === '') {
    throw usage('no-command', 'A custom server needs a command.', example);
  }
  if (request.command.some(argument => argument.includes('\0'))) {
    throw usage('bad-command', 'The command contains a zero byte.', 'Remove it.');
  }
  if (!used.has('port') && !used.has('socket')) {
    throw usage(
      'no-address',
      'The command does not say where the server is to listen: it has neither {port} nor {socket}.',
      example,
    );
  }
  if (used.has('socket') && !context.canUseSockets) {
    throw usage(
      'no-sockets',
      'Unix sockets cannot be used here: the system has none, or the path of the private folder is too long.',
      'Use {port} instead of {socket}.',
    );
  }
  if (request.file !== undefined) {
    throw usage(
      'no-file',
      'A custom server cannot be told which file to open.',
      'Put the file into its command.',
    );
  }
}

/** A field name (RFC 9110, 5.1) that the gateway does not need itself. */
function checkCredential(credential: CustomCredential): void {
  if (credential.kind !== 'header') return;
  const taken =
    /^(host|connection|upgrade|cookie|set-cookie|content-.*|transfer-encoding|te|trailer|keep-alive|origin|referer|proxy-.*|sec-.*|x-forwarded-.*|forwarded|date|expect)$/i;
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(credential.name) || taken.test(credential.name)) {
    throw usage(
      'bad-header',
      `"${credential.name}" cannot be the name of the credential's header.`,
      'Take one like X-Server-Token.',
    );
  }
}

function headersOf(credential: CustomCredential, secret: Secret<string>): Upstream['headers'] {
  switch (credential.kind) {
    case 'none':
      return [];
    case 'header':
      return [[credential.name, secret]];
    case 'bearer':
      return [['Authorization', new Secret(`Bearer ${secret.reveal()}`)]];
    default:
      return credential satisfies never;
  }
}

function checkedPath(path: string): string {
  if (/^\/[\x21-\x7e]*$/.test(path)) return path;
  throw usage(
    'bad-ready-path',
    `"${path}" is no path that can be asked for.`,
    'It starts with a slash and has no spaces: /healthz',
  );
}

/** The program with its full path: what cannot be run is told before anything is started. */
async function programOf(
  name: string,
  context: RunContext,
  options: CustomProfileOptions & { readonly platform: NodeJS.Platform },
): Promise<string> {
  const paths = pathsOf(options.platform);
  const windows = options.platform === 'win32';
  const beside = name.includes('/') || (windows && name.includes('\\'));
  // No .cmd or .bat: they would need a shell.
  const endings = windows && paths.extname(name) === '' ? ['.exe'] : [''];
  const tried = beside
    ? [paths.resolve(context.folder, name)]
    : searchFolders(options.environment, options.platform).map(folder => paths.join(folder, name));
  for (const path of tried.flatMap(path => endings.map(ending => path + ending))) {
    if (await isProgram(path, windows)) return path;
  }
  throw new GatehouseError('no-program', `The program "${name}" is not there, or cannot be run.`, {
    kind: 'not-found',
    nextStep: beside
      ? `Check the path; it counts from ${context.folder}.`
      : 'Install it, or give its full path.',
  });
}
