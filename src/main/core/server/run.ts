import type { Failure } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import type {
  CheckHolder,
  LaunchPlan,
  PreflightReport,
  Proof,
  UpstreamAccess,
  RunFacts,
  RunContext,
} from '../ports.ts';
import { endFamily, findFamily, wait } from './process/ending.ts';
import { serverEnvironment } from './environment.ts';
import { exitInWords, saysPortTaken } from './output/failure.ts';
import { readOutput } from './output/read-output.ts';
import { hasEnded, launch, type Child, type Exit } from './launch.ts';
import { holderCheck } from './process/holder-check.ts';
import { endLeader } from './process/leader.ts';
import type { Trouble } from './lifecycle.ts';
import type { Limits, SuperviseOptions } from './options.ts';
import { preflight, preflightWords } from './preflight.ts';
import type { Identity } from './process/process-family.ts';
import { markerName, startOf } from './process/processes.ts';
import { proveOnce, untilReady } from './readiness.ts';
import type { ServerLog } from './output/server-log.ts';
import { RunResources } from './run-resources.ts';

export type RunEvent =
  | { readonly kind: 'proved' }
  /** A connection to it ended at another program. */
  | { readonly kind: 'probe'; readonly proof: Extract<Proof, { kind: 'foreign' }> }
  | { readonly kind: 'ended'; readonly summary: string }
  | {
      readonly kind: 'broke';
      readonly trouble: Trouble;
      readonly summary: string;
      readonly nextStep: string;
      readonly kindOfError: Failure['kind'];
    };

/**
 * One run of a server, from its folder to its last process. It tells at most `proved`, then any `probe`, and
 * then one `ended` or `broke`, and nothing any more once it is being ended. Whatever it told, `end` has to be
 * called.
 */
export class Run {
  readonly #options: SuperviseOptions;
  readonly #limits: Limits;
  readonly #output: ServerLog;
  readonly #tell: (news: RunEvent) => void;
  readonly #resources: RunResources;
  /** Aborted when the run is to be ended. */
  readonly #over = new AbortController();
  readonly #gone = new AbortController();
  readonly #launched: Promise<void>;
  #child: Child | null = null;
  #leader: Identity | null = null;
  #drained: Promise<unknown> = Promise.resolve();
  #told = false;
  #ready = false;
  #ending: Promise<void> | null = null;
  #startedSteady = 0;
  plan: LaunchPlan | null = null;
  /** How to reach it once it was proved to be ours; null before. */
  reach: Extract<UpstreamAccess, { kind: 'open' }> | null = null;
  exit: Exit | null = null;
  startedAt: number | null = null;
  /** What was found when it was looked at from outside its door; null until it is ready. */
  found: PreflightReport | null = null;

  constructor(options: SuperviseOptions, limits: Limits, output: ServerLog, tell: (news: RunEvent) => void) {
    this.#options = options;
    this.#limits = limits;
    this.#output = output;
    this.#tell = tell;
    this.#resources = new RunResources(options);
    this.#launched = this.#launch();
  }

  get facts(): RunFacts | null {
    const pid = this.#child?.pid;
    return pid === undefined || this.exit !== null ? null : { pid, marker: this.#resources.names.marker };
  }

  /** Resolves when nothing of the run is left: no process, no folder, no guard. Throws nothing. */
  end(politely: boolean): Promise<void> {
    this.#ending ??= this.#end(politely);
    return this.#ending;
  }

  async #launch(): Promise<void> {
    try {
      const context = await this.#resources.build();
      const plan = await this.#askForPlan(context);
      if (plan === null) return;
      this.plan = plan;
      for (const line of plan.said ?? []) this.#output.add('gatehouse', line);
      await this.#spawn(plan);
      void this.#prove(plan);
    } catch (error) {
      const { nextStep, kind } =
        error instanceof GatehouseError ? error : { nextStep: '', kind: 'failed' as const };
      this.#break('not-started', error instanceof Error ? error.message : String(error), nextStep, kind);
    }
  }

