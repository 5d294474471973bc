/** The interfaces between the folders of the shell. */
import type { CallName, Calls, EventName, Events } from '../../shared/contract.ts';
import type { Dropped, ShellState } from '../../shared/window.ts';

/** A connection to the core, as `control/client` gives it. */
export interface CoreClient {
  call<K extends CallName>(name: K, ...args: Parameters<Calls[K]>): ReturnType<Calls[K]>;
  on<K extends EventName>(name: K, listener: (event: Events[K]) => void): () => void;
  onClose(listener: () => void): () => void;
  close(): void;
}

/** Finds the core of this installation or starts one. */
export type CoreConnection = () => Promise<CoreClient>;

/** The shell's own log. Its lines are redacted before they are written. */
export interface ShellLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** What Gatehouse's own windows are told. */
export interface Announcer {
  tell(name: EventName | 'shell.changed' | 'shell.dropped', value: unknown): void;
}

/** What menus, tray and pages may make the shell do. */
export interface Actions {
  open(id: string): void;
  logs(id: string): void;
  home(): void;
  about(): void;
  copyLink(id: string): Promise<void>;
  copyFailure(id: string): Promise<void>;
  share(id: string): void;
  people(): void;
  copyShareLink(link: string): Promise<void>;
  stopSharing(id: string): Promise<void>;
  /** False when the owner changed their mind. */
  stop(id: string): Promise<boolean>;
  restart(id: string): Promise<boolean>;
  forget(id: string): Promise<boolean>;
  chooseFolder(): Promise<string | null>;
  chooseFile(): Promise<Dropped | null>;
  reconnect(): void;
  quit(): Promise<void>;
  state(): ShellState;
  dropped(what: Dropped): void;
  takeDropped(): Dropped | null;
}
