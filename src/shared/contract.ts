import type {
  About,
  AccessLink,
  Busy,
  DoctorLine,
  Failure,
  FoundServer,
  LogLine,
  ServerInfo,
  SettingInfo,
  SetupProgress,
  StartRequest,
  ProfileName,
} from './model.ts';

/** What a window, the tray or the command line may ask of the core. One line is one call. */
export interface Calls {
  'core.about': () => Promise<About>;
  'core.busy': () => Promise<Busy>;
  /** Stops every server in order, then ends the core. */
  'core.quit': () => Promise<void>;
  /** The computer woke up: clocks have jumped, nothing has crashed. */
  'core.resumed': () => Promise<void>;
  'profiles.find': (options: {
    readonly fresh: boolean;
    readonly folder?: string | undefined;
  }) => Promise<readonly FoundServer[]>;
  'server.list': () => Promise<readonly ServerInfo[]>;
  /** Answers once the server is ready or has failed; `server.changed` tells the way there. */
  'server.start': (request: StartRequest) => Promise<ServerInfo>;
  /** The same, but answers at once with the server in state `starting`. */
  'server.begin': (request: StartRequest) => Promise<ServerInfo>;
  'server.stop': (id: string) => Promise<ServerInfo>;
  'server.restart': (id: string) => Promise<ServerInfo>;
  /** Forgets a server that does not run, and its token. */
  'server.forget': (id: string) => Promise<void>;
  'server.failure': (id: string) => Promise<Failure | null>;
  'server.logs': (id: string, options: { readonly lines: number }) => Promise<readonly LogLine[]>;
  'server.link': (id: string, options: { readonly tool: boolean }) => Promise<AccessLink>;
  /** The access token. Never answered to a renderer. */
  'server.token': (id: string) => Promise<string>;
  'setup.run': (profile: ProfileName) => Promise<FoundServer>;
  'setup.remove': (profile: ProfileName) => Promise<void>;
  'doctor.run': () => Promise<readonly DoctorLine[]>;
  'config.list': () => Promise<readonly SettingInfo[]>;
  'config.get': (key: string) => Promise<SettingInfo>;
  'config.set': (key: string, value: unknown) => Promise<SettingInfo>;
}

/** What the core announces. An event says what has changed; it never gives an order. */
export interface Events {
  'server.changed': ServerInfo;
  'server.forgotten': { readonly id: string };
  'server.log': { readonly id: string; readonly line: LogLine };
  'setup.progress': SetupProgress;
  'core.stopping': { readonly reason: string };
}

export type CallName = keyof Calls;
export type EventName = keyof Events;

/** test/types/contract.test-d.ts proves that the lists below are whole. */
export const callNames = [
  'core.about',
  'core.busy',
  'core.quit',
  'core.resumed',
  'profiles.find',
  'server.list',
  'server.start',
  'server.begin',
  'server.stop',
  'server.restart',
  'server.forget',
  'server.failure',
  'server.logs',
  'server.link',
  'server.token',
  'setup.run',
  'setup.remove',
  'doctor.run',
  'config.list',
  'config.get',
  'config.set',
] as const satisfies readonly CallName[];

export const eventNames = [
  'server.changed',
  'server.forgotten',
  'server.log',
  'setup.progress',
  'core.stopping',
] as const satisfies readonly EventName[];
