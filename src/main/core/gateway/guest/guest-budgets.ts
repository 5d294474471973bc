/**
 * What each guest may use of the core. The attack: one thread serves every server, so a guest who has it
 * parse, join or keep bytes without end takes the time and the memory of all others. So whatever is done for
 * a guest is charged to the session, to its link and to all guests together, and the one that has taken most
 * gives way first.
 *
 * A link may be a whole class, and an honest guest must not wait for a hostile one. So a session that has
 * used up its own budget waits; where a link's budget, or that of all, is used up, only those sessions of it
 * wait that have taken more than half of what they may.
 */

export interface Allowance {
  /** Milliseconds of the main thread that come back each second. */
  readonly workMs: number;
  /** Bytes read that come back each second. */
  readonly bytes: number;
  /** Bytes of messages of guests that are not finished, or wait for their turn, at once. */
  readonly sentBytes: number;
  /** Bytes of messages of the server that are kept for guests, at once. */
  readonly servedBytes: number;
}

export interface BudgetLimits {
  /** So many seconds of an allowance may be used at once after a silence. */
  readonly burstSeconds: number;
  readonly session: Allowance;
  readonly link: Allowance;
  readonly all: Allowance;
}

const mebibyte = 1024 * 1024;

/**
 * A notebook's whole state may be one message of the server (256 MiB, `filtered-join.ts`); half a minute of
 * speech is 2 MiB of a guest.
 */
export const defaultBudgets: BudgetLimits = {
  burstSeconds: 2,
  session: { workMs: 50, bytes: 16 * mebibyte, sentBytes: 8 * mebibyte, servedBytes: 320 * mebibyte },
  link: { workMs: 200, bytes: 64 * mebibyte, sentBytes: 64 * mebibyte, servedBytes: 512 * mebibyte },
  all: { workMs: 300, bytes: 128 * mebibyte, sentBytes: 128 * mebibyte, servedBytes: 768 * mebibyte },
};

/** The session that work is charged to, and its link. */
export interface Payer {
  /** Of the session. */
  readonly id: string;
  readonly link: string;
}

/** `sent` by a guest, or `served` to one. */
export type HeldKind = 'sent' | 'served';

/** A wait is looked at again after this, whatever the debt; milliseconds. */
const maxWaitMs = 1000;
/**
 * Links without a session are kept while they are in debt; from this number on those that are not are
 * forgotten.
 */
const idleLinks = 100;

class Account {
  readonly allowance: Allowance;
  readonly held: Record<HeldKind, number> = { sent: 0, served: 0 };
  readonly #burstSeconds: number;
  #workMs: number;
  #bytes: number;
  #at: number;

  constructor(allowance: Allowance, burstSeconds: number, now: number) {
    this.allowance = allowance;
    this.#burstSeconds = burstSeconds;
    this.#workMs = burstSeconds * allowance.workMs;
    this.#bytes = burstSeconds * allowance.bytes;
    this.#at = now;
  }

  spend(now: number, workMs: number, bytes: number): void {
    this.#refill(now);
    this.#workMs -= workMs;
    this.#bytes -= bytes;
  }

