/** What the system and the user tell the app as a whole. */
import { app, powerMonitor } from 'electron/main';
import type { CoreLink } from './core-link.ts';
import type { ShellActions } from './shell-actions.ts';
import { errorInfo } from './error-info.ts';
import type { PageWindows } from './windows/page-windows.ts';
import type { ShellLog } from './shell-ports.ts';
import { namedKind, readTarget, targets } from './start-argument.ts';

export interface AppEventsDeps {
  readonly actions: ShellActions;
  readonly link: CoreLink;
  readonly pages: PageWindows;
  readonly log: ShellLog;
}

export function listenToApp(deps: AppEventsDeps): void {
  const { actions, link, log } = deps;
  const openTargets = (argv: readonly string[], folder: string): void =>
    void openFirst(actions, argv, folder);
  app.on('second-instance', (_event, argv, workingFolder) => {
    actions.home();
    openTargets(argv, workingFolder);
  });
  app.on('activate', () => actions.home());
  app.on('open-file', (event, file) => {
    event.preventDefault();
    openTargets(app.isPackaged ? ['', file] : ['', '', file], '/');
  });
  // Servers live on without a window. Quitting is asked for by its own name.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', event => {
    event.preventDefault();
    actions.act({ kind: 'quit' });
  });
  powerMonitor.on('resume', () => {
    if (link.state.core !== 'ready') return;
    link.call('core.resumed').catch((error: unknown) => log.warn(`Resume: ${errorInfo(error).message}`));
  });
  // A session that ends takes the shell with it; the core has its own end.
  powerMonitor.on('shutdown', () => app.exit(0));
  process.on('SIGTERM', () => app.exit(0));
  process.on('SIGHUP', () => app.exit(0));
  process.on('SIGINT', () => void actions.quitNow());
  openTargets(process.argv, process.cwd());
}

async function openFirst(actions: ShellActions, argv: readonly string[], folder: string): Promise<void> {
  const words = targets(argv, app.isPackaged);
  const [target] = words;
  const dropped =
    target === undefined ? null : ((await readTarget(target, folder)) ?? namedKind(words, folder));
  if (dropped !== null) actions.dropped(dropped);
}
