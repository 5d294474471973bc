/**
 * The Electron entry: the only file that knows both the core (through its control socket) and the shell. It
 * composes and decides nothing.
 */
import { homedir } from 'node:os';
import path from 'node:path';
import { app } from 'electron/main';
import packageFile from '../../package.json' with { type: 'json' };
import { callerOf } from './control/caller.ts';
import { ensureCore } from './control/connect-core.ts';
import { systemPaths } from './core/paths.ts';
import { withPrivateRuntime } from './core/home/runtime-folder.ts';
import { coreEnvironment, coreProgram, secretNames, startedInTerminal } from './shell/core-environment.ts';
import { errorInfo } from './shell/error-info.ts';
import { registerOwnScheme, runShell } from './shell/shell.ts';
import { openShellLog } from './shell/shell-log.ts';

/** Milliseconds until a core that does not come up is given up. */
const coreLimit = 30_000;

function main(): void {
  const environment = coreEnvironment(process.env);
  const uid = process.getuid?.() ?? null;
  const paths = withPrivateRuntime(systemPaths(process.env, process.platform, homedir(), uid));
  const program = coreProgram(
    {
      packaged: app.isPackaged,
      resources: process.resourcesPath,
      root: app.getAppPath(),
      windows: process.platform === 'win32',
    },
    process.env,
  );
  for (const name of secretNames) delete process.env[name];
  // The lock that keeps a second window from opening lies in here, so one installation is one app.
  app.setPath('userData', path.join(paths.state, 'shell'));
  registerOwnScheme();
  // The tests run as root, where Chromium's own sandbox cannot; every window asks for it by itself all the
  // same.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  const log = openShellLog(path.join(paths.logs, 'shell.log'), !app.isPackaged);
  const { version } = packageFile;
  const connect = (): ReturnType<typeof ensureCore> =>
    ensureCore({
      runtime: paths.runtime,
      home: paths,
      role: 'shell',
      version,
      node: program.node,
      args: [program.script, 'serve', '--background'],
      limit: coreLimit,
      environment,
      caller: callerOf(environment, !startedInTerminal(process.env, process.stdin.isTTY)),
    });
  runShell({
    connect,
    log,
    version,
    grants: path.join(paths.state, 'permissions.json'),
    origins: path.join(paths.state, 'window-origins.json'),
    root: __dirname,
  }).catch((error: unknown) => {
    log.error(`The app could not start: ${errorInfo(error).message}`);
    app.exit(1);
  });
}

main();
