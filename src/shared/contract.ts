import type {
  About,
  AccessLink,
  Busy,
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
} from './sharing.ts';

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
    readonly caller?: CallerEnvironment | undefined;
  }) => Promise<readonly FoundServer[]>;
  /** Every kind of server that can be started, installed or not. */
  'profiles.kinds': () => Promise<readonly ProfileInfo[]>;
  /** Whether code of a folder may run when a server is opened on it. */
  'folders.look': (folder: string) => Promise<FolderTrust>;
  /** Every folder about which something was answered or set. */
  'folders.list': () => Promise<readonly FolderTrust[]>;
  /**
   * Remembers whether its owner trusts the authors of the files in a folder. Holds from the next start of
   * each server.
   */
  'folders.answer': (folder: string, answer: { readonly trusted: boolean }) => Promise<FolderTrust>;
  /**
   * Forgets what was said of a folder, also of one that is gone: it is asked about again. Throws `no-answer`.
   */
  'folders.forget': (folder: string) => Promise<FolderTrust>;
  /**
   * What the owner has to know of the list of folders, one sentence each: that it was broken and was put
   * aside.
   */
  'folders.warnings': () => Promise<readonly string[]>;
  'server.list': () => Promise<readonly ServerInfo[]>;
  /** Answers once the server is ready or has failed; `server.changed` tells the way there. */
  'server.start': (request: StartRequest) => Promise<ServerInfo>;
  /** The same, but answers at once with the server in state `starting`. */
  'server.begin': (request: StartRequest) => Promise<ServerInfo>;
  'server.stop': (id: string) => Promise<ServerInfo>;
  /** It keeps the environment that it was started with; `fresh`: it takes the caller's. */
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
   * What the desktop window shows in its header at this address: good only while that listener is open. Never
   * answered to a renderer. Throws `not-open`.
   */
  'server.windowToken': (id: string) => Promise<{ readonly url: string; readonly token: string }>;
  /**
   * A new access token: everybody who holds the old one is out at once, the owner's own browsers too. Never
   * answered to a renderer.
   */
  'server.rotateToken': (id: string) => Promise<string>;
  /** What making such a link would mean. Makes nothing and listens nowhere. */
  'share.preview': (request: SharePreviewRequest) => Promise<SharePreview>;
  /**
   * Makes a link and turns the server's share listener on. Refuses with `not-acknowledged` (kind `refused`)
   * where a danger was not acknowledged.
   */
  'share.create': (request: ShareRequest) => Promise<NewShareLink>;
  'share.links': () => Promise<readonly ShareLinkInfo[]>;
  /** Takes one link back: its sessions and open sockets are gone when this is answered. */
  'share.revoke': (link: string) => Promise<RevokeResult>;
  /** Takes every link of a server back and turns its share listener off. */
  'share.stop': (server: string) => Promise<RevokeResult>;
  'share.listeners': () => Promise<readonly ShareListenerInfo[]>;
  'share.people': () => Promise<readonly GuestSessionInfo[]>;
  /** Ends one session. The link stays, and may be used again while it lives. */
  'share.kick': (session: string) => Promise<RevokeResult>;
  'share.waiting': () => Promise<readonly JoinRequestInfo[]>;
  /** Lets somebody in who waits, or not. */
  'share.answer': (waiting: string, answer: { readonly allow: boolean }) => Promise<void>;
  'share.certificate': () => Promise<CertificateInfo>;
  /**
   * Keeps the passphrase of the key in `sharing.keyFile`, and looks whether it opens it. Never answered to a
   * renderer.
   */
  'share.keyPassphrase': (passphrase: string) => Promise<CertificateInfo>;
  /**
   * Makes the local authority where there is none yet. Refuses with `no-authority` where a certificate is
   * supplied.
   */
  'authority.info': () => Promise<AuthorityInfo>;
  /** Throws the local authority away and makes a new one: every guest has to install it again. */
  'authority.replace': () => Promise<AuthorityInfo>;
  /** The last events, oldest first. */
  'audit.read': (options: { readonly lines: number }) => Promise<readonly AuditLine[]>;
  'audit.verify': () => Promise<AuditReport>;
  /**
   * A new installation key: links, sessions and the audit log go on. With a file, the key in it becomes the
   * installation key.
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
  /** Links, people, listeners or waits of a server changed; null where all may have. */
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
  'core.busy': { window: true },
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
  'server.stop': { window: true },
  'server.restart': { window: true },
  'server.forget': { window: true },
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
