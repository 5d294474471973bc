import type { Failure, LogLine, ServerState } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import type { PreflightReport, UpstreamAccess, Supervised } from '../ports.ts';
import { failureContextOf, type FailureContext } from './output/failure.ts';
import { Health } from './health.ts';
import { step, initialState, type Effect, type Lifecycle, type LifecycleEvent } from './lifecycle.ts';
import { defaultSupervisionLimits, type Limits, type SuperviseOptions } from './options.ts';
import { preflightCaveat } from './preflight.ts';
import { proveOnce } from './readiness.ts';
import { Run, type RunEvent } from './run.ts';
import { ServerLog } from './output/server-log.ts';

/** Keeps one server alive, from its first start to its last process. */
export function supervise(options: SuperviseOptions): Supervised {
  return new Supervisor(options);
}

/** Performs what `lifecycle` decides, and tells it what came of that. Decides nothing itself. */
class Supervisor implements Supervised {
  readonly #options: SuperviseOptions;
  readonly #limits: Limits;
  readonly #output: ServerLog;
  #life: Lifecycle = initialState;
  #run: Run | null = null;
  #failureContext: FailureContext | null = null;
  #health: Health | null = null;
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];
  readonly #events: LifecycleEvent[] = [];
  #stepping = false;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    this.#limits = { ...defaultSupervisionLimits, ...options.limits };
    const { logFile, name, redactor, clock, log, onLine } = options;
    const { maxLogBytes, keptLogs } = this.#limits;
    const now = steady;
    this.#output = new ServerLog({
      path: logFile,
      maxBytes: maxLogBytes,
      kept: keptLogs,
      name,
      redactor,
      clock,
      now,
      log,
      onLine,
    });
  }

  get state(): ServerState {
    return this.#life.state;
  }

  get reason(): string {
    const { state, reason } = this.#life;
    return joined([reason, ...(state === 'ready' ? this.#caveats() : [])]);
  }

  get caveat(): string | null {
    const text = joined(this.#caveats());
    return text === '' ? null : text.charAt(0).toUpperCase() + text.slice(1);
  }

  /** As ends of a sentence. */
  #caveats(): readonly string[] {
    if (this.#run === null) return [];
    const { plan, found } = this.#run;
    const all = [found === null ? null : preflightCaveat(found), plan?.caveat?.() ?? null];
    return all.filter(caveat => caveat !== null);
  }

  get pid(): number | null {
    return this.#run?.facts?.pid ?? null;
  }

  get startedAt(): number | null {
    return this.pid === null ? null : (this.#run?.startedAt ?? null);
  }

  get reach(): UpstreamAccess {
    const { state, shut } = this.#life;
    const reach = state === 'ready' || state === 'unhealthy' ? this.#run?.reach : null;
    if (reach === null || reach === undefined) return { kind: 'away' };
    return shut === null ? reach : { kind: 'shut', why: shut };
  }

  get landing(): string {
    return this.#run?.plan?.landing ?? '/';
  }

  async start(): Promise<void> {
    this.#happened({ kind: 'asked-to-start' });
    await this.#untilSettled();
  }

  async restart(): Promise<void> {
    this.#happened({ kind: 'asked-to-restart' });
    await this.#untilSettled();
  }

  async stop(reason: string): Promise<void> {
    const { run } = this.#life;
    this.#happened({ kind: 'asked-to-stop', reason });
    await this.#until(life => life.exists === 'nothing' || life.run !== run);
    await this.#output.flush();
  }

  resumed(): void {
    this.#happened({ kind: 'resumed' });
    this.#health?.look();
  }

  logs(lines: number): Promise<readonly LogLine[]> {
    return this.#output.last(lines);
  }

  failure(): Failure | null {
    const { state, reason, attempts } = this.#life;
    if (this.#failureContext === null || (state !== 'failed' && state !== 'restarting')) return null;
    return { ...this.#failureContext, summary: reason, attempts };
  }

  async busyKernels(): Promise<number> {
    const ask = this.#life.state === 'ready' ? this.#run?.plan?.busyKernels : null;
    if (ask === null || ask === undefined) return 0;
    return ask(AbortSignal.timeout(3000)).catch(() => 0);
  }

  get found(): PreflightReport | null {
    return this.#run?.found ?? null;
  }

  async preflight(): Promise<PreflightReport | null> {
    const before = this.reason;
    const report = (await this.#run?.look()) ?? null;
    if (this.reason !== before) this.#options.onChange(this);
    return report;
  }

  /** One event after the other, also when a listener asks for something while it is told. */
  #happened(event: LifecycleEvent): void {
    this.#events.push(withoutSecrets(event, text => this.#options.redactor.redact(text)));
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#step(next);
    } finally {
      this.#stepping = false;
    }
  }

  #step(event: LifecycleEvent): void {
    const was = this.#life;
    const [life, effects] = step(steady(), was, event, this.#limits.policy);
    this.#life = life;
    if (event.kind === 'asked-to-start' && life.state !== was.state) this.#failureContext = null;
    for (const effect of effects) this.#perform(effect);
    if (
      life.state !== was.state ||
      life.reason !== was.reason ||
      life.run !== was.run ||
      life.shut !== was.shut
    )
      this.#announce();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  }

  #announce(): void {
    const { state, reason } = this;
    this.#output.add('gatehouse', `${state}: ${reason}`);
    this.#options.log.info(`Server ${state}`, { server: this.#options.serverId, reason });
    try {
      this.#options.onChange(this);
    } catch (error) {
      this.#options.log.error('A listener of a server failed.', { server: this.#options.serverId, error });
    }
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'launch':
        return this.#launch(effect.run);
      case 'end':
        return this.#end(effect.run, effect.politely);
      case 'wait':
        clearTimeout(this.#timer);
        this.#timer = setTimeout(
          () => this.#happened({ kind: 'waited', run: effect.run }),
          effect.milliseconds,
        );
        return;
      case 'stop-waiting':
        return clearTimeout(this.#timer);
      case 'watch':
        return this.#watch(effect.run);
      default:
        return effect satisfies never;
    }
  }

  #launch(run: number): void {
    this.#output.beginRun();
    this.#run = new Run(this.#options, this.#limits, this.#output, news => this.#heard(run, news));
  }

  #heard(run: number, news: RunEvent): void {
    if (news.kind === 'broke' && run === this.#life.run && this.#run !== null) {
      const { exit, plan } = this.#run;
      const lastLines = this.#output.lastOfRun();
      const redact = (text: string): string => this.#options.redactor.redact(text);
      this.#failureContext = failureContextOf({
        ...news,
        kind: news.kindOfError,
        exit,
        plan,
        lastLines,
        redact,
      });
    }
    this.#happened({ ...news, run });
    // It is looked at more often from now on, until it is ours again.
    if (news.kind === 'probe') this.#health?.look();
  }

  #end(run: number, politely: boolean): void {
    this.#health?.stop();
    this.#health = null;
    const ended = this.#run?.end(politely) ?? Promise.resolve();
    void ended.then(() => this.#happened({ kind: 'cleared', run }));
  }

  #watch(run: number): void {
    const current = this.#run;
    const plan = current?.plan ?? null;
    if (plan === null) return;
    this.#health = new Health({
      every: this.#limits.probeSeconds * 1000,
      clock: this.#options.clock,
      now: steady,
      probe: async signal => {
        const facts = current?.facts ?? null;
        return facts === null ? { kind: 'not-yet', detail: 'it has ended' } : proveOnce(plan, facts, signal);
      },
      told: proof => this.#happened({ kind: 'probe', run, proof }),
      jumped: () => this.#happened({ kind: 'resumed' }),
    });
    void this.#health.watch();
  }

  async #until(reached: (life: Lifecycle) => boolean): Promise<void> {
    while (!reached(this.#life)) await new Promise<void>(resolve => this.#waiting.push(resolve));
  }

  async #untilSettled(): Promise<void> {
    let settled: Lifecycle = this.#life;
    await this.#until(life => {
      settled = life;
      return ['ready', 'unhealthy', 'failed', 'stopped'].includes(life.state);
    });
    if (settled.state === 'failed') {
      throw new GatehouseError('start-failed', settled.reason, {
        kind: this.#failureContext?.kind ?? 'failed',
        nextStep: this.#failureContext?.nextStep ?? '',
      });
    }
    if (settled.state === 'stopped') throw new GatehouseError('stopped', settled.reason);
  }
}

/** Before anything is decided by it or made of it: a reason outlives the run whose secret it might hold. */
function withoutSecrets(event: LifecycleEvent, redact: (text: string) => string): LifecycleEvent {
  if (event.kind === 'broke' || event.kind === 'ended') return { ...event, summary: redact(event.summary) };
  if (event.kind !== 'probe' || event.proof.kind === 'ours') return event;
  return { ...event, proof: { ...event.proof, detail: redact(event.proof.detail) } };
}

/** Several ends of a sentence as one. */
function joined(parts: readonly string[]): string {
  return parts
    .map((part, context) => (context < parts.length - 1 ? part.replace(/\.$/u, '') : part))
    .join('; ');
}

/** Milliseconds of a clock that never jumps. */
function steady(): number {
  return performance.now();
}
