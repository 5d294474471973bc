import type { CoreClient } from '../control/core-client.ts';
import type { HomeFolders } from '../core/home/home-lock.ts';
import type { Output } from './print.ts';
import type { Actions } from './program.ts';

/** How the commands reach a core. Each answers with a client that the caller closes. */
export interface CoreConnector {
  /** The running core; throws `no-core`. */
  running(): Promise<CoreClient>;
  /** The running core, or one inside this process that can look but starts nothing. */
  reading(): Promise<CoreClient>;
  /** The running core, or a new one in the background. */
  ensured(): Promise<CoreClient>;
}

export interface CommandContext {
  readonly output: Output;
  readonly reach: CoreConnector;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly runtime: string;
  /** Folders in which the home's lock lies. */
  readonly home: HomeFolders;
  readonly serve: Actions['serve'];
  /** Resolves when the user interrupts (Ctrl-C). */
  readonly interrupted: () => Promise<void>;
  /** Asks the person at the terminal; null where nobody can be asked. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** The same without showing the answer; where nobody can be asked it is read from standard input. */
  readonly askSecret: (question: string) => Promise<string>;
}
