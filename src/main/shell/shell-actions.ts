/** What menus, tray and our own pages may make the shell do. Each action is one call; others do the work. */
import path from 'node:path';
import { shell } from 'electron/common';
import { app, BrowserWindow, clipboard, dialog } from 'electron/main';
import type { Dropped, ShellState } from '../../shared/window.ts';
import type { CoreLink } from './core-link.ts';
import { copySecret } from './copy-secret.ts';
import { errorInfo } from './error-info.ts';
import { failureReport } from './failure-report.ts';
import type { Action } from './menus/menu-model.ts';
import type { NavigationGuard } from './guards/navigation-guard.ts';
import type { PageWindows } from './windows/page-windows.ts';
import type { Actions, ShellLog } from './shell-ports.ts';
import { lossQuestion } from './questions.ts';
import { confirmed, ServerEndings } from './server-endings.ts';
import type { ServerWindows } from './windows/server-windows.ts';

export interface ShellActionsDeps {
  readonly link: CoreLink;
  readonly pages: PageWindows;
  readonly servers: ServerWindows;
  readonly guard: NavigationGuard;
  readonly log: ShellLog;
  readonly version: string;
  readonly tray: boolean;
  /** Ends the shell now. */
  readonly exit: () => void;
}

export class ShellActions implements Actions {
  readonly #deps: ShellActionsDeps;
  readonly #endings: ServerEndings;
  #quitting: Promise<void> | null = null;
  #undelivered: Dropped | null = null;

  constructor(deps: ShellActionsDeps) {
    this.#deps = deps;
    this.#endings = new ServerEndings(deps);
  }

  open(id: string): void {
    const server = this.#deps.link.server(id);
    // What cannot be shown yet is told about at home: progress, or why it did not start.
    if (server?.state !== 'ready') this.home();
    this.#deps.servers.open(id);
  }

  newWindow(id: string): void {
    this.#deps.servers.openAnother(id);
  }

  /** A one-time link, so that the browser is signed in. */
  async openInBrowser(id: string): Promise<void> {
    const { url } = await this.#deps.link.call('server.link', id, { tool: false });
    await shell.openExternal(url);
  }

  history(direction: 'back' | 'forward'): void {
    const contents = BrowserWindow.getFocusedWindow()?.webContents;
    if (contents === undefined) return;
    if (direction === 'back') contents.goBack();
    else contents.goForward();
  }

  logs(id: string): void {
    this.#deps.pages.show('logs', id);
  }

  home(): void {
    this.#deps.pages.show('home');
  }

  reload(): void {
    const window = BrowserWindow.getFocusedWindow();
    if (window !== null) this.#deps.guard.reload(window.webContents);
  }

  about(): void {
    this.#deps.pages.show('about');
  }

  async copyLink(id: string): Promise<void> {
    const { url } = await this.#deps.link.call('server.link', id, { tool: false });
    await clipboard.writeText(url);
  }

  async copyFailure(id: string): Promise<void> {
    const failure = await this.#deps.link.call('server.failure', id);
    const server = this.#deps.link.server(id);
    if (failure === null || server === null)
      throw new Error('There is no failure to copy: the server did not fail.');
    await clipboard.writeText(failureReport(server, failure, `Gatehouse ${this.#deps.version}`));
  }

  share(id: string): void {
    this.#deps.pages.show('share', id);
  }

  people(): void {
    this.#deps.pages.show('people');
  }

  async copyShareLink(link: string): Promise<void> {
    await copySecret(clipboard, link);
  }

  async stopSharing(id: string): Promise<void> {
    const name = this.#deps.link.server(id)?.name ?? id;
    const question = {
      message: `Stop sharing “${name}”?`,
      detail: 'Every link to it is revoked, and every guest is disconnected at once.',
    };
    if (await confirmed(question, 'Stop Sharing')) await this.#deps.link.call('share.stop', id);
  }

  stop(id: string): Promise<boolean> {
    return this.#endings.stop(id);
  }

