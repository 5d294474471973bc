/**
 * The small interfaces through which the rooms of the core meet. Types only: `compose.ts` chooses the
 * implementations.
 */
import type {
  Failure,
  FoundServer,
  LogLine,
  SecretStoreKind,
  ServerState,
  SetupProgress,
  StartRequest,
  ProfileName,
} from '../../shared/model.ts';
import type { ProfileSharing } from './role-ports.ts';
import type { Secret } from './secret.ts';
import type { UpstreamAccess, Upstream } from './upstream.ts';

export type {
  Address,
  CheckHolder,
  Holder,
  PageRewrite,
  UpstreamAccess,
  UploadParts,
  Upstream,
} from './upstream.ts';

/** Milliseconds since the epoch. Time is a parameter everywhere, so that tests own it. */
export type Clock = () => number;

/** Removes every known secret, and everything that looks like one, from a text that will be kept or shown. */
export interface Redactor {
  /** From now on this value is removed wherever it appears (also percent-encoded and in base64). */
  learn(secret: Secret<string>): void;
  forget(secret: Secret<string>): void;
  redact(text: string): string;
}

/**
 * The log of Gatehouse itself. Every line goes through the redactor. `fields` never hold a secret, and are
 * redacted once more.
 */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Where secrets are kept. Every method ends within a bound (10 s; a keychain that waits for its owner's
 * password may take 60 s) and refuses with a GatehouseError `keychain-locked`, `keychain-denied`,
 * `keychain-gone` or `keychain-timeout`.
 */
export interface SecretStore {
  readonly store: SecretStoreKind;
  /** One plain sentence: where secrets are kept. */
  readonly sentence: string;
  get(name: string): Promise<Secret<string> | null>;
  set(name: string, value: Secret<string>): Promise<void>;
  delete(name: string): Promise<void>;
}

/** Mints, reads and rotates the secrets of Gatehouse by their meaning. */
export interface Vault {
  readonly store: SecretStoreKind;
  readonly sentence: string;
  /** The owner's token for one server, minted when there is none. */
  accessToken(serverId: string): Promise<Secret<string>>;
  rotateAccessToken(serverId: string): Promise<Secret<string>>;
  /** Removes what is kept for a server. */
  forget(serverId: string): Promise<void>;
}

/**
 * Spellings in which the server's own clients show a credential, beside Gatehouse's own. What is recognised
 * here never reaches the server, and no log. Names are in lower case.
 */
export interface ClientCredential {
  /** Headers whose value is the token: `mwi-auth-token`. */
  readonly headers: readonly string[];
  /** Query parameters whose value is the token: `access_token`. */
  readonly parameters: readonly string[];
  /**
   * Path whose next segment is the token, for clients that can only be told an address: `/core/` takes
   * `/core/<token>`, and the server is asked for `/core`.
   */
  readonly pathPrefix: string | null;
  /** A WebSocket subprotocol `gatehouse.<token>` carries the token; it is not offered to the server. */
  readonly subprotocol: boolean;
}

/** What a profile is given to plan one run. */
export interface RunContext {
  readonly serverId: string;
  /**
   * Private 0700 folder of this run, removed after it; short enough for a Unix socket in it (at most 80
   * bytes).
   */
  readonly directory: string;
  /** False on Windows: there the server must use `port`. */
  readonly canUseSockets: boolean;
  /** A port that was free on 127.0.0.1 a moment ago. A retry brings another one. */
  readonly port: number;
  /** Another such port, for servers that have two. */
  readonly secondPort?: number;
  /**
   * Minted for this run. Reaches the server by a file in `directory` or its standard input; by its
   * environment only where the server has no other way.
   */
  readonly secret: Secret<string>;
  /** Working folder, absolute and existing. */
  readonly folder: string;
  /**
   * Whether its owner trusts the authors of the files in the folder. Where it is false, nothing of the folder
   * may run by opening it: no configuration, no start file, no module, no program. It runs when the owner
   * runs it.
   */
  readonly folderTrusted: boolean;
  /** Login name of the owner. */
  readonly user: string;
  /**
   * Origin of the door before the server, as a tool of this computer asks it: `http://127.0.0.1:40123`.
   * Absent where there is no door.
   */
  readonly gatewayOrigin?: string | undefined;
}