  /** Milliseconds until it is out of debt. */
  debtMs(now: number): number {
    this.#refill(now);
    const { workMs, bytes } = this.allowance;
    return 1000 * Math.max(0, -this.#workMs / workMs, -this.#bytes / bytes);
  }

  /** Whether less than half is left of what it may use at once. */
  hasTakenMuch(now: number): boolean {
    this.#refill(now);
    const { workMs, bytes } = this.allowance;
    const half = this.#burstSeconds / 2;
    return this.#workMs < half * workMs || this.#bytes < half * bytes;
  }

  isOver(kind: HeldKind): boolean {
    const { sentBytes, servedBytes } = this.allowance;
    return this.held[kind] > (kind === 'sent' ? sentBytes : servedBytes);
  }

  /** A clock that goes back gives nothing. */
  #refill(now: number): void {
    if (now <= this.#at) return;
    const seconds = (now - this.#at) / 1000;
    this.#at = now;
    const { workMs, bytes } = this.allowance;
    const burst = this.#burstSeconds;
    this.#workMs = Math.min(burst * workMs, this.#workMs + seconds * workMs);
    this.#bytes = Math.min(burst * bytes, this.#bytes + seconds * bytes);
  }
}

interface SessionAccount {
  readonly link: string;
  readonly account: Account;
  /** The session has ended; forgotten once it holds nothing. */
  ended: boolean;
}

/** Pure accounting: every time is an argument, in milliseconds of one clock. */
export class GuestBudgets {
  readonly #limits: BudgetLimits;
  readonly #sessions = new Map<string, SessionAccount>();
  readonly #links = new Map<string, Account>();
  readonly #all: Account;

  constructor(limits: BudgetLimits, now: number) {
    this.#limits = limits;
    this.#all = new Account(limits.all, limits.burstSeconds, now);
  }

  /** Charges what was done for a guest. It is known only afterwards, so an account may be in debt. */
  spend(payer: Payer, now: number, workMs: number, bytes: number): void {
    const [own, link, all] = this.#accountsOf(payer, now);
    own.spend(now, workMs, bytes);
    link.spend(now, workMs, bytes);
    all.spend(now, workMs, bytes);
  }

  /** Whether a guest has taken more than half of what a session may use at once. */
  hasTakenMuch(payer: Payer, now: number): boolean {
    return this.#accountsOf(payer, now)[0].hasTakenMuch(now);
  }

  /** Whether all guests together have used up what they may. */
  allInDebt(now: number): boolean {
    return this.#all.debtMs(now) > 0;
  }

  /** How long nothing more may be done for this guest; milliseconds, 0 to 1000. */
  waitMs(payer: Payer, now: number): number {
    const [own, link, all] = this.#accountsOf(payer, now);
    let wait = own.debtMs(now);
    if (own.hasTakenMuch(now)) wait = Math.max(wait, link.debtMs(now), all.debtMs(now));
    return Math.min(wait, maxWaitMs);
  }

  /**
   * Counts bytes that are kept for a guest from now on, or no longer (`change` below zero).
   * @returns the session that has to give way, by something that it holds; null where there is room
   */
  hold(payer: Payer, now: number, kind: HeldKind, change: number): string | null {
    const [own, link, all] = this.#accountsOf(payer, now);
    for (const account of [own, link, all]) account.held[kind] += change;
    this.#forgetEnded(payer.id);
    if (change <= 0) return null;
    if (own.isOver(kind)) return payer.id;
    if (link.isOver(kind)) return this.#heaviest(kind, payer.link);
    return all.isOver(kind) ? this.#heaviest(kind, null) : null;
  }

  /** Bytes that are kept for a session, or for all. */
  held(kind: HeldKind, session?: string): number {
    if (session === undefined) return this.#all.held[kind];
    return this.#sessions.get(session)?.account.held[kind] ?? 0;
  }

  /** The session has ended. */
  forget(session: string): void {
    const known = this.#sessions.get(session);
    if (known === undefined) return;
    known.ended = true;
    this.#forgetEnded(session);
  }

  /** Sessions and links that are remembered. */
  get size(): number {
    return this.#sessions.size + this.#links.size;
  }

  #heaviest(kind: HeldKind, link: string | null): string | null {
    let most = 0;
    let found: string | null = null;
    for (const [session, one] of this.#sessions) {
      if ((link !== null && one.link !== link) || one.account.held[kind] <= most) continue;
      most = one.account.held[kind];
      found = session;
    }
    return found;
  }

  #accountsOf({ id, link }: Payer, now: number): [own: Account, link: Account, all: Account] {
    let own = this.#sessions.get(id);
    if (own === undefined) {
      own = {
        link,
        account: new Account(this.#limits.session, this.#limits.burstSeconds, now),
        ended: false,
      };
      this.#sessions.set(id, own);
    }
    let shared = this.#links.get(link);
    if (shared === undefined) {
      this.#forgetIdleLinks(now);
      shared = new Account(this.#limits.link, this.#limits.burstSeconds, now);
      this.#links.set(link, shared);
    }
    return [own.account, shared, this.#all];
  }

  #forgetEnded(session: string): void {
    const known = this.#sessions.get(session);
    if (known?.ended !== true) return;
    const { sent, served } = known.account.held;
    if (sent === 0 && served === 0) this.#sessions.delete(session);
  }

  #forgetIdleLinks(now: number): void {
    if (this.#links.size < idleLinks) return;
    const used = new Set([...this.#sessions.values()].map(({ link }) => link));
    for (const [link, account] of this.#links) {
      if (!used.has(link) && !account.hasTakenMuch(now)) this.#links.delete(link);
    }
  }
}
