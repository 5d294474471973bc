/** The small interfaces through which the share listener meets the rest. Types only, as in `ports.ts`. */
import type { SecureContextOptions } from 'node:tls';
import type { Role } from '../../shared/model.ts';
import type { MessagePermissions, RoleOffer } from '../../shared/share-model.ts';
import type { ClientCredential, Clock, Log } from './ports.ts';
import type { UpstreamState } from './gateway-ports.ts';
import type { ProfileSharing, RoleRules } from './role-ports.ts';
import type { Secret } from './secret.ts';

/** Why a server must not be shared, as the end of a sentence, and what its owner can do. */
export interface ShareRefusal {
  readonly reason: string;
  readonly nextStep: string;
}

/** One session of the ledger, as the gateway needs it. */
export interface GuestSession {
  /** Names the session; opens nothing. */
  readonly id: string;
  readonly link: string;
  readonly role: Role;
  /** '' when nobody named the person. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
  /** Of the link; null where it has none. */
  readonly permissions: MessagePermissions | null;
}

export type GuestSessionVerdict =
  { readonly open: true; readonly session: GuestSession } | { readonly open: false; readonly reason: string };

/** What somebody who holds a link's secret is told before they join. */
export interface Invitation {
  /** Login name of the owner, and the computer's name. */
  readonly owner: string;
  readonly computer: string;
  readonly serverName: string;
  readonly offer: RoleOffer;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** A name must be given. */
  readonly asksName: boolean;
  /** The owner lets each guest in. */
  readonly approval: boolean;
  /** Page on which the holder starts; null for the server's first one. */
  readonly opens: string | null;
}

/** What the gateway can tell of a guest. */
export interface GuestFacts {
  readonly name: string;
  readonly address: string;
  readonly browser: string;
}

/** Anything but `no-such-link` is told only to somebody who showed the right secret. */
export type NoEntry =
  | 'no-such-link'
  | 'revoked'
  | 'expired'
  | 'used-up'
  | 'denied'
  | 'wait-over'
  | 'too-many-guests'
  | 'too-many-waiting'
  /** A name is wanted and none was given. */
  | 'name-missing';

export type LookAnswer =
  | { readonly open: true; readonly invitation: Invitation }
  | { readonly open: false; readonly reason: NoEntry };

export interface JoinAsked {
  readonly id: string;
  readonly secret: string;
  /** The ticket of the guest's join request; null before there is one. */
  readonly ticket: string | null;
  /** A program, which is not asked for a name. */
  readonly tool: boolean;
  readonly guest: GuestFacts;
}

export type JoinAnswer =
  | {
      readonly kind: 'in';
      readonly session: GuestSession;
      readonly cookie: Secret<string>;
      /** Page on which the holder starts; null for the server's first one. */
      readonly opens: string | null;
    }
  | { readonly kind: 'wait'; readonly ticket: Secret<string>; readonly endsAt: number }
  /** The secret is right, but too many have just joined by this link or from this address. */
  | { readonly kind: 'later'; readonly retrySeconds: number }
  | { readonly kind: 'no'; readonly reason: NoEntry };

/** What the gateway tells of a guest, for the audit log. */
export type GuestEvent =
  | {
      readonly kind: 'refused';
      readonly link: string | null;
      readonly address: string;
      readonly reason: string;
    }
  | { readonly kind: 'role-limit'; readonly session: GuestSession; readonly what: string };

/** Decides who has a session. One for each server's share listener. */
export interface GuestAccess {
  look(id: string, secret: string): LookAnswer;
  /**
   * Spends a use, once that is on the disk, or starts a wait. Throws GatehouseError where it cannot be saved.
   */
  join(asked: JoinAsked): Promise<JoinAnswer>;
  /** What a waiting page is told. Spends nothing. */
  waiting(id: string, ticket: string): 'waiting' | 'given' | 'denied' | 'over';
  /** Whose cookie this is, now. A right one counts as use. */
  find(cookie: string, digestOf?: (value: string) => { readonly key: string }): GuestSessionVerdict;
  /** The same without counting: for a page that only looks whether it is still in. */
  peek(cookie: string): GuestSessionVerdict;
  /** The guest leaves. Its sockets end in the same way as when it is removed. */
  leave(session: string): void;
  /** These sessions are in use by a WebSocket: a guest who only watches is not idle. */
  inUse(sessions: Iterable<string>): void;
  note(event: GuestEvent): void;
}

/** What the share listener shows of itself. */
export interface ShareTls {
  options(): SecureContextOptions;
  /** From now on this server shows the current certificate; ends with the answer's call. */
  attach(server: { setSecureContext(options: SecureContextOptions): void }): () => void;
  /** Gives the server new keys for session tickets now and again; ends with the answer's call. */
  rotateTickets(server: { setTicketKeys(keys: Buffer): unknown }): () => void;
  /**
   * Names and addresses, as they stand in a URL's host but without brackets, that the current certificate
   * covers.
   */
  names(): readonly string[];
  /** Value of Strict-Transport-Security for this host; null for none. */
  strictTransport(host: string): string | null;
  readonly fingerprint: string;
  /** What a guest may install; null where there is nothing to install. */
  readonly authority: GuestAuthority | null;
}

export interface GuestAuthority {
  readonly name: string;
  /** SHA-256, `AB:CD:...` */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly validTo: string;
  readonly pem: string;
  readonly der: Buffer;
}

export interface ShareGatewayRules {
  readonly serverId: string;
  /** What the owner calls the server; told only to guests with a session or a secret. */
  readonly name: string;
  readonly access: GuestAccess;
  readonly roles: RoleRules;
  readonly clientCredential?: ClientCredential | undefined;
  readonly tls: ShareTls;
  /** To bind: `0.0.0.0`, `::` or addresses of this computer. */
  readonly addresses: readonly string[];
  readonly preferredPort: number | null;
  /** Further names that a guest may use in the address, such as a router's. */
  readonly extraHosts: readonly string[];
  /** As for the owner's gateway. */
  readonly trustedProxies: readonly string[];
  /** Largest request body of a guest; bytes. */
  readonly uploadBytes: number;
  /** Whether this is the owner's current token: never accepted here, never passed on. */
  readonly isOwners?: ((word: string) => boolean) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** The guests' gateway of one server: TLS only. */
export interface ShareGateway {
  readonly port: number;
  setUpstream(state: UpstreamState): void;
  /** Cuts at once everything that came by these sessions: requests, WebSockets, idle connections. */
  end(sessions: ReadonlySet<string>): void;
  /** Requests and sockets of a session that are open now. */
  connections(session: string): number;
  close(): Promise<void>;
}

/** A server as sharing sees it. */
export interface SharedServer {
  readonly id: string;
  readonly name: string;
  readonly sharing: ProfileSharing;
  readonly clientCredential: ClientCredential | undefined;
  /** Looks at the running server from outside its door, anew. */
  look(): Promise<void>;
  /** Port of its share listener the last time, and where it listened; null before the first. */
  readonly sharePort: number | null;
  readonly shareListen: string | null;
  /** Whether this is the owner's access token of now. */
  readonly isOwners?: ((word: string) => boolean) | undefined;
  /** Null while nothing of it runs. */
  state(): UpstreamState | null;
  /** Why it must not be shared, as far as was looked; null when it may be. */
  refusal(): ShareRefusal | null;
  /** So that a link works again after a restart, and from no more networks than before it. */
  rememberShare(port: number, listen: string): Promise<void>;
}
