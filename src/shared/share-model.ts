/**
 * The nouns of sharing that every process of Gatehouse shares. Imports nothing but `model.ts` and runs
 * anywhere.
 */
import type { Role } from './model.ts';

/**
 * One true sentence about what is about to be shared. `danger` is shown in red and has to be acknowledged.
 */
export interface ShareWarning {
  /** Kebab-case and stable: `runs-code`, `public-address`. */
  readonly id: string;
  readonly level: 'danger' | 'warning' | 'note';
  readonly text: string;
}

/**
 * For servers whose messages have types (a message bus): what the holder of a link may send, and what is
 * shown to them of what others send. Each is a type, a beginning with a star (`mycroft.skill.*`,
 * `recognizer_loop:*`), or `*` for all.
 */
export interface MessagePermissions {
  readonly send: readonly string[];
  readonly receive: readonly string[];
}

/** What one role means for one server, in plain words. */
export interface RoleOffer {
  readonly role: Role;
  /** `Viewer`, `Editor`, `Full` */
  readonly title: string;
  /** Short sentences without a full stop: `Read notebooks and files`. */
  readonly can: readonly string[];
  readonly cannot: readonly string[];
  readonly runsCode: boolean;
  /** What is to be known besides, as it is now with this server; null for nothing. */
  readonly note: string | null;
}

/** An address under which a guest can reach the share listener. */
export interface ShareAddress {
  /** `https://host:port` */
  readonly origin: string;
  /**
   * What it is good for, in words: `this network`, `by name, where the network knows .local names`, `this
   * computer only`.
   */
  readonly where: string;
}

/** What is asked for, whole or in part; the dialog asks for a preview with each change. */
export interface SharePreviewRequest {
  /** Id of a server. */
  readonly server: string;
  readonly role: Role;
  /** Seconds until the link ends. */
  readonly expiresSeconds: number;
  /** Null for any number. */
  readonly uses: number | null;
  /** The owner lets each guest in, or not. */
  readonly approval: boolean;
  /**
   * Where to listen: `all`, an address, or `interface:NAME`; the setting `sharing.listen` when absent. In
   * force for all links of the server.
   */
  readonly listen?: string | undefined;
  /** Types of messages in the place of those of the role; only for a server whose messages have types. */
  readonly send?: readonly string[] | undefined;
  readonly receive?: readonly string[] | undefined;
}

export interface ShareRequest extends SharePreviewRequest {
  /** For whom, in the owner's words; 1 to 100 characters. */
  readonly label: string;
  /** Class or project; null for none. */
  readonly group?: string | null | undefined;
  /**
   * Path, query and fragment of the page on which its holder begins; null or absent: the server's first one.
   */
  readonly opens?: string | null | undefined;
  /** The owner has read the warnings of level `danger`. */
  readonly acknowledged: boolean;
}

/** What making such a link would mean. */
export interface SharePreview {
  readonly server: string;
  readonly serverName: string;
  /** Roles that this kind of server can enforce, the least first. */
  readonly roles: readonly RoleOffer[];
  /** Why the others are not offered. */
  readonly notOffered: readonly { readonly role: Role; readonly reason: string }[];
  readonly warnings: readonly ShareWarning[];
  readonly needsAcknowledgement: boolean;
  /** From where the link will work, one sentence. */
  readonly reach: string;
  /** Choices for `listen`, with words. */
  readonly places: readonly { readonly listen: string; readonly words: string }[];
  readonly listen: string;
  readonly certificate: CertificateInfo;
}

export interface CertificateInfo {
  readonly kind: 'local' | 'supplied';
  /** SHA-256 of the certificate that a guest's browser shows, `AB:CD:...`. */
  readonly fingerprint: string;
  /** ISO 8601 UTC. */
  readonly validTo: string;
  readonly trustedByAll: boolean;
  /** The local authority that guests may install; null for a supplied certificate. */
  readonly authority: AuthorityInfo | null;
  /** What the owner should know of it: sentences with what to do. */
  readonly findings: readonly { readonly message: string; readonly nextStep: string }[];
}

export interface AuthorityInfo {
  readonly name: string;
  /** SHA-256, to compare by telephone. */
  readonly fingerprint: string;
  readonly validTo: string;
  readonly pem: string;
}

export type ShareLinkState = 'open' | 'revoked' | 'expired' | 'used-up';

/** A link without its secret. */
export interface ShareLinkInfo {
  readonly id: string;
  readonly server: string;
  readonly serverName: string;
  readonly role: Role;
  readonly label: string;
  readonly group: string | null;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Null for any number. */
  readonly usesLeft: number | null;
  readonly approval: boolean;
  readonly state: ShareLinkState;
  /** What its holder may send and receive; null where the server's messages have no types. */
  readonly permissions: MessagePermissions | null;
  /** Page on which its holder begins; null for the server's first one. */
  readonly opens: string | null;
  /** Sessions that are open now. */
  readonly people: number;
}

/** Told once, to whoever made it. */
export interface NewShareLink extends ShareLinkInfo {
  /** The whole link with its secret. */
  readonly url: string;
  /** The same link at other addresses of this computer. */
  readonly otherUrls: readonly { readonly url: string; readonly where: string }[];
  /** For tools, as `Authorization: Bearer`, Basic user name or `?gatehouse-token=`. */
  readonly toolToken: string;
  readonly fingerprint: string;
  readonly authorityFingerprint: string | null;
  readonly warnings: readonly ShareWarning[];
}

/** Somebody who is in now. */
export interface GuestSessionInfo {
  readonly session: string;
  readonly link: string;
  readonly label: string;
  readonly server: string;
  readonly serverName: string;
  /** As the guest said or the link names them; '' when nobody did. */
  readonly name: string;
  readonly role: Role;
  readonly address: string;
  /** `Firefox on Windows`; '' when it is not known. */
  readonly browser: string;
  /** ISO 8601 UTC. */
  readonly since: string;
  readonly lastSeen: string;
  readonly endsAt: string;
  /** Requests and sockets that are open now. */
  readonly connections: number;
}

/** Somebody who waits to be let in. */
export interface JoinRequestInfo {
  readonly id: string;
  readonly link: string;
  readonly label: string;
  readonly server: string;
  readonly serverName: string;
  readonly role: Role;
  readonly name: string;
  readonly address: string;
  readonly browser: string;
  readonly since: string;
  readonly endsAt: string;
}

/** A share listener that is on. */
export interface ShareListenerInfo {
  readonly server: string;
  readonly serverName: string;
  readonly listen: string;
  readonly port: number;
  readonly addresses: readonly ShareAddress[];
}

/** What taking something back ended. */
export interface RevokeResult {
  readonly links: readonly string[];
  readonly sessions: number;
}

export interface AuditReport {
  readonly whole: boolean;
  /** Lines that were checked. */
  readonly lines: number;
  /** One sentence each; empty when whole. */
  readonly faults: readonly string[];
}

/** One event of the audit log, as it was written: `at`, `event` and what belongs to it. */
export type AuditLine = Readonly<Record<string, unknown>>;

/** Why somebody is not in any more. */
export interface GuestSessionEnded {
  readonly session: string;
  readonly server: string;
  readonly name: string;
  readonly reason: 'revoked' | 'ended-by-owner' | 'left' | 'idle' | 'over' | 'expired';
}
