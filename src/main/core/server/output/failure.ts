import type { Failure } from '../../../../shared/model.ts';
import { errorInfo } from '../../errors.ts';
import type { LaunchPlan } from '../../ports.ts';
import type { Exit } from '../launch.ts';
import type { Trouble } from '../lifecycle.ts';
import { cleanLine } from './output-lines.ts';
import { proxiesIn } from '../proxy.ts';

/** What one run that went wrong leaves behind for the person who has to understand it. Already redacted. */
export type FailureContext = Omit<Failure, 'summary' | 'attempts'>;

export interface Broken {
  readonly trouble: Trouble;
  readonly exit: Exit | null;
  readonly plan: LaunchPlan | null;
  /** The next step that the error itself names; empty when it knows none. */
  readonly nextStep: string;
  readonly kind: Failure['kind'];
  readonly lastLines: readonly string[];
  readonly redact: (text: string) => string;
}

export function failureContextOf({
  trouble,
  exit,
  plan,
  nextStep,
  kind,
  lastLines,
  redact,
}: Broken): FailureContext {
  const advice = plan === null ? null : advise(plan, lastLines, exit?.code ?? null);
  return {
    nextStep: redact(
      advice ??
        (nextStep === '' ? usualAdvice(trouble, exit, lastLines) + proxyHint(trouble, plan) : nextStep),
    ),
    kind,
    exitCode: exit?.code ?? null,
    signal: exit?.signal ?? null,
    command: plan === null ? '' : redact(commandLine(plan.argv)),
    lastLines: [...(plan?.said ?? []).map(line => cleanLine(line, redact)), ...lastLines],
  };
}

/** For reading and for pasting into a POSIX shell. */
export function commandLine(argv: readonly string[]): string {
  return argv
    .map(word => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

/** `1.2 s`, `4 min 10 s`, `3 h 2 min`. */
export function inWords(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function exitInWords(exit: Exit, milliseconds: number): string {
  if (exit.signal !== null) return `It was ended by signal ${exit.signal} after ${inWords(milliseconds)}.`;
  return `It exited after ${inWords(milliseconds)}, exit code ${exit.code ?? 'unknown'}.`;
}

/** What servers of all kinds say when somebody else was faster at their port. */
export function saysPortTaken(lines: readonly string[]): boolean {
  return lines.some(line =>
    /EADDRINUSE|address (?:is )?already in use|port \S+ is (?:already |not )?(?:in use|available)/iu.test(
      line,
    ),
  );
}

function advise(plan: LaunchPlan, lines: readonly string[], exitCode: number | null): string | null {
  try {
    return plan.advise(lines, exitCode);
  } catch {
    return null;
  }
}

/** What waits for a proxy that does not know the address says nothing until it gives up, minutes later. */
function proxyHint(trouble: Trouble, plan: LaunchPlan | null): string {
  const variables = plan?.variables ?? {};
  const proxies = proxiesIn(variables);
  const hasExceptions = (variables['NO_PROXY'] ?? variables['no_proxy'] ?? '') !== '';
  if (trouble !== 'not-ready' || proxies.length === 0 || hasExceptions) return '';
  return ` It is started with ${proxies.join(', ')} and no NO_PROXY: if it asks for an address in your own network, add that to NO_PROXY; \`gatehouse doctor\` shows what is set.`;
}

function usualAdvice(trouble: Trouble, exit: Exit | null, lines: readonly string[]): string {
  const inTerminal = 'Run the command in a terminal to see what it lacks.';
  switch (trouble) {
    case 'exited':
      if (exit?.signal === 'SIGKILL')
        return 'Another program ended it, or the computer ran out of memory; close other programs and start it again.';
      return lines.length === 0
        ? `It printed nothing. ${inTerminal}`
        : 'Read its last lines; they usually name the reason.';
    case 'not-started':
      return inTerminal;
    case 'not-ready':
      return 'Give it more time if it is slow to start, or read its last lines for what it waits for.';
    case 'port-taken':
      return 'Another program takes the ports as they become free; find it, or start again.';
    case 'forked-away':
      return 'Start it with the option that keeps it in the foreground.';
    case 'unsafe':
      return 'It was ended before anyone could use it; update Gatehouse, or use the version of the server that Gatehouse was tested with.';
    default:
      return trouble satisfies never;
  }
}

/** Of a start that could not even be tried. */
export function refusalOf(error: unknown): Failure {
  const { message, nextStep, kind } = errorInfo(error);
  return {
    summary: message,
    nextStep,
    kind,
    exitCode: null,
    signal: null,
    attempts: 1,
    command: '',
    lastLines: [],
  };
}