  /** Null when the run is to be ended before the answer came. */
  async #askForPlan(context: RunContext): Promise<LaunchPlan | null> {
    const { planSeconds } = this.#limits;
    const over = new AbortController();
    try {
      const plan = await Promise.race([
        this.#options.plan(context),
        wait(planSeconds * 1000, AbortSignal.any([over.signal, this.#over.signal])),
      ]);
      if (this.#over.signal.aborted) return null;
      if (plan !== undefined) return plan;
    } finally {
      over.abort();
    }
    throw new GatehouseError('plan-late', `Planning the start took longer than ${planSeconds} s.`, {
      nextStep: 'Check that the disk with the installation responds, then start it again.',
    });
  }

  async #spawn(plan: LaunchPlan): Promise<void> {
    const { environment, environmentNames, clock } = this.#options;
    const { variables, withheld, ownProgram } = plan;
    const names = environmentNames?.() ?? null;
    const clean = serverEnvironment(variables ?? environment ?? process.env, { names, withheld, ownProgram });
    const child = await launch({
      argv: plan.argv,
      folder: plan.folder,
      umask: this.#options.umask?.(),
      environment: { ...clean, ...plan.environment, [markerName]: this.#resources.names.marker },
    });
    this.#child = child;
    this.startedAt = clock();
    this.#startedSteady = performance.now();
    const now = (): number => performance.now();
    const heard = (line: string, ours: boolean): void =>
      this.#output.add(ours ? 'gatehouse' : 'server', line);
    readOutput(child.stdout, now, heard);
    readOutput(child.stderr, now, heard);
    this.#drained = new Promise(resolve => child.once('close', resolve));
    // A signal that could not be sent: whether it has ended is seen by its exit.
    child.on('error', () => undefined);
    if (hasEnded(child)) void this.#exited(child);
    else child.once('exit', () => void this.#exited(child));
    const start = child.pid === undefined ? null : await startOf(child.pid);
    if (child.pid === undefined || start === null) return;
    this.#leader = { pid: child.pid, start };
    await this.#resources.follow(this.#leader);
  }

  async #prove(plan: LaunchPlan): Promise<void> {
    const facts = this.facts;
    if (facts === null) return;
    const answer = await untilReady(plan, facts, AbortSignal.any([this.#over.signal, this.#gone.signal]));
    if (this.#told || this.exit !== null) return;
    switch (answer.kind) {
      case 'ours':
        this.#ready = true;
        this.reach = { kind: 'open', upstream: plan.upstream, checkHolder: this.#holderCheck() };
        this.#output.add('gatehouse', preflightWords(await this.#look(plan)));
        if (this.#told || this.exit !== null) return;
        if (!this.#over.signal.aborted) this.#tell({ kind: 'proved' });
        return;
      case 'port-taken':
        return this.#break(
          'port-taken',
          `Another program answers on its port: ${sentenceEnd(answer.detail)}`,
        );
      case 'unsafe':
        return this.#break('unsafe', answer.detail);
      case 'late':
        return this.#break(
          'not-ready',
          `It was not ready after ${plan.readySeconds} s: ${sentenceEnd(answer.detail)}`,
          answer.nextStep,
        );
      case 'given-up':
        return;
      default:
        return answer satisfies never;
    }
  }

  #holderCheck(): CheckHolder {
    return holderCheck({
      run: () => this.facts,
      platform: process.platform,
      foreign: proof => {
        if (!this.#told && !this.#over.signal.aborted) this.#tell({ kind: 'probe', proof });
      },
    });
  }

  async #exited(child: Child): Promise<void> {
    this.exit = { code: child.exitCode, signal: child.signalCode };
    this.#gone.abort();
    if (this.#over.signal.aborted) return;
    const lived = performance.now() - this.#startedSteady;
    // Its last words come after it, and are the most useful ones; but a grandchild may hold the pipe for
    // ever.
    await this.#untilDrained(200);
    const left = (await findFamily(this.#resources.names.marker, this.#leader)).length;
    const summary = exitInWords(this.exit, lived);
    if (this.exit.code !== 0) return this.#brokeByExit(summary);
    if (this.#ready) {
      this.#tellLast({
        kind: 'ended',
        summary: left > 0 ? `${summary} What it left running is ended too.` : summary,
      });
    } else if (left > 0) {
      const forked = `${summary} It put itself into the background (${left} processes live on), where it cannot be supervised.`;
      this.#break('forked-away', forked);
    } else this.#brokeByExit(summary);
  }

  /** Looks at the server from outside its door, now; null where it is not up. */
  async look(): Promise<PreflightReport | null> {
    return this.plan === null || !this.#ready ? null : this.#look(this.plan);
  }

  async #look(plan: LaunchPlan): Promise<PreflightReport> {
    const family = await findFamily(this.#resources.names.marker, this.#leader);
    const over = AbortSignal.any([this.#over.signal, this.#gone.signal]);
    const pids = family.map(({ pid }) => pid);
    this.found = await preflight(plan, pids, over);
    return this.found;
  }

  /** Its own way to stop says a secret: on a port that is another program's by now, nobody is asked. */
  async #mayBeAsked(): Promise<boolean> {
    const { plan, facts } = this;
    if (plan === null || facts === null || plan.askToStop === null) return false;
    if (plan.upstream.address.kind === 'socket') return true;
    return (await proveOnce(plan, facts, AbortSignal.timeout(2000))).kind === 'ours';
  }

  async #untilDrained(milliseconds: number): Promise<void> {
    const enough = new AbortController();
    await Promise.race([this.#drained, wait(milliseconds, enough.signal)]);
    enough.abort();
  }

  #brokeByExit(summary: string): void {
    const onPort = this.plan?.upstream.address.kind === 'port';
    if (!this.#ready && onPort && saysPortTaken(this.#output.lastOfRun())) {
      this.#break('port-taken', `Another program took its port first. ${summary}`);
    } else this.#break('exited', summary);
  }

  #break(trouble: Trouble, summary: string, nextStep = '', kindOfError: Failure['kind'] = 'failed'): void {
    this.#tellLast({ kind: 'broke', trouble, summary, nextStep, kindOfError });
  }

  #tellLast(news: RunEvent): void {
    if (this.#told || this.#over.signal.aborted) return;
    this.#told = true;
    this.#tell(news);
  }

  async #end(politely: boolean): Promise<void> {
    this.#over.abort();
    await this.#launched;
    const { marker } = this.#resources.names;
    const known = this.facts === null ? [] : await findFamily(marker, this.#leader);
    const asked = politely && (await this.#mayBeAsked()) ? this.plan : null;
    if (this.#child !== null) await endLeader(this.#child, asked, this.#limits);
    const bound = this.#limits.killSeconds * 1000;
    const graceful = politely ? 2000 : 500;
    const left = await endFamily({ marker, leader: this.#leader, known, graceful, bound });
    await this.#untilDrained(1000);
    this.#child?.stdout.destroy();
    this.#child?.stderr.destroy();
    await this.#resources.takeDown(left);
  }
}

/** A detail may be a whole sentence already. */
function sentenceEnd(detail: string): string {
  return detail.endsWith('.') ? detail : `${detail}.`;
}
