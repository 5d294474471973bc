/**
 * When the server behind works for a guest. The attack: a server that answers one request after another is
 * busy for everybody while it makes a large answer; a viewer who asks for one again and again, or asks and
 * hangs up (the server finishes all the same), has the owner wait behind all of them. So guests' requests
 * take turns: few are with the server at once, each session's in fair order, and the time that the server
 * takes is charged to session, link and all guests (`guest-budgets.ts`): the session that has taken most
 * waits longest, and one that has taken much gets one request at a time.
 *
 * A turn lasts until the server starts its answer, even where the guest has hung up: until then it works,
 * afterwards it only sends, as fast as the guest reads. Event streams, downloads and WebSockets thus hold
 * none. A request that the server has put aside (a long poll), so that one sent later was answered before,
 * holds none either; one that takes very long holds one of its own session's only.
 */
import { GuestBudgets, type BudgetLimits, type Payer } from './guest-budgets.ts';

export interface FairQueueLimits {
  /** Of the server's time; null: it is not charged. */
  readonly budgets: BudgetLimits | null;
  /** Requests that the server works at, at once. */
  readonly session: number;
  readonly link: number;
  readonly all: number;
  /** Instead of `all` while guests have used up what they may use of the server's time. */
  readonly indebted: number;
  /** Requests that wait for their turn, of all guests; one more is refused. */
  readonly waiting: number;
  /** A request that waits for longer is refused; milliseconds. */
  readonly waitMs: number;
  /** From this age on, a later request that is answered first shows that this one was put aside. */
  readonly asideMs: number;
  /**
   * From this age on a request does not keep those of other sessions from the server, and is not charged any
   * more.
   */
  readonly longMs: number;
  /** A request that a guest has abandoned is broken off after this. */
  readonly abandonedMs: number;
}

const patience = { waiting: 4096, waitMs: 60_000, asideMs: 250, longMs: 5000, abandonedMs: 60_000 };

/**
 * A server that works at several requests at once: they come in fair turns, and its time is not charged, as
 * one who waits for it takes it from nobody.
 */
export const defaultFairQueueLimits: FairQueueLimits = {
  budgets: null,
  session: 6,
  link: 12,
  all: 16,
  indebted: 16,
  ...patience,
};

/**
 * A server that answers one after another. Of its time guests have four tenths for long; opening a page of
 * JupyterLab takes a second of it.
 */
export const oneByOneQueueLimits: FairQueueLimits = {
  budgets: { burstSeconds: 16, session: onlyWork(250), link: onlyWork(350), all: onlyWork(400) },
  session: 2,
  link: 2,
  all: 3,
  indebted: 1,
  ...patience,
};

function onlyWork(workMs: number): BudgetLimits['session'] {
  const any = Number.MAX_SAFE_INTEGER;
  return { workMs, bytes: any, sentBytes: any, servedBytes: any };
}

/** One request's time with the server. */
export interface QueueSlot {
  /** The server has started its answer, or will never. */
  end(): void;
  /**
   * The guest has hung up. The turn goes on; `breakOff` is called when nothing is to be hoped of the server
   * any more.
   */
  abandon(breakOff: () => void): void;
}

interface Running {
  readonly payer: Payer;
  readonly since: number;
  isAside: boolean;
  breakOff: (() => void) | null;
  abandoned: NodeJS.Timeout | null;
}

interface Waiting {
  readonly payer: Payer;
  readonly until: number;
  readonly start: (turn: QueueSlot) => void;
  readonly refuse: () => void;
}

export class FairQueue {
  readonly #limits: FairQueueLimits;
  readonly #clock: () => number;
  readonly #budgets: GuestBudgets | null;
  /** In the order in which they were sent. */
  readonly #running = new Set<Running>();
  /** By session, those first that have waited longest for their turn. */
  readonly #waiting = new Map<string, Set<Waiting>>();
  readonly #ended = new Set<string>();
  #waitingCount = 0;
  /** Until when the server's time is charged. */
  #settledAt: number;
  #timer: NodeJS.Timeout | null = null;

  /** @param clock milliseconds that never go back */
  constructor(limits: FairQueueLimits, clock: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#clock = clock;
    this.#settledAt = clock();
    this.#budgets = limits.budgets === null ? null : new GuestBudgets(limits.budgets, this.#settledAt);
  }