  restart(id: string): Promise<boolean> {
    return this.#endings.restart(id);
  }

  forget(id: string): Promise<boolean> {
    return this.#endings.forget(id);
  }

  async chooseFolder(): Promise<string | null> {
    const { canceled, filePaths } = await dialog.showOpenDialog({
      title: 'Start in a folder',
      buttonLabel: 'Choose',
      properties: ['openDirectory', 'createDirectory'],
    });
    return canceled ? null : (filePaths[0] ?? null);
  }

  async chooseFile(): Promise<Dropped | null> {
    const { canceled, filePaths } = await dialog.showOpenDialog({
      title: 'Choose a file to run',
      buttonLabel: 'Start',
      properties: ['openFile'],
    });
    const [file] = filePaths;
    return canceled || file === undefined
      ? null
      : { profile: 'jupyter', folder: path.dirname(file), file: path.basename(file) };
  }

  reconnect(): void {
    void this.#deps.link.connect();
  }

  /** A page that is not there yet, or waits for the core, takes it later. */
  dropped(what: Dropped): void {
    this.#undelivered = what;
    this.home();
    this.#deps.pages.tell('shell.dropped', null);
  }

  takeDropped(): Dropped | null {
    const what = this.#undelivered;
    this.#undelivered = null;
    return what;
  }

  state(): ShellState {
    return { ...this.#deps.link.state, ...this.#constants() };
  }

  quit(): Promise<void> {
    this.#quitting ??= this.#quit().finally(() => {
      this.#quitting = null;
    });
    return this.#quitting;
  }

  /** Everything ends without a question: Ctrl-C in the terminal that the app was started from. */
  async quitNow(): Promise<void> {
    const { link, log, exit } = this.#deps;
    if (link.state.core === 'ready') {
      await link
        .call('core.quit')
        .catch((error: unknown) => log.warn(`Quitting: ${errorInfo(error).message}`));
    }
    exit();
  }

  act(action: Action): void {
    this.#perform(action).catch((error: unknown) => {
      const { message, nextStep } = errorInfo(error);
      this.#deps.log.warn(`${action.kind}: ${message}`);
      dialog.showErrorBox(message, nextStep);
    });
  }

  async #perform(action: Action): Promise<unknown> {
    switch (action.kind) {
      case 'open':
        return this.open(action.id);
      case 'new-window':
        return this.newWindow(action.id);
      case 'open-in-browser':
        return this.openInBrowser(action.id);
      case 'back':
      case 'forward':
        return this.history(action.kind);
      case 'logs':
        return this.logs(action.id);
      case 'copy-link':
        return this.copyLink(action.id);
      case 'stop':
        return this.stop(action.id);
      case 'restart':
        return this.restart(action.id);
      case 'share':
        return this.share(action.id);
      case 'stop-sharing':
        return this.stopSharing(action.id);
      case 'people':
        return this.people();
      case 'home':
        return this.home();
      case 'about':
        return this.about();
      case 'reload':
        return this.reload();
      case 'reconnect':
        return this.reconnect();
      case 'quit':
        return this.quit();
      default:
        return action satisfies never;
    }
  }

  async #quit(): Promise<void> {
    const { link } = this.#deps;
    if (link.state.core === 'ready') {
      const question = lossQuestion('quit', await this.#endings.losses());
      if (question !== null && !(await confirmed(question, 'Quit'))) return;
    }
    await this.quitNow();
  }

  #constants(): Pick<ShellState, 'tray' | 'electron' | 'version'> {
    const { tray, version } = this.#deps;
    return { tray, version, electron: process.versions.electron };
  }
}

/**
 * JupyterLab asks to stay while there is unsaved work; without an answer of ours the window would just not
 * close.
 */
export async function mayLeave(window: BrowserWindow): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'Leave this page?',
    detail: 'It has changes that are not saved.',
    buttons: ['Stay', 'Leave'],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1;
}

/** The downloads folder of the system. */
export function downloadsFolder(): string {
  return app.getPath('downloads');
}
