/** How the gateway reaches a server, and what it says to it and for it. Types only. */
import type { Role } from '../../shared/model.ts';
import type { Secret } from './secret.ts';

/** How the gateway reaches a server. */
export type Address =
  | { readonly kind: 'socket'; readonly path: string }
  /** On this computer alone: 127.0.0.1 or, where nothing listens there, ::1. */
  | { readonly kind: 'port'; readonly port: number };

/** What is known of the process at the other end of a connection. Only `ours` may be sent anything. */
export type Holder =
  | { readonly kind: 'ours' }
  /** A process that does not belong to the server. */
  | { readonly kind: 'foreign'; readonly detail: string }
  /** It went away, or the system does not tell. */
  | { readonly kind: 'unknown'; readonly detail: string };

/**
 * Asks who holds the other end of a TCP connection to a port of loopback that is established. Throws nothing.
 */
export type CheckHolder = (connection: {
  readonly port: number;
  /** Port of our end. */
  readonly ownPort: number;
  /** Whether it goes to ::1; to 127.0.0.1 when absent. */
  readonly six?: boolean;
}) => Promise<Holder>;

/** Whether anything may be sent to a server, and why not. */
export type UpstreamAccess =
  | { readonly kind: 'open'; readonly upstream: Upstream; readonly checkHolder: CheckHolder }
  /** It does not run. Answers in progress may finish; they end with the server that gives them. */
  | { readonly kind: 'away' }
  /**
   * It must not be sent anything, and what is open to it ends at once. `foreign`: another program has its
   * port. `unsafe`: it is ours, and open where it must not be.
   */
  | { readonly kind: 'shut'; readonly why: 'foreign' | 'unsafe' };

export interface Upstream {
  readonly address: Address;
  /**
   * `Host` (and, where the request has one, the authority of `Origin`) that the server accepts: `localhost`.
   */
  readonly host: string;
  /**
   * Set on each request to the server; a client's header of the same name in any `-`, `_` or case spelling is
   * removed.
   */
  readonly headers: readonly (readonly [name: string, value: Secret<string>])[];
  /**
   * Added to a request whose credential no foreign page can make a browser send (`Authorization: Bearer`, a
   * token in the address of a tool): tells the server that its own cross-site checks, which such clients
   * cannot satisfy, are not needed for it. No secret.
   */
  readonly explicitHeaders?: readonly (readonly [name: string, value: string])[];
  /**
   * True where the server's own users show it an `Authorization` of theirs: one that is none of ours then
   * goes on to the server, if the request is allowed by another credential (session cookie,
   * `X-Gatehouse-Token`, a token in the query). It is refused when absent, and where `headers` hold an
   * Authorization.
   */
  readonly passesAuthorization?: boolean | undefined;
  /**
   * `https` where the server leads everybody from http to https, or marks what it says by the scheme: it is
   * then told https at both doors, as the gateway is where TLS ends, and is never given a reason to redirect
   * for ever. When absent: the scheme that the client used.
   */
  readonly scheme?: 'https' | undefined;
  /** Names of the server's own cookies that would authenticate by themselves; never passed to a browser. */
  readonly withheldCookies: readonly RegExp[];
  /**
   * The one of `headers` whose value, percent-encoded, names the person who asks; a guest's name takes the
   * owner's place there.
   */
  readonly personHeader?: string | undefined;
  /**
   * Where the server wants a guest of a role to be sent to, and what is then said to it instead: a process
   * that only shows, a token that only reads.
   */
  readonly forRole?: Readonly<Partial<Record<Role, RoleUpstream>>> | undefined;
  /**
   * Further ports of the server, which its pages dial by WebSocket: each is served under this origin, by the
   * same guard.
   */
  readonly branches?: readonly Branch[] | undefined;
  /** Media types that guests may send, in place of the usual ones: `image/*`. */
  readonly uploadTypes?: readonly string[] | undefined;
  /**
   * How the server's own page sends one file in several requests: what guests may send is then counted by
   * file.
   */
  readonly uploadParts?: UploadParts | undefined;
  /** What the server writes into its pages of where they are to dial, and what is said in its place. */
  readonly rewrites?: readonly PageRewrite[] | undefined;
  /** The same for guests, in its place. */
  readonly guestRewrites?: readonly PageRewrite[] | undefined;
  /**
   * Paths (without query; as sent and decoded once) that hand out what people have uploaded: what a browser
   * would run of it is put into a sandbox.
   */
  readonly contentPaths?: readonly RegExp[] | undefined;
  /**
   * Closes what the server would do and nobody may ask of it, the owner neither: why a path (undecoded,
   * without query) is closed, one sentence; null where it is not. Asked of requests and upgrades alike, at
   * both doors.
   */
  readonly closed?: ((path: string) => string | null) | undefined;
}

/** A file is sent as JSON objects with these members. */
export interface UploadParts {
  /** Number of the part: 1 starts the file again, -1 ends it; none or null is the whole file. */
  readonly part: string;
  /** Bytes of the file: a string, or what is written as JSON. */
  readonly content: string;
  /** `base64` where the string is that. */
  readonly format: string;
  /**
   * What a request does to a file, which is named alike whatever the spelling of the path (undecoded, without
   * query); null: nothing. Where it `moves`, whatever was begun at the file, and below it, does not go on.
   * `unclear` is refused.
   */
  touches(
    method: string,
    path: string,
  ): { readonly file: string; readonly act: 'writes' | 'moves' } | 'unclear' | null;
}

/** One more port of a server. Only WebSockets lead there. */
export interface Branch {
  /**
   * Paths of this origin, compared as they are written; `{port}` stands for the port of the door. Not below
   * `/_gatehouse`.
   */
  readonly paths: readonly string[];
  readonly address: Address;
  /** Path that is asked for there: `/`. */
  readonly target: string;
}

/**
 * Texts that are replaced in an answer as it passes, and nothing else of it: a whole answer (200) of this
 * type, not compressed, to a GET of one of these paths.
 */
export interface PageRewrite {
  /** Without query, compared as they are written. */
  readonly paths: readonly string[];
  readonly type: 'text/html' | 'text/javascript';
  /**
   * `from` as the server writes it, at most 1000 bytes. In `to`, `{hostname}` and `{port}` stand for the
   * door's own, `{ws}` for `ws` or `wss`, `{client}` for the address of the client, never one of this
   * computer.
   */
  readonly texts: readonly { readonly from: string; readonly to: string }[];
}

/** What is different for guests of one role. `headers` stand in place of the upstream's. */
export type RoleUpstream = Pick<Upstream, 'address' | 'headers'>;
