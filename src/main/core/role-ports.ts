/** What roles are to a profile and to the guests' gateway. Types only, as in `ports.ts`. */
import type { Role } from '../../shared/model.ts';
import type { MessagePermissions, RoleOffer } from '../../shared/share-model.ts';
import type { Upstream } from './upstream.ts';

/**
 * Why a guest may not do something. `message` is for the guest: one plain sentence that the server's own
 * dialogs can show.
 */
export interface RoleRefusal {
  readonly allow: false;
  readonly reason: 'role' | 'unknown-path' | 'ambiguous-path' | 'method-override';
  readonly message: string;
}

/**
 * What the server is asked (a GET, as this guest) before it is asked for what the guest wants; where it does
 * not hold, the guest is told that there is no such thing.
 */
export interface Precondition {
  /** Path and query. */
  readonly target: string;
  /** Of the server's answer. @param reason of its status line */
  holds(status: number, reason: string): boolean;
}

export type RoleVerdict =
  | {
      readonly allow: true;
      /** Absent: none. */
      readonly onlyIf?: Precondition;
      /**
       * JSON with which the gateway answers in the server's place, because asking the server would change
       * something.
       */
      readonly answer?: object;
    }
  | RoleRefusal;

/** One whole WebSocket message. */
export interface SocketMessage {
  readonly binary: boolean;
  readonly data: Buffer;
}

/** What becomes of one message. */
export type SocketStep =
  | { readonly kind: 'pass' }
  /** Goes on, but as this one: said again in one reading only. */
  | { readonly kind: 'replace'; readonly message: SocketMessage }
  | { readonly kind: 'drop'; readonly reason: string }
  /**
   * Not passed on, and these go back to the side that sent it. A reason of null is not noted: nothing was
   * asked that may not be.
   */
  | { readonly kind: 'answer'; readonly messages: readonly SocketMessage[]; readonly reason: string | null };

/**
 * Judges the messages of one WebSocket, in order. Remembers what it saw of this socket; knows no clock and no
 * I/O, and never throws.
 */
export interface SocketFilter {
  fromGuest(message: SocketMessage): SocketStep;
  fromServer(message: SocketMessage): SocketStep;
  /**
   * For a message that takes long to be read: reads it on another thread, so that the judgement that follows
   * takes no time. Answers with the milliseconds that the reading took there; null where there is nothing to
   * do before. Absent: there never is.
   */
  prepare?(message: SocketMessage, to: 'guest' | 'server'): (() => Promise<number>) | null;
}

export type SocketVerdict =
  | RoleRefusal
  | { readonly allow: true; readonly relay: 'splice' }
  | {
      readonly allow: true;
      readonly relay: 'filter';
      /** Path and query to ask the server for, instead of what the guest wrote. */
      readonly target: string;
      /**
       * To offer to the server; anything else that the guest offered is not passed on. permessage-deflate is
       * never offered.
       */
      readonly subprotocols: readonly string[];
      /** Largest message of the guest that is read; bytes. */
      readonly messageBytes: number;
      /** Absent: none. */
      readonly onlyIf?: Precondition | undefined;
      /** How many messages the guest may send, over all their sockets; absent: any number. */
      readonly messageRate?: MessageRate | undefined;
      /**
       * True where `fromServer` must see the messages; else what the server sends may stream through, frame
       * by frame.
       */
      readonly readsServer: boolean;
      /**
       * @param chosen the subprotocol in the server's 101; null for none. Null when nobody offered that one:
       *   the socket is closed.
       */
      readonly filter: (chosen: string | null) => SocketFilter | null;
    };

export interface MessageRate {
  readonly perSecond: number;
  /** So many may come at once after a silence. */
  readonly burst: number;
}

/**
 * Who opens a WebSocket, for a server that is told so in its messages, or whose messages are permitted one by
 * one.
 */
export interface GuestContext {
  /**
   * What the guest is called, marked as a guest's name. The guest's own word: nothing may be decided by it.
   */
  readonly name: string;
  /** Names the session; opens nothing, and nobody else has it. */
  readonly session: string;
  /** Of the link; null where it has none. */
  readonly permissions: MessagePermissions | null;
}

/** Types of messages, for a server whose links permit them one by one. Pure. */
export interface MessageRules {
  /** What the links of a role permit where their owner says nothing else. */
  readonly presets: Readonly<Partial<Record<Role, MessagePermissions>>>;
  /** Why a link of this role may not have these, one sentence; null when it may. */
  refuse(role: Role, permissions: MessagePermissions): string | null;
  /** Whether somebody who may send these can run code. */
  runsCode(role: Role, permissions: MessagePermissions): boolean;
}

/** What the roles of one server kind mean. Pure: the gateway asks and acts. The default is no. */
export interface RoleRules {
  /** Those that the profile can enforce. */
  readonly roles: readonly Role[];
  /**
   * Names in lower case of headers that could turn one method into another; a guest's request with one of
   * them is refused.
   */
  readonly overrideHeaders: readonly string[];
  /** @param path undecoded, as it goes to the server. @param query without the mark */
  decideRequest(role: Role, method: string, path: string, query: string): RoleVerdict;
  /** @param subprotocols as offered, in order */
  openSocket(
    role: Role,
    path: string,
    query: string,
    subprotocols: readonly string[],
    guest: GuestContext,
  ): SocketVerdict;
  /**
   * The server answers one request after another: while it works for a guest everybody waits. Absent: it does
   * not.
   */
  readonly answersOneByOne?: boolean | undefined;
  /** Where links permit types of messages one by one; absent: they do not. */
  readonly messages?: MessageRules | undefined;
}

/** What a profile says of sharing a server of its kind. */
export interface ProfileSharing {
  readonly rules: RoleRules;
  /** Why a role is not offered, now (`offers` has it sometimes) or ever (it is not in `rules.roles`). */
  readonly notOffered: readonly { readonly role: Role; readonly reason: string }[];
  /**
   * What each role of `rules.roles` means, in plain words, the least first. Asks the running server where
   * that changes what a role means (ends with the signal); throws nothing. @param upstream null while the
   * server does not run
   */
  offers(upstream: Upstream | null, signal: AbortSignal): Promise<readonly RoleOffer[]>;
}
