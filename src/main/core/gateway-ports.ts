/** The owner's gateway, as the rest of the core sees it. Types only, as in `ports.ts`. */
import type { Socket } from 'node:net';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { AccessLink, ServerState } from '../../shared/model.ts';
import type { ClientCredential, Clock, Log } from './ports.ts';
import type { Secret } from './secret.ts';
import type { UpstreamAccess } from './upstream.ts';

/**
 * The certificate that a local listener shows to everybody, so that nothing in it is a secret; `SNICallback`
 * may know another one for a client that names the listener's own host.
 */
export type LocalTls = SecureContextOptions & Pick<TlsOptions, 'SNICallback'>;

/**
 * Whether the other end of a connection within this computer belongs to the owner's own account. Throws
 * nothing; what is not known is no.
 */
export type OwnAccount = (
  socket: Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>,
) => Promise<boolean>;

/** What a gateway is handed. It fetches nothing itself. */
export interface GatewayRules {
  /** First label of the host name: `<host>.localhost`. Told only to clients that are signed in. */
  readonly host: string;
  /** What the owner calls the server; shown on Gatehouse's own pages. */
  readonly name: string;
  readonly token: Secret<string>;
  readonly clientCredential?: ClientCredential | undefined;
  /**
   * False: everybody on this computer is let in; hosts and origins are checked all the same. True when
   * absent.
   */
  readonly asksForToken?: boolean | undefined;
  /** Path below which the server's pages are, without a slash at its end; '' when absent. */
  readonly basePath?: string | undefined;
  /** Certificate and rules of a listener that speaks TLS; plain HTTP when absent. */
  readonly tls?: LocalTls | undefined;
  /**
   * The port it had before; another is taken when this one is not free on every loopback address. Null: any.
   */
  readonly preferredPort: number | null;
  /**
   * Names other than the loopback ones under which a tool or a trusted proxy may address the listener, and
   * those of forwarders (`localhost:9999`). Asked at each request; the same array as long as they have not
   * changed.
   */
  readonly extraHosts: () => readonly string[];
  /** Networks of the reverse proxies in front that are trusted to name the client: `127.0.0.1/32`. */
  readonly trustedProxies: readonly string[];
  /** Absent: nobody's connection is known to be the owner's. */
  readonly ownAccount?: OwnAccount | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What the gateway knows of the server behind it; decides between forwarding and a page that says why not.
 */
export interface UpstreamState {
  readonly state: ServerState;
  readonly reason: string;
  /**
   * Open while the server is ready (or unhealthy, which is still worth a try) and what listens at its address
   * was proved to be it.
   */
  readonly reach: UpstreamAccess;
  /** Path of the server's first page, to which `/` of a browser navigation leads after signing in: `/lab`. */
  readonly landing: string;
}

/** The owner's gateway of one server: a listener on every loopback address of one port. */
export interface Gateway {
  readonly port: number;
  /** Whether this is the current access token. */
  holds(token: string): boolean;
  /**
   * What the desktop window shows instead of the access token: good for this listener only, so that it is
   * worth nothing to another program that takes the port later. `rotate` makes another one.
   */
  windowToken(): Secret<string>;
  /** Address of its first page: `http://<host>.localhost:PORT/` */
  readonly url: string;
  /** As a tool of this computer asks it: `http://127.0.0.1:PORT` */
  readonly origin: string;
  setUpstream(state: UpstreamState): void;
  /** A link that signs one browser in, once, within its time. */
  oneTimeLink(): AccessLink;
  /**
   * The same for a browser of this computer that is started with it, for a minute: it leads to an address
   * that this browser knows. `seen`: others may read it, so that it works for the owner's own account alone.
   */
  beginLink(options: { readonly seen: boolean }): Promise<AccessLink>;
  /**
   * For clients that can only take a URL: carries the access token in the query. Lives as long as the token.
   */
  toolLink(): AccessLink;
  /** A new access token: sessions and open sockets of the old one end at once. */
  rotate(token: Secret<string>): void;
  /** Requests and sockets that are open now. */
  connections(): number;
  /** When something was last asked of the server by somebody signed in; ms since the epoch, 0 for never. */
  lastUsed(): number;
  close(): Promise<void>;
}
