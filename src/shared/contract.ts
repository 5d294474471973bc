import type {
  About,
  AccessLink,
  BusyServer,
  CallerEnvironment,
  DoctorLine,
  Failure,
  FolderTrust,
  FoundServer,
  LogLine,
  ServerInfo,
  SettingInfo,
  SetupProgress,
  StartRequest,
  ProfileInfo,
  ProfileName,
} from './model.ts';
import type {
  AuditLine,
  AuditReport,
  AuthorityInfo,
  CertificateInfo,
  NewShareLink,
  GuestSessionInfo,
  GuestSessionEnded,
  ShareLinkInfo,
  ShareListenerInfo,
  SharePreview,
  SharePreviewRequest,
  ShareRequest,
  RevokeResult,
  JoinRequestInfo,
} from './share-model.ts';

/** What a window, the tray or the command line may ask of the core. One line is one call. */
export interface Calls {
  'core.about': () => Promise<About>;
  'core.busy': () => Promise<readonly BusyServer[]>;
  /** Stops every server in order, then ends the core. */
  'core.quit': () => Promise<void>;
  /** The computer woke up: clocks have jumped, nothing has crashed. */
  'core.resumed': () => Promise<void>;
  'profiles.find': (options: {
    readonly fresh: boolean;
    readonly folder?: string | undefined;
    readonly caller?: CallerEnvironment | undefined;
  }) => Promise<readonly FoundServer[]>;
  /** Every kind of server that can be started, installed or not. */
  'profiles.kinds': () => Promise<readonly ProfileInfo[]>;
  /** Whether code in a folder may run when a server is opened on it. */
  'folders.look': (folder: string) => Promise<FolderTrust>;
  /** Every folder about which the owner or a setting has decided. */
  'folders.list': () => Promise<readonly FolderTrust[]>;
  /**
   * Remembers whether the owner trusts the authors of the files in a folder. Takes effect at the next start
   * of each server.
   */
  'folders.answer': (folder: string, answer: { readonly trusted: boolean }) => Promise<FolderTrust>;
  /**
   * Forgets the decision about a folder, even one that no longer exists: the owner is asked again. Throws
   * `no-answer`.
   */
  'folders.forget': (folder: string) => Promise<FolderTrust>;
  /**
   * What the owner has to know about the list of folders, one sentence each, such as that it was damaged and
   * put aside.
   */
  'folders.warnings': () => Promise<readonly string[]>;
  'server.list': () => Promise<readonly ServerInfo[]>;
  /** Answers once the server is ready or has failed; `server.changed` announces the states on the way. */
  'server.start': (request: StartRequest) => Promise<ServerInfo>;
  /** The same, but answers at once with the server in state `starting`. */
  'server.begin': (request: StartRequest) => Promise<ServerInfo>;
  'server.stop': (id: string) => Promise<ServerInfo>;
  /** Keeps the environment that the server was started with; with `fresh` it takes the caller's. */
  'server.restart': (
    id: string,
    options?: { readonly fresh?: boolean | undefined; readonly caller?: CallerEnvironment | undefined },
  ) => Promise<ServerInfo>;
  /** Forgets a server that does not run, and its token. */
  'server.forget': (id: string) => Promise<void>;
  'server.failure': (id: string) => Promise<Failure | null>;
  'server.logs': (id: string, options: { readonly lines: number }) => Promise<readonly LogLine[]>;
  'server.link': (
    id: string,
    options: { readonly tool: boolean; readonly begin?: 'private' | 'seen' | undefined },
  ) => Promise<AccessLink>;
  /** The access token. Never answered to a renderer. */
  'server.token': (id: string) => Promise<string>;
  /**
   * The token that the desktop window sends in a header to this address; valid only while that listener is
   * open. Never answered to a renderer. Throws `not-open`.
   */
  'server.windowToken': (id: string) => Promise<{ readonly url: string; readonly token: string }>;
  /**
   * Makes a new access token. The old one stops working at once, in the owner's own browsers too. Never
   * answered to a renderer.
   */
  'server.rotateToken': (id: string) => Promise<string>;
  /** What such a link would permit. Makes nothing and listens nowhere. */
  'share.preview': (request: SharePreviewRequest) => Promise<SharePreview>;
  /**
   * Makes a link and turns the server's share listener on. Refuses with `not-acknowledged` (kind `refused`)
   * where a danger was not acknowledged.
   */
  'share.create': (request: ShareRequest) => Promise<NewShareLink>;
  'share.links': () => Promise<readonly ShareLinkInfo[]>;
  /** Revokes one link: its guest sessions and open sockets have ended when this answers. */
  'share.revoke': (link: string) => Promise<RevokeResult>;
  /** Revokes every link of a server and closes its share listener. */
  'share.stop': (server: string) => Promise<RevokeResult>;
  'share.listeners': () => Promise<readonly ShareListenerInfo[]>;
  'share.people': () => Promise<readonly GuestSessionInfo[]>;
  /** Removes one guest. The link stays valid and may be used again. */
  'share.kick': (session: string) => Promise<RevokeResult>;
  'share.waiting': () => Promise<readonly JoinRequestInfo[]>;
  /** Lets a waiting guest in, or refuses them. */
  'share.answer': (waiting: string, answer: { readonly allow: boolean }) => Promise<void>;
  'share.certificate': () => Promise<CertificateInfo>;
  /**
   * Stores the passphrase of the key in `sharing.keyFile` after checking that it opens the key. Never offered
   * to a renderer.
   */
  'share.keyPassphrase': (passphrase: string) => Promise<CertificateInfo>;
  /**
   * Makes the local authority where there is none yet. Refuses with `no-authority` where a certificate is
   * supplied.
   */
  'authority.info': () => Promise<AuthorityInfo>;
  /** Discards the local authority and makes a new one, which every guest has to install. */
  'authority.replace': () => Promise<AuthorityInfo>;
  /** The last events, oldest first. */
  'audit.read': (options: { readonly lines: number }) => Promise<readonly AuditLine[]>;
  'audit.verify': () => Promise<AuditReport>;
  /**
   * Makes a new installation key, or takes the one in the file. Links, guest sessions and the audit log
   * remain valid.
   */
  'secret.rotate': (options: { readonly keyFile?: string | undefined }) => Promise<void>;
  'setup.run': (profile: ProfileName) => Promise<FoundServer>;
  'setup.remove': (profile: ProfileName) => Promise<void>;
  'doctor.run': (options?: {
    readonly caller?: CallerEnvironment | undefined;
  }) => Promise<readonly DoctorLine[]>;
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
  /** Links, guests, listeners or join requests of a server changed; null where those of all may have. */
  'share.changed': { readonly server: string | null };
  'share.joined': GuestSessionInfo;
  'share.left': GuestSessionEnded;
  'share.waiting': JoinRequestInfo;
  'core.stopping': { readonly reason: string };
}

