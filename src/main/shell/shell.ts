/** The composition root of the shell. */
import path from 'node:path';
import { shell } from 'electron/common';
import {
  app,
  BrowserWindow,
  ipcMain,
  Menu,
  protocol,
  session,
  type BrowserWindowConstructorOptions,
  type Session,
} from 'electron/main';
import { listenToApp } from './app-events.ts';
import { applicationMenu } from './menus/application-menu.ts';
import { CoreLink } from './core-link.ts';
import { downloadsFolder, mayLeave, ShellActions } from './shell-actions.ts';
import { notifyDownload } from './windows/download-notice.ts';
import { Grants } from './guards/permission-grants.ts';
import { CloseConfirmation } from './windows/close-confirmation.ts';
import { answerWindows } from './ipc.ts';
import { NavigationGuard } from './guards/navigation-guard.ts';
import { ownScheme } from './windows/app-pages.ts';
import { serveOwnPages } from './windows/page-protocol.ts';
import { PageWindows } from './windows/page-windows.ts';
import { denyPermissions } from './guards/permission-guard.ts';
import type { CoreConnection, ShellLog } from './shell-ports.ts';
import { ServerWindows } from './windows/server-windows.ts';
import type { SharingState } from './menus/menu-model.ts';
import { notifyShare } from './sharing/share-notification.ts';
import type { ShareNotice } from './sharing/share-notice.ts';
import { SessionOrigins } from './guards/session-origins.ts';
import { ShareWatch } from './sharing/share-watch.ts';
import { TokenCache } from './guards/token-cache.ts';
import { hasTray } from './menus/tray-host.ts';
import { makeTray } from './menus/tray-picture.ts';
import { safePreferences } from './windows/window-options.ts';

export interface ShellOptions {
  readonly connect: CoreConnection;
  readonly log: ShellLog;
  readonly version: string;
  /** File in which answers to permission questions are kept. */
  readonly grants: string;
  /** File that says for which origin each browser session was last used. */
  readonly origins: string;
  /** Folder of this bundle; preload and pages are in its siblings. */
  readonly root: string;
}

/** Before the app is ready: our scheme has an origin of its own and counts as secure. */
export function registerOwnScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: ownScheme, privileges: { standard: true, secure: true } }]);
}

export async function runShell(options: ShellOptions): Promise<void> {
  const { log, version } = options;
  const guard = new NavigationGuard(shell, log);
  // Before any page can exist: one that nobody claims may do nothing.
  app.on('web-contents-created', (_event, contents) => guard.watch(contents));
  await app.whenReady();
  denyPermissions(session.defaultSession);
  const link = new CoreLink(options.connect, log);
  const tray = await hasTray(process.platform, process.env);
  const closing = new CloseConfirmation(link, tray);
  const pages = makePages(options, guard, window => closing.mayClose(window));
  const servers = makeServerWindows(options, link, guard);
  const exit = (): void => {
    closing.quitting();
    servers.destroyAll();
    pages.destroyAll();
    link.end();
    app.exit(0);
  };
  const actions = new ShellActions({ link, pages, servers, guard, log, version, tray, exit });
  answerWindows(ipcMain, { link, actions, log, isOurs: contents => pages.isOurs(contents) });
  const icon = makeTray(tray, action => actions.act(action), log);
  const refresh = (): void => {
    icon?.update(link.servers, link.state.core, sharing.state);
    refreshMenu(link, servers, actions, sharing.state);
  };
  const notify = (notice: ShareNotice): void => notifyShare(notice, () => actions.people());
  const sharing = new ShareWatch(link, log, { changed: refresh, notify });
  link.watch({
    onServers: refresh,
    onState: () => {
      refresh();
      sharing.look();
      pages.tell('shell.changed', actions.state());
    },
    onEvent: (name, event) => {
      sharing.heard(name, event);
      pages.tell(name, event);
    },
  });
  app.on('browser-window-focus', refresh);
  refresh();
  listenToApp({ actions, link, pages, log });
  actions.home();
  await link.connect();
}

function makePages(
  { root }: ShellOptions,
  guard: NavigationGuard,
  mayCloseHome: (window: BrowserWindow) => boolean,
): PageWindows {
  // In memory: our pages keep nothing.
  const own = session.fromPartition('gatehouse-pages');
  serveOwnPages(own, path.join(root, '..', 'renderer'));
  denyPermissions(own);
  own.on('will-download', event => event.preventDefault());
  const preload = path.join(root, '..', 'preload', 'index.cjs');
  return new PageWindows({ session: own, guard, preload, development: !app.isPackaged, mayCloseHome });
}

function makeServerWindows(options: ShellOptions, link: CoreLink, guard: NavigationGuard): ServerWindows {
  const { log } = options;
  return new ServerWindows({
    link,
    guard,
    log,
    tokens: new TokenCache(link, log),
    grants: new Grants(options.grants),
    origins: new SessionOrigins(options.origins),
    downloads: { folder: downloadsFolder, done: notifyDownload },
    windowOf: contents => BrowserWindow.fromWebContents(contents),
    options: serverWindowOptions,
    mayLeave,
  });
}

function serverWindowOptions(partition: Session): BrowserWindowConstructorOptions {
  return {
    width: 1280,
    height: 860,
    minWidth: 480,
    minHeight: 360,
    show: false,
    autoHideMenuBar: true,
    // As in a browser: a page that says nothing of its background is black on white, also on a dark desktop.
    backgroundColor: '#ffffff',
    webPreferences: safePreferences(partition, !app.isPackaged),
  };
}

function refreshMenu(
  link: CoreLink,
  servers: ServerWindows,
  actions: ShellActions,
  sharing: SharingState,
): void {
  const contents = BrowserWindow.getFocusedWindow()?.webContents ?? null;
  const id = contents === null ? null : servers.serverOf(contents);
  const facts = {
    mac: process.platform === 'darwin',
    development: !app.isPackaged,
    server: id === null ? null : link.server(id),
    sharing,
  };
  Menu.setApplicationMenu(Menu.buildFromTemplate(applicationMenu(facts, action => actions.act(action))));
}
