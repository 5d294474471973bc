/** The nouns that every process of Gatehouse shares. Imports nothing outside `shared` and runs anywhere. */
import type { ErrorCode } from './error-codes.ts';

/** Where one server is in its life. Every change is announced with a reason. */
export type ServerState =
  'stopped' | 'starting' | 'ready' | 'unhealthy' | 'restarting' | 'stopping' | 'failed';

/**
 * Name of a file in `core/profiles/`: `jupyter`, `matlab`. The call `profiles.kinds` lists them.
 */
export type ProfileName = string;

/** One kind of server that Gatehouse knows, installed or not. */
export interface ProfileInfo {
  readonly name: ProfileName;
  /** `JupyterLab`, `code-server`. */
  readonly title: string;
  /** Other words that the command line accepts for it. */
  readonly aliases: readonly string[];
  /** SVG path data of its icon, in a square of 24 units. */
  readonly icon: string;
  /** Whether a file is named when it is started. */
  readonly file: 'never' | 'may' | 'must';
  /**
   * What does not work in a folder that is not trusted, one sentence; absent where trust makes no difference,
   * so nobody is asked.
   */
  readonly untrusted?: string | undefined;
}

/** Whether code that lies in a folder may run when a server is opened on it. */
export interface FolderTrust {
  /** Real path, absolute. */
  readonly path: string;
  readonly trusted: boolean;
  /**
   * Why: its owner said yes (here or above) or no, was not asked, another account can put files into it, or
   * it is not there.
   */
  readonly verdict: 'trusted' | 'refused' | 'unknown' | 'open-to-others' | 'other-owner' | 'gone';
  /** The folder that was trusted: this one, or one above it; null where it is not. */
  readonly by: string | null;
  /**
   * It is the home folder or contains it. Nobody is asked about it, and trusting it does not cover the
   * folders below.
   */
  readonly isHome: boolean;
}

/** One server that Gatehouse runs or ran. Holds no secret, so it may be printed anywhere. */
export interface ServerInfo {
  /** A DNS label; the host name of its local listener begins with it. */
  readonly id: string;
  readonly name: string;
  readonly profile: ProfileName;
  /** What runs, with its version: `JupyterLab 4.6.6`. */
  readonly title: string;
  /** The environment it comes from, in words: `conda: thesis`. */
  readonly origin: string;
  /** Absolute path of the working folder. */
  readonly folder: string;
  /** Whether code of the folder may run: in the run that is up, otherwise in the next one. */
  readonly folderTrusted: boolean;
  /** The owner's decision has changed since this run began; it takes effect at the next start. */
  readonly trustChanged: boolean;
  readonly state: ServerState;
  /** Why it is in this state, one sentence. */
  readonly reason: string;
  /** What the owner has to know while it runs, such as who can reach it past Gatehouse; or null. */
  readonly caveat: string | null;
  /** Address for browsers, without a credential; null while nothing listens. */
  readonly url: string | null;
  /** Process id of the server; null when it does not run. */
  readonly pid: number | null;
  /** ISO 8601 UTC; null when it does not run. */
  readonly startedAt: string | null;
}

/** One server kind found on this computer, working or not. */
export interface FoundServer {
  /** Stable between two looks: profile and location. */
  readonly id: string;
  readonly profile: ProfileName;
  /** `JupyterLab`, `Notebook`, `Jupyter Server`. */
  readonly title: string;
  readonly version: string | null;
  /** How it was found, in words: `PATH`, `conda: thesis`, `.venv in ~/work`. */
  readonly origin: string;
  /** Absolute path of the environment. */
  readonly location: string;
  /** For Python: the interpreter of the environment that the user has named. */
  readonly interpreter?: string;
  /** Why it cannot be started, one sentence; null when it can. */
  readonly problem: string | null;
  /** It came with the folder that is opened, so it is never started unless asked for by its id. */
  readonly fromFolder?: true;
  /**
   * It belongs to the opened folder or is active in the shell, so the user expects it and is told when
   * another one is used.
   */
  readonly expected?: true;
}

/** `FoundServer.origin` of an environment that Gatehouse made. */
export const managedOrigin = 'made by Gatehouse';

/** `FoundServer.origin` of an environment that the request names by its path. */
export const namedOrigin = 'named by its path';

/** How the gateway proves itself to a custom server. */
export type CustomCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'bearer' };

/**
 * What else describes a custom server: `gatehouse serve --profile-file FILE -- COMMAND`. Holds no secret.
 */
export interface CustomServer {
  /**
   * Base path of the server, with a slash at both ends; also its first page. `/` when absent.
   */
  readonly base?: string | undefined;
  /** Sent to the server with each request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly secondPort?: CustomSecondPort | undefined;
  /** Has to be in the answer of the ready path. */
  readonly readyText?: string | undefined;
  /** The request that stops it; SIGTERM when absent. */
  readonly stop?: { readonly method: 'POST' | 'PUT' | 'DELETE' | 'GET'; readonly path: string } | undefined;
  /** Media types that a guest may send instead of the usual ones: `image/*`, `application/json`. */
  readonly uploads?: readonly string[] | undefined;
  /** What guests of a role may ask for; a role without an entry is not offered. */
  readonly roles?:
    { readonly viewer?: CustomRole | undefined; readonly editor?: CustomRole | undefined } | undefined;
  /** It is told https at both doors: for servers that lead everybody there. */
  readonly https?: boolean | undefined;
  /** It has users of its own: their `Authorization` header is forwarded. */
  readonly passesAuthorization?: boolean | undefined;
}

