/** What the system and the user tell the app as a whole. */
import { app, powerMonitor } from 'electron/main';
import type { CoreLink } from './core-link.ts';
import type { ShellDeeds } from './shell-actions.ts';
import { errorInfo } from './error-info.ts';
import type { PageWindows } from './page-windows.ts';
import type { ShellLog } from './shell-ports.ts';
import { namedKind, readTarget, targets } from './start-argument.ts';

export interface AppHouse {
  readonly deeds: ShellDeeds;
  readonly link: CoreLink;
  readonly pages: PageWindows;
  readonly log: ShellLog;
}

export function listenToApp(house: AppHouse): void {
  const { deeds, link, log } = house;
  const openTargets = (argv: readonly string[], folder: string): void => void openFirst(deeds, argv, folder);
  app.on('second-instance', (_event, argv, workingFolder) => {
    deeds.home();
    openTargets(argv, workingFolder);
  });
  app.on('activate', () => deeds.home());
  app.on('open-file', (event, file) => {
    event.preventDefault();
    openTargets(app.isPackaged ? ['', file] : ['', '', file], '/');
  });
  // Servers live on without a window. Quitting is asked for by its own name.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', event => {
    event.preventDefault();
    deeds.act({ kind: 'quit' });
  });
  powerMonitor.on('resume', () => {
    if (link.state.core !== 'ready') return;
    link.call('core.resumed').catch((error: unknown) => log.warn(`Resume: ${errorInfo(error).message}`));
  });
  // A session that ends takes the shell with it; the core has its own end.
  powerMonitor.on('shutdown', () => app.exit(0));
  process.on('SIGTERM', () => app.exit(0));
  process.on('SIGHUP', () => app.exit(0));
  process.on('SIGINT', () => void deeds.quitNow());
  openTargets(process.argv, process.cwd());
}

async function openFirst(deeds: ShellDeeds, argv: readonly string[], folder: string): Promise<void> {
  const words = targets(argv, app.isPackaged);
  const [target] = words;
  const dropped =
    target === undefined ? null : ((await readTarget(target, folder)) ?? namedKind(words, folder));
  if (dropped !== null) deeds.dropped(dropped);
}
