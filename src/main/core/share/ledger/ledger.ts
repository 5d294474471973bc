/**
 * The attack: a change that was answered and then forgotten: a revoked link that is back after a crash, a use
 * that is spent twice. So a link, a join and an end are answered only when they are on the disk; but an end
 * is in force before that, whatever the disk says.
 *
 * Out of reach: a link whose time ran out while no core ran and the clock was set back before one ran again;
 * the ledger knows the time of its last writing.
 */
import { GatehouseError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { mintSecret, type Secret } from '../../secret.ts';
import {
  addLink,
  redeem,
  revoke,
  revokeAll,
  settle,
  type LedgerState,
  type Ended,
  type RedeemRefusal,
  type RedeemRequest,
} from './ledger-state.ts';
import {
  endGuestSessions,
  findGuestSession,
  sessionKey,
  type StoredGuestSession,
  type GuestSessionEnd,
  type GuestSessionLimits,
  type GuestVerdict,
} from './guest-sessions.ts';
import { keptHash, type InstallationKeys } from './installation-key.ts';
import type { LedgerCounter } from './ledger-counter.ts';
import type { LedgerFile } from './ledger-file.ts';
import {
  judge,
  linkState,
  makeLink,
  mintLinkId,
  type Link,
  type LinkBounds,
  type LinkRequest,
  type LinkState,
  type LinkVerdict,
} from './link.ts';
import { auditKeysOf, hashingOf, retire, type AuditKey } from './retired-keys.ts';

/** A link as the owner sees it. */
export type ListedLink = Omit<Link, 'hash' | 'revokedAt' | 'expiredAt'> & { readonly state: LinkState };

/**
 * An end that is in force already. `saved` resolves when it is on the disk, or refuses with `ledger-unsaved`;
 * it has to be awaited.
 */
export interface Unsaved<T> {
  readonly ended: T;
  readonly saved: Promise<void>;
}

export type Joined =
  | { readonly open: true; readonly session: StoredGuestSession; readonly cookie: Secret<string> }
  | { readonly open: false; readonly reason: RedeemRefusal | GuestSessionEnd };

const mintTries = 5;
/** How far the time on the disk may be behind. */
const markMs = 60_000;

export interface LedgerDeps {
  readonly ledgerState: LedgerState;
  readonly file: LedgerFile;
  readonly counter: LedgerCounter;
  readonly now: Clock;
  readonly unlock: () => Promise<void>;
  readonly limits: GuestSessionLimits;
}

/** Every link and every guest of this installation. */
export class Ledger {
  readonly #deps: LedgerDeps;
  readonly #ledgerState: LedgerState;
  #keys: InstallationKeys;
  #savedMark = 0;

  constructor(deps: LedgerDeps, keys: InstallationKeys) {
    this.#deps = deps;
    this.#ledgerState = deps.ledgerState;
    this.#keys = keys;
  }

  /** The time that links are judged by: never goes back. */
  now(): number {
    return this.#deps.now();
  }

  links(): readonly ListedLink[] {
    return [...this.#ledgerState.links.keys()].map(id => this.#listed(id));
  }

  guests(): readonly StoredGuestSession[] {
    const { limits } = this.#deps;
    const now = this.now();
    return [...this.#ledgerState.guests]
      .filter(
        ([key, { serverId }]) =>
          findGuestSession(this.#ledgerState.guests, this.#ledgerState.links, now, key, serverId, limits)
            .open,
      )
      .map(([, session]) => ({ ...session }));
  }

  /** Keys of the audit log, oldest first; the last one signs. */
  auditKeys(): readonly AuditKey[] {
    return auditKeysOf(this.#keys, this.#ledgerState.retired);
  }

  /** A new link, once it is on the disk. The secret is told here and nowhere else. */
  async make(
    request: LinkRequest,
    bounds?: LinkBounds,
  ): Promise<{ link: ListedLink; secret: Secret<string> }> {
    const secret = mintSecret();
    for (let attempt = 0; attempt < mintTries; attempt++) {
      const id = mintLinkId();
      const link = makeLink(this.now(), id, request, keptHash(this.#keys, id, secret), bounds);
      if (!addLink(this.#ledgerState, link)) continue;
      try {
        await this.#save();
      } catch (error) {
        this.#ledgerState.links.delete(id);
        throw error;
      }
      return { link: this.#listed(id), secret };
    }
    throw new GatehouseError('too-many-links', 'There are too many share links.', {
      nextStep: 'Revoke some; ended ones are forgotten after 30 days.',
    });
  }

  /** What would become of a join, for a page that asks first. Spends nothing. */
  look(id: string, secret: string): LinkVerdict {
    const { hashOf } = hashingOf(this.#keys, this.#ledgerState.retired);
    return judge(
      this.now(),
      this.#ledgerState.links.get(id) ?? null,
      { id, secret, approved: false },
      hashOf,
    );
  }

  /**
   * Spends a use and opens a session, once both are on the disk. Where they cannot be saved, the use is lost
   * and nobody is let in.
   */
  async join(asked: RedeemRequest): Promise<Joined> {
    const cookie = mintSecret();
    const hashing = hashingOf(this.#keys, this.#ledgerState.retired);
    const verdict = redeem(this.#ledgerState, this.now(), asked, cookie, hashing, this.#deps.limits);
    if (!verdict.open) return verdict;
    const key = sessionKey(cookie.reveal());
    try {
      await this.#save();
    } catch (error) {
      this.#ledgerState.guests.delete(key);
      throw error;
    }
    // It may have been revoked while the disk was waited for.
    const still = this.#find(key, verdict.session.serverId);
    if (still.open) return { open: true, session: still.session, cookie };
    const { reason } = still;
    return { open: false, reason: reason === 'unknown' || reason === 'other-server' ? 'revoked' : reason };
  }

  /**
   * Whose cookie this is, and whether it still opens this server. Asked with each request; a right one counts
   * as use. @param key `sessionKey` of it, where it is known
   */
  find(cookie: string, serverId: string, key = sessionKey(cookie)): GuestVerdict {
    const now = this.now();
    const verdict = this.#find(key, serverId, now);
    if (verdict.open) verdict.session.lastSeen = now;
    return verdict;
  }

  /** The same without counting as use. */
  peek(cookie: string, serverId: string): GuestVerdict {
    return this.#find(sessionKey(cookie), serverId);
  }

  /** These sessions are in use, although nothing is asked by them just now. */
  touch(sessions: ReadonlySet<string>): void {
    const now = this.now();
    for (const session of this.#ledgerState.guests.values())
      if (sessions.has(session.id)) session.lastSeen = now;
  }

  /** What is kept of a link, ended or not; null for an unknown one. */
  link(id: string): ListedLink | null {
    const link = this.#ledgerState.links.get(id);
    if (link === undefined) return null;
    const { hash: _hash, revokedAt: _revoked, expiredAt: _expired, ...listed } = link;
    return { ...listed, state: linkState(this.now(), link) };
  }

  /** Refuses an unknown link with kind `not-found`. */
  revoke(id: string): Unsaved<readonly StoredGuestSession[]> {
    const ended = revoke(this.#ledgerState, this.now(), id);
    if (ended === null) throw notFound(`There is no share link ${id.slice(0, 40)}.`, 'gatehouse links');
    return this.#taken(ended);
  }

  /** Every link of a server; of all when null. */
  revokeAll(serverId: string | null): Unsaved<readonly StoredGuestSession[]> {
    return this.#taken(revokeAll(this.#ledgerState, this.now(), serverId));
  }

  /** Refuses an unknown session with kind `not-found`. */
  endGuest(id: string): Unsaved<readonly StoredGuestSession[]> {
    const ended = endGuestSessions(this.#ledgerState.guests, session => session.id === id);
    if (ended.length === 0)
      throw notFound(`There is no guest session ${id.slice(0, 40)}.`, 'gatehouse people');
    return this.#taken(ended);
  }

  /** Ends what time has ended. To be called often: also writes the time down. */
  settle(always = false): Unsaved<Ended> {
    const now = this.now();
    const ended = settle(this.#ledgerState, now, this.#deps.limits);
    const changed = ended.links.length > 0 || ended.guests.length > 0 || now - this.#savedMark >= markMs;
    return changed || always ? this.#taken(ended) : { ended, saved: Promise.resolve() };
  }

  /** Another installation key: links, sessions and the audit log go on. See `rotateInstallationKey`. */
  async rekey(next: InstallationKeys): Promise<void> {
    const before = { keys: this.#keys, retired: this.#ledgerState.retired };
    this.#ledgerState.retired = retire(before.retired, before.keys, next);
    this.#keys = next;
    try {
      await this.#deps.file.reseal(next);
    } catch (error) {
      this.#ledgerState.retired = before.retired;
      this.#keys = before.keys;
      throw error;
    }
  }

  /** Gives the lock back. Nothing may be asked after that. */
  async close(): Promise<void> {
    try {
      await this.settle(true).saved;
    } finally {
      await this.#deps.counter.settled();
      await this.#deps.unlock();
    }
  }

  #find(key: string, serverId: string, now = this.now()): GuestVerdict {
    return findGuestSession(
      this.#ledgerState.guests,
      this.#ledgerState.links,
      now,
      key,
      serverId,
      this.#deps.limits,
    );
  }

  #listed(id: string): ListedLink {
    const listed = this.link(id);
    if (listed === null) throw notFound('The share link was removed meanwhile.', 'gatehouse links');
    return listed;
  }

  async #save(): Promise<void> {
    this.#ledgerState.mark = Math.max(this.#ledgerState.mark, this.now());
    const { mark } = this.#ledgerState;
    await this.#deps.file.save();
    this.#savedMark = mark;
  }

  #taken<T>(ended: T): Unsaved<T> {
    const saved = this.#save().catch((error: unknown) => {
      throw new GatehouseError('ledger-unsaved', 'It has ended, but that could not be saved.', {
        nextStep: 'Free some space on the disk and do it again: after a restart it would be open again.',
        cause: error,
      });
    });
    // The end is in force; whoever does not wait for the disk must not bring the core down.
    saved.catch(() => undefined);
    return { ended, saved };
  }
}

function notFound(message: string, command: string): GatehouseError {
  return new GatehouseError('no-such-thing', message, {
    kind: 'not-found',
    nextStep: `\`${command}\` lists them.`,
  });
}