/** A raw WebSocket on `{port2}`, which the server writes into its pages. */
export interface CustomSecondPort {
  /** Path of this origin that leads there. */
  readonly path: string;
  /**
   * In `from`, `{port2}` stands for the port; in `to`, `{hostname}`, `{port}` and `{ws}` for the door,
   * `{path}` for the path above.
   */
  readonly rewrites: readonly {
    readonly paths: readonly string[];
    readonly type: 'text/html' | 'text/javascript';
    readonly texts: readonly { readonly from: string; readonly to: string }[];
  }[];
}

/** Everything else is refused. */
export interface CustomRole {
  /**
   * `GET /data/*`: one method, and a path in which `*` is any one piece and `**` at the end any number of
   * them.
   */
  readonly requests: readonly string[];
  /** The same for WebSockets, without a method. */
  readonly sockets?: readonly string[] | undefined;
}

/**
 * The environment of whoever asks for a server: their shell's. With `login`, a desktop's, which their login
 * shell adds to.
 */
export interface CallerEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  readonly login: boolean;
}

export interface StartRequest {
  readonly profile: ProfileName;
  /**
   * Which installation: its `FoundServer.id`, or the absolute path of an environment or interpreter; the best
   * one when absent.
   */
  readonly found?: string | undefined;
  /** Working folder, absolute; the user's home when absent. */
  readonly folder?: string | undefined;
  /** A file to open, relative to the folder (a notebook). */
  readonly file?: string | undefined;
  readonly name?: string | undefined;
  /** Custom only: argv with `{port}`, `{socket}`, `{base}` placeholders. */
  readonly command?: readonly string[] | undefined;
  /** Custom only; none when absent. */
  readonly credential?: CustomCredential | undefined;
  /** Custom only: path that answers with a status below 500 once the server is up; `/` when absent. */
  readonly readyPath?: string | undefined;
  /** Custom only. */
  readonly custom?: CustomServer | undefined;
  /** Seconds that a start may take, 1 to 3600; the profile's own limit when absent. */
  readonly readySeconds?: number | undefined;
  /** File mode creation mask of the shell that asked, 0 to 0o777; that of the core when absent. */
  readonly umask?: number | undefined;
  /**
   * Whether the owner, when asked, trusted the authors of the files in the folder; absent when nobody was
   * asked.
   */
  readonly trustFolder?: boolean | undefined;
  /** The environment of the server; the core's own when absent. Kept in memory only. */
  readonly caller?: CallerEnvironment | undefined;
}

/** Why a server did not start or would not stay up. Redacted: may be copied into a bug report. */
export interface Failure {
  /** One sentence: `It exited after 1.2 s, exit code 1.` */
  readonly summary: string;
  /** What the user can do now, one sentence. */
  readonly nextStep: string;
  /**
   * `usage` and `not-found` where the request was wrong, so that nothing was started.
   */
  readonly kind: 'failed' | 'usage' | 'not-found' | 'refused';
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** How many times it was tried. */
  readonly attempts: number;
  /** The command line, secrets hidden. */
  readonly command: string;
  /** The server's own last lines, oldest first. */
  readonly lastLines: readonly string[];
}

export interface LogLine {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly from: 'server' | 'gatehouse';
  readonly text: string;
}

/** What a share link permits; the profile says what that means. */
export type Role = 'viewer' | 'editor' | 'full';

/** A link that signs a browser of this computer in. `tool` links carry the access token in the query. */
export interface AccessLink {
  readonly url: string;
  /** ISO 8601 UTC; null for a link that lives as long as the token. */
  readonly expiresAt: string | null;
}

export type SecretStoreKind = 'keychain' | 'file' | 'memory';

export interface About {
  readonly version: string;
  readonly pid: number;
  readonly node: string;
  /** Where settings and records are kept. */
  readonly home: string;
  readonly secrets: SecretStoreKind;
  /** One plain sentence about where secrets are kept. */
  readonly secretsSentence: string;
  readonly startedAt: string;
}

/** What a stop of a running server would interrupt. */
export interface BusyServer {
  readonly id: string;
  readonly name: string;
  /** Kernels that are running a cell now, as far as the server says. */
  readonly busyKernels: number;
}

export interface SetupProgress {
  readonly profile: ProfileName;
  readonly step: 'find-python' | 'make-environment' | 'install' | 'check' | 'done' | 'failed';
  readonly message: string;
  /** 0 to 1; null where it is not known. */
  readonly fraction: number | null;
}

export interface DoctorLine {
  readonly id: string;
  readonly level: 'ok' | 'warning' | 'problem';
  readonly title: string;
  readonly detail: string;
  /** What to do; empty when nothing is. */
  readonly nextStep: string;
}

/** One setting as it is in force. */
export interface SettingInfo {
  readonly key: string;
  readonly value: unknown;
  readonly default: unknown;
  readonly help: string;
  /** Who decided the value. */
  readonly source: 'default' | 'user' | 'policy';
}

/** How an error crosses a process edge. */
export interface ErrorInfo {
  readonly code: ErrorCode;
  readonly message: string;
  readonly nextStep: string;
}