export type CallName = keyof Calls;
export type EventName = keyof Events;

/** Which window a call is offered to: each of Gatehouse's own pages, or none and why. */
export type CallRule = { readonly window: true } | { readonly window: false; readonly because: string };

/**
 * Every call. What a window may not call is refused before it reaches the core. A share link is made to be
 * shown, so `share.create` may answer with one; no other call that answers with a credential is offered.
 */
export const callRules = {
  'core.about': { window: true },
  'core.busy': { window: false, because: 'the shell asks first' },
  'core.quit': { window: false, because: 'the shell decides' },
  'core.resumed': { window: false, because: 'the shell decides' },
  'profiles.find': { window: true },
  'profiles.kinds': { window: true },
  'folders.look': { window: true },
  'folders.list': { window: false, because: 'the command line has it' },
  'folders.answer': { window: true },
  'folders.forget': { window: false, because: 'the command line has it' },
  'folders.warnings': { window: true },
  'server.list': { window: true },
  'server.start': { window: false, because: 'a window uses server.begin' },
  'server.begin': { window: true },
  'server.stop': { window: false, because: 'the shell asks first' },
  'server.restart': { window: false, because: 'the shell asks first' },
  'server.forget': { window: false, because: 'the shell asks first' },
  'server.failure': { window: true },
  'server.logs': { window: true },
  'server.link': { window: false, because: 'a page never holds a credential' },
  'server.token': { window: false, because: 'a page never holds a credential' },
  'server.windowToken': { window: false, because: 'a page never holds a credential' },
  'server.rotateToken': { window: false, because: 'a page never holds a credential' },
  'share.preview': { window: true },
  'share.create': { window: true },
  'share.links': { window: true },
  'share.revoke': { window: true },
  'share.stop': { window: true },
  'share.listeners': { window: true },
  'share.people': { window: true },
  'share.kick': { window: true },
  'share.waiting': { window: true },
  'share.answer': { window: true },
  'share.certificate': { window: false, because: 'the command line has it' },
  'share.keyPassphrase': { window: false, because: 'the command line has it' },
  'authority.info': { window: false, because: 'the command line has it' },
  'authority.replace': { window: false, because: 'the command line has it' },
  'audit.read': { window: false, because: 'the command line has it' },
  'audit.verify': { window: false, because: 'the command line has it' },
  'secret.rotate': { window: false, because: 'the command line has it' },
  'setup.run': { window: true },
  'setup.remove': { window: true },
  'doctor.run': { window: true },
  'config.list': { window: true },
  'config.get': { window: true },
  'config.set': { window: false, because: 'no window has settings yet' },
} as const satisfies Readonly<Record<CallName, CallRule>>;

export const callNames = Object.keys(callRules).filter(isCallName);

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(callRules, name);
}

const events: Readonly<Record<EventName, true>> = {
  'server.changed': true,
  'server.forgotten': true,
  'server.log': true,
  'setup.progress': true,
  'share.changed': true,
  'share.joined': true,
  'share.left': true,
  'share.waiting': true,
  'core.stopping': true,
};

export const eventNames = Object.keys(events).filter(isEventName);

function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name);
}
