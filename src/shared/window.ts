/** What Gatehouse's own windows may ask for, and what they are told. The shell refuses everything else. */
import { callNames, callRules, type CallName, type Calls, type EventName, type Events } from './contract.ts';
import type { ErrorInfo, ProfileName } from './model.ts';

/** How the windows stand with the core. */
export type CoreState = 'connecting' | 'ready' | 'lost';

export interface ShellState {
  readonly core: CoreState;
  /** Why the core is not there, one sentence; empty while it is. */
  readonly reason: string;
  /** False where closing every window would leave nothing to click on. */
  readonly tray: boolean;
  readonly electron: string;
  readonly version: string;
}

/** A file or folder that the user dropped on a window or named when starting the app. */
export interface Dropped {
  /** The kind of server that opens it. */
  readonly profile: ProfileName;
  /** Absolute; null where only a kind was named. */
  readonly folder: string | null;
  /** Name of a file in the folder; null for the folder alone. */
  readonly file: string | null;
}

/** What only the shell can do. */
export interface ShellCalls {
  'shell.state': () => Promise<ShellState>;
  /** Shows the server's own page in its window, now or as soon as it is ready. */
  'shell.open': (id: string) => Promise<void>;
  /**
   * These ask first where something would be lost: running cells, unsaved documents, guests. False when the
   * owner changed their mind.
   */
  'shell.stop': (id: string) => Promise<boolean>;
  'shell.restart': (id: string) => Promise<boolean>;
  /** Always asks first. */
  'shell.forget': (id: string) => Promise<boolean>;
  'shell.logs': (id: string) => Promise<void>;
  'shell.home': () => Promise<void>;
  'shell.about': () => Promise<void>;
  /** Puts a one-time link on the clipboard; the page never sees it. */
  'shell.copyLink': (id: string) => Promise<void>;
  /** Puts the failure of a server, redacted, on the clipboard. */
  'shell.copyFailure': (id: string) => Promise<void>;
  /** The window in which a server is shared. */
  'shell.share': (id: string) => Promise<void>;
  /** Who holds a link and who is in. */
  'shell.people': () => Promise<void>;
  /**
   * Puts a share link on the clipboard, marked as a secret where the system knows such a mark, and takes it
   * off again after a minute.
   */
  'shell.copyShareLink': (link: string) => Promise<void>;
  'shell.chooseFolder': () => Promise<string | null>;
  /** A file and the folder that it lies in. */
  'shell.chooseFile': () => Promise<Dropped | null>;
  /** What was dropped or named at the start and not yet taken; asking takes it. */
  'shell.takeDropped': () => Promise<Dropped | null>;
  'shell.reconnect': () => Promise<void>;
  /** Stops everything, after one question where that would interrupt somebody. */
  'shell.quit': () => Promise<void>;
}

export interface ShellEvents {
  'shell.changed': ShellState;
  /** There is something to take with `shell.takeDropped`. */
  'shell.dropped': null;
}

/** The core calls that a window may make; `callRules` says why it may not make the others. */
export type WindowCoreCall = {
  [K in CallName]: (typeof callRules)[K]['window'] extends true ? K : never;
}[CallName];

export const windowCoreCalls = callNames.filter(isWindowCoreCall);

function isWindowCoreCall(name: CallName): name is WindowCoreCall {
  return callRules[name].window;
}

const shell: Readonly<Record<keyof ShellCalls, true>> = {
  'shell.state': true,
  'shell.open': true,
  'shell.stop': true,
  'shell.restart': true,
  'shell.forget': true,
  'shell.logs': true,
  'shell.home': true,
  'shell.about': true,
  'shell.copyLink': true,
  'shell.copyFailure': true,
  'shell.share': true,
  'shell.people': true,
  'shell.copyShareLink': true,
  'shell.chooseFolder': true,
  'shell.chooseFile': true,
  'shell.takeDropped': true,
  'shell.reconnect': true,
  'shell.quit': true,
};

export const shellCalls = Object.keys(shell).filter(isShellCall);

function isShellCall(name: string): name is keyof ShellCalls {
  return Object.hasOwn(shell, name);
}

/** IPC channels between a window's preload script and the shell. */
export const channels = {
  call: 'gatehouse:call',
  event: 'gatehouse:event',
  drop: 'gatehouse:drop',
} as const;

export type WindowCalls = Pick<Calls, WindowCoreCall> & ShellCalls;
export type WindowCallName = keyof WindowCalls;
export type WindowEvents = Events & ShellEvents;
export type WindowEventName = EventName | keyof ShellEvents;

/** Errors cross the bridge as values: a thrown one would lose its code and its next step on the way. */
export type Reply<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorInfo };

/** What the preload script puts on `window.gatehouse`, and nothing else. */
export interface Bridge {
  call<K extends WindowCallName>(
    name: K,
    ...args: Parameters<WindowCalls[K]>
  ): Promise<Reply<Awaited<ReturnType<WindowCalls[K]>>>>;
  on<K extends WindowEventName>(name: K, listener: (event: WindowEvents[K]) => void): () => void;
}
