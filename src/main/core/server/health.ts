import type { Clock, Proof } from '../ports.ts';
import { wait } from './process/ending.ts';

export interface HealthOptions {
  readonly probe: (signal: AbortSignal) => Promise<Proof>;
  /** Milliseconds between two looks. */
  readonly every: number;
  readonly clock: Clock;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  readonly told: (proof: Proof) => void;
  /**
   * The computer slept, or its clock was set: that it did not answer in that time says nothing about the
   * server.
   */
  readonly jumped: () => void;
}

/** More than this between two clocks, or two looks, and time itself has jumped (milliseconds). */
const jump = { clocks: 5000, late: 30_000 };

/** Looks after a server that is ready, until it is told to stop. */
export class Health {
  readonly #options: HealthOptions;
  readonly #over = new AbortController();
  #hurry = new AbortController();

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  async watch(): Promise<void> {
    const { every, clock, now, told, jumped, probe } = this.#options;
    for (let pause = every; ;) {
      const [wall, steady] = [clock(), now()];
      this.#hurry = new AbortController();
      await wait(pause, AbortSignal.any([this.#over.signal, this.#hurry.signal]));
      if (this.#over.signal.aborted) return;
      const proof = await probe(this.#over.signal);
      if (this.#over.signal.aborted) return;
      const passed = now() - steady;
      const leapt = Math.abs(clock() - wall - passed) > jump.clocks || passed > pause + jump.late;
      if (leapt) jumped();
      // The clocks do not matter: its port may belong to another program by now.
      if (proof.kind !== 'not-yet' || !leapt) told(proof);
      pause = proof.kind === 'ours' ? every : every / 4;
    }
  }

  /** Looks now, not later. */
  look(): void {
    this.#hurry.abort();
  }

  stop(): void {
    this.#over.abort();
  }
}