/** What to run, and how to know, use and stop it. Made by a profile, performed by the supervisor. */
export interface LaunchPlan {
  /** argv[0] is absolute or found on PATH. No shell, no secret. */
  readonly argv: readonly string[];
  /** Added to the clean environment; no secret where the server has another way. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * The user's, as whoever started it has them; `server/environment.ts` says which of them the server gets.
   * The core's own when absent.
   */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
  /** What was printed while it was made ready, for its log and for whoever has to understand a failure. */
  readonly said?: readonly string[] | undefined;
  /** Names of the user's variables that steer this kind of server (`ProfileKind.ownVariables`). */
  readonly withheld?: RegExp | null | undefined;
  /** The user's own command: nothing of ours runs within it. */
  readonly ownProgram?: boolean | undefined;
  readonly folder: string;
  readonly upstream: Upstream;
  /** Path of the first page, with leading slash: `/lab`. */
  readonly landing: string;
  /** Asks once whether the server answers *and is ours*. Ends with the signal. Throws nothing. */
  readonly prove: (signal: AbortSignal, run: RunFacts) => Promise<Proof>;
  /** The server's own graceful stop; null when TERM is. Ends with the signal. */
  readonly askToStop: ((signal: AbortSignal) => Promise<void>) | null;
  /** Kernels that are running a cell now; null when the server cannot tell. */
  readonly busyKernels: ((signal: AbortSignal) => Promise<number>) | null;
  /** Seconds until the start is given up. */
  readonly readySeconds: number;
  /**
   * From the exit code and the last lines to one sentence of advice; null when the profile knows nothing
   * better.
   */
  readonly advise: (lastLines: readonly string[], exitCode: number | null) => string | null;
  /**
   * What is asked of the running server from outside the gateway, without a credential; its first page when
   * absent.
   */
  readonly preflight?: PreflightQuestions | undefined;
  /**
   * What its owner has to know while it is up, as the end of a sentence: `other accounts can reach its port.`
   * Null or absent: nothing.
   */
  readonly caveat?: () => string | null;
}

/** What a server may answer to anybody who reaches it past the gateway. */
export interface PreflightQuestions {
  /** Paths that say something worth protecting: answered with 2xx, the server is open. */
  readonly paths: readonly string[];
  /** Paths of WebSockets: upgraded, the server is open. */
  readonly sockets: readonly string[];
}

/** What was found when a running server was looked at from outside its door. */
export interface PreflightReport {
  /**
   * `private`: a Unix socket that only this account reaches. `computer`: loopback. `network`: more than that.
   */
  readonly reach: 'private' | 'computer' | 'network';
  /** Ports on which processes of the run listen beyond loopback. */
  readonly networkPorts: readonly number[];
  /**
   * What was answered without a credential: `/api`, `WebSocket /comms`; where it can be reached from the
   * network, from there.
   */
  readonly open: readonly string[];
}

/** What the supervisor knows of the run that is to be proved. */
export interface RunFacts {
  readonly pid: number;
  /** Value of GATEHOUSE_RUN in the environment of everything that the run started. */
  readonly marker: string;
}

export type Proof =
  | { readonly kind: 'ours' }
  /** `nextStep`: what helps if it stays like this, where that is known. */
  | { readonly kind: 'not-yet'; readonly detail: string; readonly nextStep?: string }
  /** Something answered, and it is not our server: nothing secret was sent to it. */
  | { readonly kind: 'foreign'; readonly detail: string }
  /** It is ours, and open where it must not be: the start fails at once, and no other port is tried. */
  | { readonly kind: 'unsafe'; readonly detail: string };

