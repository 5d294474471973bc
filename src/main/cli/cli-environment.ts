import { existsSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectCore, ensureCore, tokenOnStandardInput } from '../control/connect-core.ts';
import { callerOf } from '../control/caller.ts';
import type { CoreClient } from '../control/core-client.ts';
import { composeCore, type ComposeOptions } from '../core/compose.ts';
import { GatehouseError } from '../core/errors.ts';
import { borrowHome } from '../core/home/home-lock.ts';
import { refuseSudoInHome } from '../core/home/ownership.ts';
import { preparePaths, systemPaths, type Paths } from '../core/paths.ts';
import { withPrivateRuntime } from '../core/home/runtime-folder.ts';
import { readSuppliedToken, type SuppliedToken } from '../core/vault/supplied-token.ts';
import packageFile from '../../../package.json' with { type: 'json' };
import type { CommandContext, CoreConnector } from './command-context.ts';
import { localClient, openCoreProcess } from './core-process.ts';
import type { Output } from './print.ts';
import { askOpenly, askPassphrase, askSecret } from './ask-secret.ts';
import type { GlobalOptions } from './program.ts';
import { serve, type ServeDeps } from './serve-command.ts';
import { homeFolder, loginName } from './user-identity.ts';

export interface CliEnvironment {
  commandParts(output: Output, argv: readonly string[], options: GlobalOptions): CommandContext;
}

/** Milliseconds until a background core that does not come up is given up. */
const startLimit = 20_000;

/** What the command line takes from the process it runs in: environment, folders, user. Looked at once. */
export function makeCliEnvironment(): CliEnvironment {
  const uid = process.getuid?.() ?? null;
  const paths = withPrivateRuntime(systemPaths(process.env, process.platform, homeFolder(), uid));
  const { version } = packageFile;
  return {
    commandParts(output, argv, options) {
      const deps: ServeDeps = {
        output,
        argv,
        cwd: process.cwd(),
        runtime: paths.runtime,
        environment: process.env,
        interrupted,
        ask: process.stdin.isTTY && process.stderr.isTTY ? askOpenly : null,
        openCore: async background => {
          await refuseSudoInHome(paths, process.env);
          return openCoreProcess({
            ...(await composeOptions(paths, version, options, !background && !output.json)),
            background,
          });
        },
      };
      return {
        output,
        cwd: deps.cwd,
        argv,
        runtime: paths.runtime,
        interrupted,
        ask: deps.ask,
        askSecret,
        home: paths,
        reach: reach(paths, version, options),
        serve: (target, command, serveOptions) => serve(deps, target, command, serveOptions),
      };
    },
  };
}

function reach(paths: Paths, version: string, options: GlobalOptions): CoreConnector {
  const find = {
    runtime: paths.runtime,
    home: paths,
    role: 'cli',
    version,
    caller: callerOf(process.env, false),
  } as const;
  const running = async (): Promise<CoreClient> => sameVersion(await connectCore(find), version);
  return {
    running,
    async reading() {
      try {
        return await running();
      } catch (error) {
        if (!(error instanceof GatehouseError)) throw error;
        if (error.code === 'home-in-use') process.stderr.write(lookingOnly(error));
        else if (!['no-core', 'core-closed'].includes(error.code)) throw error;
      }
      await refuseSudoInHome(paths, process.env);
      await preparePaths(paths);
      const home = borrowHome(paths, version);
      const core = await composeCore({
        ...(await composeOptions(paths, version, options, false)),
        lookOnly: true,
        quit: async () => {},
        mayWrite: home.mayWrite,
      });
      const close = (): void => void core.close().then(home.release, home.release);
      return { ...localClient(core, version), close };
    },
    ensured: async () => {
      await refuseSudoInHome(paths, process.env);
      const client = await ensureCore({
        ...find,
        node: process.execPath,
        args: [...process.execArgv, scriptPath(), 'serve', '--background', ...secretsArgs(options)],
        limit: startLimit,
        environment: process.env,
      });
      return sameVersion(client, version);
    },
  };
}

function lookingOnly({ message }: GatehouseError): string {
  return `${message} What it does there is not known here: this is what it wrote down last.\n`;
}

/**
 * The two understand each other, or the connection would have been refused; but what one of them lacks should
 * not surprise.
 */
function sameVersion(client: CoreClient, version: string): CoreClient {
  if (client.coreVersion !== version) {
    process.stderr.write(
      `The running Gatehouse is version ${client.coreVersion}, this command is version ${version}. \`gatehouse quit\` ends the running one.\n`,
    );
  }
  return client;
}

async function suppliedToken(uid: number | null): Promise<SuppliedToken | null> {
  const environment = { ...process.env };
  if (environment[tokenOnStandardInput] === '1')
    environment['GATEHOUSE_TOKEN'] = await readAll(process.stdin);
  // Nothing that this process starts may inherit either.
  delete process.env['GATEHOUSE_TOKEN'];
  delete process.env[tokenOnStandardInput];
  return readSuppliedToken(environment, uid);
}

function secretsArgs({ secrets }: GlobalOptions): readonly string[] {
  return secrets === undefined ? [] : ['--secrets', secrets];
}

async function composeOptions(
  paths: Paths,
  version: string,
  options: GlobalOptions,
  canAsk: boolean,
): Promise<Omit<ComposeOptions, 'quit' | 'lookOnly' | 'mayWrite'>> {
  const supplied = await suppliedToken(paths.uid);
  const warning = supplied?.warning ?? '';
  if (warning !== '') process.stderr.write(`${warning}\n`);
  const here = dirname(scriptPath());
  const resources = join(here, 'resources');
  return {
    paths,
    version,
    environment: process.env,
    platform: process.platform,
    homedir: homeFolder(),
    user: loginName(process.env, paths.uid),
    secrets: options.secrets,
    askPassphrase: canAsk && process.stdin.isTTY ? askPassphrase : undefined,
    supplied,
    // Beside the bundle; in the source tree each is beside the code that uses it.
    resources: existsSync(resources)
      ? {
          guard: join(resources, 'guard.sh'),
          shims: join(resources, 'shims'),
          keychain: join(here, 'keychain.mjs'),
        }
      : undefined,
    electron: electronPath(),
    waiting: sentence => void process.stderr.write(`${sentence}\n`),
  };
}

function scriptPath(): string {
  return fileURLToPath(import.meta.url).replace(/cli-environment\.ts$/, 'main.ts');
}

/** Where the `electron` package puts its binary once `install-electron` has fetched it. */
function electronPath(): string | null {
  const names: Readonly<Record<string, string>> = {
    win32: 'electron.exe',
    darwin: 'Electron.app/Contents/MacOS/Electron',
  };
  const given = process.env['GATEHOUSE_ELECTRON'];
  if (given !== undefined) return given;
  for (let folder = dirname(scriptPath()); folder !== dirname(folder); folder = dirname(folder)) {
    const place = join(folder, 'node_modules', 'electron');
    if (existsSync(place)) return join(place, 'dist', names[process.platform] ?? 'electron');
  }
  return null;
}

function interrupted(): Promise<void> {
  return new Promise(resolve => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve());
  });
}
