/** The bridge's end in the main process. Who may call what is decided in `window-call.ts`. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron/main';
import type { ErrorInfo } from '../../shared/model.ts';
import { channels, type ShellCalls } from '../../shared/window.ts';
import type { CallName } from '../../shared/contract.ts';
import type { CoreLink } from './core-link.ts';
import { errorInfo } from './error-info.ts';
import type { Actions, ShellLog } from './shell-ports.ts';
import { readTarget } from './start-argument.ts';
import {
  CallRefused,
  checkSender,
  parseCall,
  parseServerId,
  parseShareLink,
  type WindowCall,
} from './window-call.ts';

export interface IpcDeps {
  readonly link: CoreLink;
  readonly actions: Actions;
  readonly log: ShellLog;
  isOurs(contents: WebContents): boolean;
}

type Reply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorInfo };

export function answerWindows(ipc: IpcMain, deps: IpcDeps): void {
  ipc.handle(channels.call, async (event, name: unknown, args: unknown): Promise<Reply> => {
    const call = admit(deps, event, () => parseCall(name, args));
    try {
      return { ok: true, value: await perform(deps, call) };
    } catch (error) {
      if (error instanceof CallRefused) throw error;
      return { ok: false, error: errorInfo(error) };
    }
  });
  ipc.handle(channels.drop, async (event, file: unknown): Promise<void> => {
    const target = admit(deps, event, () => {
      if (typeof file !== 'string' || file === '' || file.length > 4096)
        throw new CallRefused('Refused: not a path.');
      return file;
    });
    const dropped = await readTarget(target, '/');
    if (dropped !== null) deps.actions.dropped(dropped);
  });
}

function admit<T>(deps: IpcDeps, event: IpcMainInvokeEvent, parse: () => T): T {
  try {
    const frame = event.senderFrame ?? null;
    checkSender({
      frameUrl: frame?.url ?? null,
      isTopFrame: frame !== null && frame.parent === null,
      isOurWindow: deps.isOurs(event.sender),
    });
    return parse();
  } catch (error) {
    deps.log.warn(`A call of a page was refused: ${errorInfo(error).message}`);
    throw error;
  }
}

function perform(deps: IpcDeps, call: WindowCall): Promise<unknown> {
  if (call.to === 'shell') return performShell(deps.actions, call.name, call.args);
  // The core parses the arguments of each call; here they are still unknown, whatever the name.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const ask = deps.link.call.bind(deps.link) as (
    name: CallName,
    ...args: readonly unknown[]
  ) => Promise<unknown>;
  return ask(call.name, ...call.args);
}

async function performShell(
  actions: Actions,
  name: keyof ShellCalls,
  args: readonly unknown[],
): Promise<unknown> {
  switch (name) {
    case 'shell.state':
      return actions.state();
    case 'shell.open':
      return actions.open(parseServerId(args));
    case 'shell.stop':
      return actions.stop(parseServerId(args));
    case 'shell.restart':
      return actions.restart(parseServerId(args));
    case 'shell.forget':
      return actions.forget(parseServerId(args));
    case 'shell.logs':
      return actions.logs(parseServerId(args));
    case 'shell.home':
      return actions.home();
    case 'shell.about':
      return actions.about();
    case 'shell.copyLink':
      return actions.copyLink(parseServerId(args));
    case 'shell.copyFailure':
      return actions.copyFailure(parseServerId(args));
    case 'shell.share':
      return actions.share(parseServerId(args));
    case 'shell.people':
      return actions.people();
    case 'shell.copyShareLink':
      return actions.copyShareLink(parseShareLink(args));
    case 'shell.chooseFolder':
      return actions.chooseFolder();
    case 'shell.chooseFile':
      return actions.chooseFile();
    case 'shell.takeDropped':
      return actions.takeDropped();
    case 'shell.reconnect':
      return actions.reconnect();
    case 'shell.quit':
      return actions.quit();
    default:
      return name satisfies never;
  }
}
