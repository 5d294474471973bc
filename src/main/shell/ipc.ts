/** The bridge's end in the main process. Who may call what is decided in `window-call.ts`. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron/main';
import type { ErrorInfo } from '../../shared/model.ts';
import type { ShellCalls } from '../../shared/window.ts';
import type { CallName } from '../../shared/contract.ts';
import type { CoreLink } from './core-link.ts';
import { errorInfo } from './error-info.ts';
import type { Deeds, ShellLog } from './shell-ports.ts';
import { readTarget } from './start-argument.ts';
import {
  CallRefused,
  checkSender,
  parseCall,
  parseServerId,
  parseShareLink,
  type WindowCall,
} from './window-call.ts';

export const callChannel = 'gatehouse:call';
export const eventChannel = 'gatehouse:event';
export const dropChannel = 'gatehouse:drop';

export interface IpcHouse {
  readonly link: CoreLink;
  readonly deeds: Deeds;
  readonly log: ShellLog;
  isOurs(contents: WebContents): boolean;
}

type Reply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorInfo };

export function answerWindows(ipc: IpcMain, house: IpcHouse): void {
  ipc.handle(callChannel, async (event, name: unknown, args: unknown): Promise<Reply> => {
    const call = admit(house, event, () => parseCall(name, args));
    try {
      return { ok: true, value: await perform(house, call) };
    } catch (error) {
      if (error instanceof CallRefused) throw error;
      return { ok: false, error: errorInfo(error) };
    }
  });
  ipc.handle(dropChannel, async (event, file: unknown): Promise<void> => {
    const target = admit(house, event, () => {
      if (typeof file !== 'string' || file === '' || file.length > 4096)
        throw new CallRefused('Refused: not a path.');
      return file;
    });
    const dropped = await readTarget(target, '/');
    if (dropped !== null) house.deeds.dropped(dropped);
  });
}

function admit<T>(house: IpcHouse, event: IpcMainInvokeEvent, parse: () => T): T {
  try {
    const frame = event.senderFrame ?? null;
    checkSender({
      frameUrl: frame?.url ?? null,
      isTopFrame: frame !== null && frame.parent === null,
      isOurWindow: house.isOurs(event.sender),
    });
    return parse();
  } catch (error) {
    house.log.warn(`A call of a page was refused: ${errorInfo(error).message}`);
    throw error;
  }
}

function perform(house: IpcHouse, call: WindowCall): Promise<unknown> {
  if (call.to === 'shell') return performShell(house.deeds, call.name, call.args);
  // The core parses the arguments of each call; here they are still unknown, whatever the name.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const ask = house.link.call.bind(house.link) as (
    name: CallName,
    ...args: readonly unknown[]
  ) => Promise<unknown>;
  return ask(call.name, ...call.args);
}

async function performShell(
  deeds: Deeds,
  name: keyof ShellCalls,
  args: readonly unknown[],
): Promise<unknown> {
  switch (name) {
    case 'shell.state':
      return deeds.state();
    case 'shell.open':
      return deeds.open(parseServerId(args));
    case 'shell.logs':
      return deeds.logs(parseServerId(args));
    case 'shell.home':
      return deeds.home();
    case 'shell.about':
      return deeds.about();
    case 'shell.copyLink':
      return deeds.copyLink(parseServerId(args));
    case 'shell.copyFailure':
      return deeds.copyFailure(parseServerId(args));
    case 'shell.share':
      return deeds.share(parseServerId(args));
    case 'shell.people':
      return deeds.people();
    case 'shell.copyShareLink':
      return deeds.copyShareLink(parseShareLink(args));
    case 'shell.chooseFolder':
      return deeds.chooseFolder();
    case 'shell.chooseFile':
      return deeds.chooseFile();
    case 'shell.takeDropped':
      return deeds.takeDropped();
    case 'shell.reconnect':
      return deeds.reconnect();
    case 'shell.quit':
      return deeds.quit();
    default:
      return name satisfies never;
  }
}
