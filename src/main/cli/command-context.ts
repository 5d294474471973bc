import type { Command } from 'commander';
import type { CoreClient } from '../control/core-client.ts';
import type { HomeFolders } from '../core/home/home-lock.ts';
import type { CoreProcess } from './core-process.ts';
import type { Output } from './print.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  /** commander has checked that it is one of these. */
  readonly secrets?: 'auto' | 'keychain' | 'file' | 'memory';
}

/** How the commands reach a core. Each method resolves with a client that its caller closes. */
export interface CoreConnector {
  /** The running core; throws `no-core`. */
  running(): Promise<CoreClient>;
  /** The running core, or one inside this process that reads the state and starts nothing. */
  reading(): Promise<CoreClient>;
  /** The running core, or a new one in the background. */
  ensured(): Promise<CoreClient>;
}

/** How to ask the person at the terminal; null where nobody can be asked. */
export type AskPerson = ((question: string) => Promise<string>) | null;

/** What a command needs of the process it runs in. */
export interface CommandContext {
  readonly output: Output;
  readonly connector: CoreConnector;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folders that hold the lock of the home. */
  readonly home: HomeFolders;
  /** Makes this process the core. */
  openCore(background: boolean): Promise<CoreProcess>;
  /** Resolves when the user interrupts (Ctrl-C) or the system ends this process. */
  readonly interrupted: () => Promise<void>;
  readonly ask: AskPerson;
  /** Asks without showing the answer; reads standard input where nobody can be asked. */
  readonly askSecret: (question: string) => Promise<string>;
}

/** Makes the context of a command once its options are parsed. */
export type ContextOf = (command: Command) => CommandContext;
