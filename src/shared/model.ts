/** The nouns that every process of Gatehouse shares. Imports nothing and runs anywhere. */

/** Where one server is in its life. Every change is announced with a reason. */
export type ServerState =
  'stopped' | 'starting' | 'ready' | 'unhealthy' | 'restarting' | 'stopping' | 'failed';

/**
 * Name of a file in `core/profiles/`: `jupyter`, `matlab`. Which there are is the core's to say
 * (`profiles.kinds`).
 */
export type ProfileName = string;

/** One kind of server that Gatehouse knows, installed or not. */
export interface ProfileInfo {
  readonly name: ProfileName;
  /** `JupyterLab`, `code-server`. */
  readonly title: string;
  /** Other words that the command line takes for it. */
  readonly aliases: readonly string[];
  /** SVG path data of its sign, in a square of 24 units. */
  readonly icon: string;
  /** Whether a file is named when it is started. */
  readonly file: 'never' | 'may' | 'must';
  /**
   * What is off in a folder that is not trusted, one sentence; absent: it makes no difference, and nobody is
   * asked.
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
   * It is the home folder or holds it. Nobody is asked about it; trusted, it does not cover what is below.
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
  /** Its owner has changed their mind since this run began: it holds from the next start. */
  readonly trustChanged: boolean;
  readonly state: ServerState;
  /** Why it is in this state, one sentence. */
  readonly reason: string;
  /** What its owner has to know while it runs: who can reach it past Gatehouse. Null: nothing. */
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
  /** Of Python: the interpreter of it that its user has named. */
  readonly interpreter?: string;
  /** Why it cannot be started, one sentence; null when it can. */
  readonly problem: string | null;
  /** It came with the folder that is opened, so it is never started unless asked for by its id. */
  readonly fromFolder?: true;
  /**
   * It is the opened folder's, or active in the shell: its user thinks that it is taken, so it is said when
   * it is not.
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
 * What else a custom server may be told and asked: `gatehouse serve --profile-file FILE -- COMMAND`. No
 * secret.
 */
export interface CustomServer {
  /**
   * Path that the server is told to live below, with a slash at both ends; its first page. `/` when absent.
   */
  readonly base?: string | undefined;
  /** Said to the server with each request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly secondPort?: CustomSecondPort | undefined;
  /** Has to be in the answer of the ready path. */
  readonly readyText?: string | undefined;
  /** How it is asked to stop; TERM when absent. */
  readonly stop?: { readonly method: 'POST' | 'PUT' | 'DELETE' | 'GET'; readonly path: string } | undefined;
  /** Media types that a guest may send, in the place of the usual ones: `image/*`, `application/json`. */
  readonly uploads?: readonly string[] | undefined;
  /** What guests of a role may ask for; a role without an entry is not offered. */
  readonly roles?:
    { readonly viewer?: CustomRole | undefined; readonly editor?: CustomRole | undefined } | undefined;
  /** It is told https at both doors: for servers that lead everybody there. */
  readonly https?: boolean | undefined;
  /** It has users of its own, whose `Authorization` passes. */
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
  /** Custom only: path that answers below 500 once the server is up; `/` when absent. */
  readonly readyPath?: string | undefined;
  /** Custom only. */
  readonly custom?: CustomServer | undefined;
  /** Seconds until a start is given up, 1 to 3600; the profile's own limit when absent. */
  readonly readySeconds?: number | undefined;
  /** File mode creation mask of the shell that asked, 0 to 0o777; that of the core when absent. */
  readonly umask?: number | undefined;
  /**
   * What its owner answered when asked whether they trust the authors of the files in the folder; absent:
   * they were not asked.
   */
  readonly trustFolder?: boolean | undefined;
  /** What the server is started with; the core's own environment when absent. Kept in memory alone. */
  readonly caller?: CallerEnvironment | undefined;
}

/** Why a server did not start or would not stay up. Redacted: may be copied into a bug report. */
export interface Failure {
  /** One sentence: `It exited after 1.2 s, exit code 1.` */
  readonly summary: string;
  /** What the user can do now, one sentence. */
  readonly nextStep: string;
  /**
   * Whose turn it is: `usage` and `not-found` where what was asked for was wrong, so that nothing was
   * started.
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

/** What a share link lets its holder do; what that means is the profile's to say. */
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

/** What stopping everything would interrupt. */
export interface Busy {
  readonly servers: number;
  /** Kernels that are running a cell now, as far as the servers say. */
  readonly busyKernels: number;
  /** Open streams and sockets, but for those of Gatehouse's own window. */
  readonly connections: number;
}

export interface SetupProgress {
  readonly profile: ProfileName;
  readonly step: 'find-python' | 'make-environment' | 'install' | 'check' | 'done' | 'failed';
  readonly message: string;
  /** 0 to 1; null where no share is known. */
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
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}