/** One kind of server. Adding a kind is adding a file that makes one of these (doc/adding-a-profile.md). */
export interface Profile {
  readonly name: ProfileName;
  /** What the kind is called. */
  readonly title: string;
  /**
   * Everything of this kind on this computer, broken ones with their reason. Bounded in time; throws nothing.
   * Null where the request says all of it and nothing is looked for.
   */
  readonly find:
    | null
    | ((options: {
        readonly fresh: boolean;
        readonly folder?: string | undefined;
        /** Absolute path of an installation that the user names. */
        readonly named?: string | undefined;
        readonly signal: AbortSignal;
      }) => Promise<readonly FoundServer[]>);
  /** The same for another environment than the core's own: that of whoever asks. */
  within?(environment: Readonly<Record<string, string | undefined>>): Profile;
  /** Checks the request and says what to run; throws GatehouseError of kind `usage` or `not-found`. */
  plan(request: StartRequest, found: FoundServer | null, place: RunContext): Promise<LaunchPlan>;
  /** How its own clients show a credential; absent: only as every server's do. */
  readonly clientCredential?: ClientCredential | undefined;
  /** Makes a managed environment; null where the kind has none. */
  readonly setup: ManagedSetup | null;
  readonly sharing: ProfileSharing;
  /**
   * What the owner's own settings of this kind of server ask of the door before it; absent: nothing. Throws
   * GatehouseError.
   */
  door?(request: StartRequest): Promise<ListenerOverrides>;
  /** Where the request says more of it than the kind does. Throws nothing. */
  readonly sharingOf?: ((request: StartRequest) => ProfileSharing) | undefined;
}

/** How a server's owner wants the local listener, said in the server's own settings. */
export interface ListenerOverrides {
  /** To listen on where it is free; null: as usual. */
  readonly port: number | null;
  /** The access token; null: as usual. Checked, so that it means the same in every part of a URL. */
  readonly token: Secret<string> | null;
  /** False: whoever is on this computer is let in without one. Such a server cannot be shared. */
  readonly asksForToken: boolean;
  /** Path below which the server's pages are, without a slash at its end: `/matlab`; '' for the root. */
  readonly basePath: string;
  /** Null: plain HTTP. */
  readonly tls: ListenerTls | null;
  /** Said as long as the door is open, each a whole sentence. */
  readonly warnings: readonly string[];
}

/** Whose certificate the local listener shows. */
export type ListenerTls =
  | { readonly kind: 'local-authority' }
  /** PEM files: the chain; the key, which is in the chain's file where it has none of its own. */
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string | null };

export interface ManagedSetup {
  run(report: (progress: SetupProgress) => void, signal: AbortSignal): Promise<FoundServer>;
  remove(): Promise<void>;
}

/** Keeps one server alive. Every change of state is told to `onChange`, after it is true. */
export interface Supervised {
  readonly state: ServerState;
  /** With the caveat, where there is one. */
  readonly reason: string;
  /** What its owner has to know while it runs, as a sentence; null: nothing. */
  readonly caveat: string | null;
  readonly pid: number | null;
  readonly startedAt: number | null;
  /** How to reach the run that is ready, or why nothing may be sent to it. */
  readonly reach: UpstreamAccess;
  /** Path of the server's first page. */
  readonly landing: string;
  /**
   * Resolves when the server is ready or the start has failed (then it throws). A stop during start ends it
   * with `stopped`.
   */
  start(): Promise<void>;
  /** Resolves when no process of the run is left. Two stops are one. */
  stop(reason: string): Promise<void>;
  restart(): Promise<void>;
  resumed(): void;
  logs(lines: number): Promise<readonly LogLine[]>;
  failure(): Failure | null;
  busyKernels(): Promise<number>;
  /** What was found when it was last looked at from outside its door; null while none runs. */
  readonly found: PreflightReport | null;
  /** Looks at the running server from outside its door, anew; null while none runs. */
  preflight(): Promise<PreflightReport | null>;
}