  /** Requests with the server, and those that wait. */
  get size(): { readonly running: number; readonly waiting: number } {
    return { running: this.#running.size, waiting: this.#waitingCount };
  }

  /**
   * @param start sends the request, now or later
   * @param refuse there are too many, or it has waited too long
   * @returns takes it back while it waits
   */
  ask(payer: Payer, start: (turn: QueueSlot) => void, refuse: () => void): () => void {
    const now = this.#clock();
    if (this.#waitingCount === 0 && this.#mayStart(payer, now)) {
      this.#start(payer, start, now);
      return nothing;
    }
    if (this.#waitingCount >= this.#limits.waiting) {
      refuse();
      return nothing;
    }
    const waiting: Waiting = { payer, until: now + this.#limits.waitMs, start, refuse };
    const own = this.#waiting.get(payer.id) ?? new Set();
    this.#waiting.set(payer.id, own.add(waiting));
    this.#waitingCount += 1;
    this.#look();
    return () => void this.#unqueue(waiting);
  }

  /** The session has ended; what the server does for it still is charged. */
  forget(session: string): void {
    this.#ended.add(session);
    this.#forgetEnded(session);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #start(payer: Payer, start: Waiting['start'], now: number): void {
    this.#settle(now);
    const running: Running = { payer, since: now, isAside: false, breakOff: null, abandoned: null };
    this.#running.add(running);
    start({
      end: () => this.#end(running),
      abandon: breakOff => this.#abandon(running, breakOff),
    });
  }

  #abandon(running: Running, breakOff: () => void): void {
    if (!this.#running.has(running) || running.isAside) {
      breakOff();
      return;
    }
    running.breakOff = breakOff;
    running.abandoned = setTimeout(breakOff, this.#limits.abandonedMs).unref();
  }

  #end(running: Running): void {
    if (!this.#running.has(running)) return;
    const now = this.#clock();
    this.#settle(now);
    for (const older of this.#running) {
      if (older === running) break;
      if (now - older.since >= this.#limits.asideMs) this.#putAside(older);
    }
    this.#running.delete(running);
    if (running.abandoned !== null) clearTimeout(running.abandoned);
    this.#forgetEnded(running.payer.id);
    this.#look();
  }

  #forgetEnded(session: string): void {
    if (!this.#ended.has(session)) return;
    for (const { payer } of this.#running) if (payer.id === session) return;
    this.#ended.delete(session);
    this.#budgets?.forget(session);
  }

  #putAside(running: Running): void {
    if (running.isAside) return;
    running.isAside = true;
    running.breakOff?.();
  }

  /** Charges the server's time since the last time, in equal parts to those for whom it works. */
  #settle(now: number): void {
    if (this.#budgets === null) return;
    const passed = now - this.#settledAt;
    this.#settledAt = now;
    let active = 0;
    for (const one of this.#running) if (this.#isCharged(one, now)) active += 1;
    if (active === 0) return;
    for (const one of this.#running) {
      if (this.#isCharged(one, now)) this.#budgets.spend(one.payer, now, passed / active, 0);
    }
  }

  #isCharged(running: Running, now: number): boolean {
    return !running.isAside && !this.#isLong(running, now);
  }

  #mayStart(payer: Payer, now: number): boolean {
    const limits = this.#limits;
    let all = 0;
    let ofSession = 0;
    let ofLink = 0;
    let ofHeavy = 0;
    for (const running of this.#running) {
      if (running.isAside) continue;
      if (running.payer.id === payer.id) ofSession += 1;
      if (this.#isLong(running, now)) continue;
      all += 1;
      if (running.payer.link === payer.link) ofLink += 1;
      if (this.#budgets?.hasTakenMuch(running.payer, now) === true) ofHeavy += 1;
    }
    const most = this.#budgets?.allInDebt(now) === true ? limits.indebted : limits.all;
    if (all >= most || ofSession >= limits.session || ofLink >= limits.link) return false;
    if (this.#budgets === null) return true;
    if (ofHeavy > 0 && this.#budgets.hasTakenMuch(payer, now)) return false;
    return this.#budgets.waitMs(payer, now) === 0;
  }

  #isLong({ since }: Running, now: number): boolean {
    return now - since >= this.#limits.longMs;
  }

  /** Sends what may be sent now, one of each session in turn; looks again when the rest may. */
  #look(): void {
    if (this.#waitingCount === 0) return;
    const now = this.#clock();
    let sent: Waiting | null;
    do {
      sent = this.#next(now);
      if (sent !== null) this.#start(sent.payer, sent.start, now);
    } while (sent !== null);
    if (this.#waitingCount > 0) this.#lookLater(now);
  }

  #next(now: number): Waiting | null {
    for (const [session, own] of this.#waiting) {
      const [first] = own;
      if (first === undefined || !this.#mayStart(first.payer, now)) continue;
      this.#unqueue(first);
      // Behind all others.
      if (own.size > 0) {
        this.#waiting.delete(session);
        this.#waiting.set(session, own);
      }
      return first;
    }
    return null;
  }

  #unqueue(waiting: Waiting): boolean {
    const { id: session } = waiting.payer;
    const own = this.#waiting.get(session);
    if (own?.delete(waiting) !== true) return false;
    this.#waitingCount -= 1;
    if (own.size === 0) this.#waiting.delete(session);
    return true;
  }

  #lookLater(now: number): void {
    if (this.#timer !== null) return;
    const debts = [...this.#waiting.values()].flatMap(([first]) =>
      first === undefined ? [] : [this.#budgets?.waitMs(first.payer, now) ?? 0],
    );
    const soon = debts.filter(wait => wait > 0);
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#giveUp();
        this.#look();
      },
      Math.ceil(Math.min(maxLookMs, ...soon)),
    ).unref();
  }

  /** Refuses what has waited too long. */
  #giveUp(): void {
    const now = this.#clock();
    const late = [...this.#waiting.values()].flatMap(own => [...own].filter(({ until }) => until <= now));
    for (const waiting of late) if (this.#unqueue(waiting)) waiting.refuse();
  }
}

const nothing = (): void => {};
/** Milliseconds. */
const maxLookMs = 500;
