/**
 * When something is done for a guest. The attack: many guests, each within its budget, whose messages are all
 * judged in one turn of the event loop, so that the owner's request waits for them all. So what is done for
 * guests in one turn has a bound; the rest waits for a later turn, session by session, and requests of others
 * are served in between.
 */
import { setImmediate } from 'node:timers';
import { GuestBudgets, type BudgetLimits, type HeldKind, type Payer } from './guest-budgets.ts';

/** Milliseconds of one turn of the event loop; work that has started is finished. */
const turnMs = 4;

/**
 * What one that is called back counts of a turn, at least. Its socket is read again then, and what reading
 * costs (the TLS layer, and the buffers that the collector has to take away) is measured by nobody: eighty
 * sockets that wait for one budget would all be read in the turn in which it has room again.
 */
const calledBackMs = 0.5;

/** What one WebSocket or request body of a guest has of its guest's budget. */
export interface WorkShare {
  /** Whether something may be done for it now. */
  ready(): boolean;
  /** Calls back when it may be ready again; once. */
  later(resume: () => void): void;
  /** Does it now, and charges the time that it took. @param bytes of the guest's that it reads */
  run<T>(bytes: number, work: () => T): T;
  /**
   * Has it done on another thread, one at a time for each session, and charges the milliseconds that it
   * answers with. Never fails.
   */
  away(work: () => Promise<number>): Promise<void>;
  /** From now on so many bytes are kept for it. */
  hold(kind: HeldKind, bytes: number): void;
  close(): void;
}

interface Holder {
  readonly held: Record<HeldKind, number>;
  readonly giveWay: () => void;
}

interface JoinRequestInfo {
  readonly payer: Payer;
  readonly resume: () => void;
}

export class GuestWork {
  readonly budgets: GuestBudgets;
  readonly #clock: () => number;
  readonly #holders = new Map<string, Set<Holder>>();
  readonly #queue = new Map<string, JoinRequestInfo[]>();
  readonly #away = new Map<string, Promise<void>>();
  #spentMs = 0;
  #isTurnAsked = false;

  /** @param clock milliseconds that never go back */
  constructor(limits: BudgetLimits, clock: () => number = () => performance.now()) {
    this.budgets = new GuestBudgets(limits, clock());
    this.#clock = clock;
  }

  /** @param giveWay ends what keeps these bytes; it has taken too many */
  open(payer: Payer, giveWay: () => void): WorkShare {
    const holder: Holder = { held: { sent: 0, served: 0 }, giveWay };
    const hold = (kind: HeldKind, bytes: number): void => {
      const change = bytes - holder.held[kind];
      if (change === 0) return;
      holder.held[kind] = bytes;
      this.#note(payer.id, holder);
      const victim = this.budgets.hold(payer, this.#clock(), kind, change);
      if (victim !== null) this.#largest(victim, kind)?.giveWay();
    };
    return {
      ready: () => this.#spentMs < turnMs && this.budgets.waitMs(payer, this.#clock()) === 0,
      later: resume => this.#later(payer, resume),
      run: (bytes, work) => this.#run(payer, bytes, work),
      away: work => this.#runAway(payer, work),
      hold,
      close() {
        hold('sent', 0);
        hold('served', 0);
      },
    };
  }

  forget(session: string): void {
    this.budgets.forget(session);
  }

  #run<T>(payer: Payer, bytes: number, work: () => T): T {
    const startedAt = this.#clock();
    try {
      return work();
    } finally {
      const now = this.#clock();
      this.#spentMs += now - startedAt;
      this.budgets.spend(payer, now, now - startedAt, bytes);
      this.#nextTurn();
    }
  }

  async #runAway(payer: Payer, work: () => Promise<number>): Promise<void> {
    const { id: session } = payer;
    const before = this.#away.get(session) ?? Promise.resolve();
    const done = before
      .then(work)
      .then(ms => this.budgets.spend(payer, this.#clock(), ms, 0))
      .catch(() => {});
    this.#away.set(session, done);
    await done;
    if (this.#away.get(session) === done) this.#away.delete(session);
  }

  #later(payer: Payer, resume: () => void): void {
    const wait = this.budgets.waitMs(payer, this.#clock());
    if (wait > 0) {
      setTimeout(() => this.#enqueue(payer, resume), Math.ceil(wait)).unref();
      return;
    }
    this.#enqueue(payer, resume);
  }

  #enqueue(payer: Payer, resume: () => void): void {
    const waiting = this.#queue.get(payer.id) ?? [];
    waiting.push({ payer, resume });
    this.#queue.set(payer.id, waiting);
    this.#nextTurn();
  }

  #nextTurn(): void {
    if (this.#isTurnAsked) return;
    this.#isTurnAsked = true;
    setImmediate(() => {
      this.#isTurnAsked = false;
      this.#spentMs = 0;
      this.#runQueue();
    });
  }

  /** One of each session in turn, until the time of this turn is over. */
  #runQueue(): void {
    while (this.#spentMs < turnMs) {
      const [next] = this.#queue;
      if (next === undefined) return;
      const [session, [first, ...rest]] = next;
      this.#queue.delete(session);
      if (rest.length > 0) this.#queue.set(session, rest);
      if (first !== undefined) this.#callBack(first);
    }
    if (this.#queue.size > 0) this.#nextTurn();
  }

  #callBack({ payer, resume }: JoinRequestInfo): void {
    if (this.budgets.waitMs(payer, this.#clock()) > 0) {
      this.#later(payer, resume);
      return;
    }
    this.#spentMs += calledBackMs;
    resume();
  }

  #note(session: string, holder: Holder): void {
    const holders = this.#holders.get(session) ?? new Set<Holder>();
    if (holder.held.sent > 0 || holder.held.served > 0) holders.add(holder);
    else holders.delete(holder);
    if (holders.size > 0) this.#holders.set(session, holders);
    else this.#holders.delete(session);
  }

  #largest(session: string, kind: HeldKind): Holder | null {
    let found: Holder | null = null;
    for (const holder of this.#holders.get(session) ?? []) {
      if (holder.held[kind] > (found?.held[kind] ?? 0)) found = holder;
    }
    return found;
  }
}
