/**
 * A desktop starts programs without what the user's shell sets (PATH of conda and pyenv, licence servers,
 * modules). The login shell is asked for it once, as VS Code does. The attack on ourselves: a start file of
 * the shell that asks a question, waits for a network or never ends. So it has no terminal, a bound, and is
 * ended with all that it started; and what it prints is not taken for an answer without our mark.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { basename, isAbsolute } from 'node:path';
import { userInfo } from 'node:os';
import { z } from 'zod';
import type { Variables } from '../variables.ts';

export type LoginAnswer =
  | { readonly kind: 'variables'; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: 'none'; readonly reason: string };

export interface LoginQuestion {
  /** What the desktop gave. */
  readonly variables: Variables;
  readonly milliseconds: number;
  /** The Node that prints what it was given. */
  readonly node?: string;
}

const answerShape = z.record(z.string(), z.string());
const maxBytes = 4 * 1024 * 1024;

/** Runs the login shell once, bounded in time. Throws nothing. */
export async function askLoginShell(question: LoginQuestion): Promise<LoginAnswer> {
  if (process.platform === 'win32') return { kind: 'none', reason: 'Windows has no login shell' };
  const shell = shellOf(question.variables);
  if (shell === null) return { kind: 'none', reason: 'no shell is known for this account' };
  const { variables, milliseconds, node = process.execPath } = question;
  return variablesAfter({
    program: shell,
    args: mark => argumentsFor(shell, node, mark),
    variables,
    milliseconds,
  });
}

export interface ShellRun {
  readonly program: string;
  /** What makes it print its variables as JSON between two of these marks. */
  readonly args: (mark: string) => readonly string[];
  readonly variables: Variables;
  readonly milliseconds: number;
  /** What it writes to its error output, which nobody reads when absent. */
  readonly heard?: (text: string) => void;
}

/**
 * The variables that a shell has after what it is told to do. Bounded in time, and ended with all that it
 * started. Throws nothing.
 */
export async function variablesAfter(shellRun: ShellRun): Promise<LoginAnswer> {
  const shell = shellRun.program;
  const mark = `gatehouse-${randomBytes(12).toString('hex')}`;
  const said = await run(shellRun, mark);
  if (typeof said !== 'string') return { kind: 'none', reason: `${shell} ${said.reason}` };
  const from = said.indexOf(mark);
  const to = said.indexOf(mark, from + mark.length);
  if (from === -1 || to === -1)
    return { kind: 'none', reason: `${shell} did not run the command it was given` };
  try {
    const variables = answerShape.parse(JSON.parse(said.slice(from + mark.length, to)));
    return { kind: 'variables', variables };
  } catch {
    return { kind: 'none', reason: `${shell} answered in a way that cannot be read` };
  }
}

function shellOf(variables: Variables): string | null {
  const named = variables['SHELL'];
  if (named !== undefined && isAbsolute(named)) return named;
  try {
    return userInfo().shell;
  } catch {
    return null;
  }
}

/** For Node's `-e`. */
export function printing(mark: string): string {
  return `process.stdout.write("${mark}"+JSON.stringify(process.env)+"${mark}")`;
}

/** How each shell is told to run one command after its start files. */
function argumentsFor(shell: string, node: string, mark: string): readonly string[] {
  const script = printing(mark);
  const plain = `'${node.replaceAll("'", `'\\''`)}' -e '${script}'`;
  const name = basename(shell);
  if (/^(?:pwsh|powershell)/.test(name)) return ['-Login', '-Command', `& ${plain}`];
  if (name === 'nu') return ['-i', '-l', '-c', `^${plain}`];
  if (name === 'xonsh') return ['-i', '-l', '-c', `@(${JSON.stringify(node)}) -e '${script}'`];
  // These take -l alone or not at all.
  if (name === 'csh' || name === 'tcsh') return ['-ic', plain];
  return ['-i', '-l', '-c', plain];
}

function run(
  { program, args, variables, milliseconds, heard }: ShellRun,
  mark: string,
): Promise<string | { readonly reason: string }> {
  return new Promise(resolve => {
    let said = '';
    const child = spawn(program, args(mark), {
      cwd: '/',
      env: { ...variables, GATEHOUSE_ASKS_ENVIRONMENT: '1' },
      // A session of its own: no terminal to ask in or to be stopped by, and one group to end.
      detached: true,
      stdio: ['ignore', 'pipe', heard === undefined ? 'ignore' : 'pipe'],
    });
    let over = false;
    const end = (answer: string | { readonly reason: string }): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      endGroup(child.pid);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(answer);
    };
    const late = { reason: `did not answer within ${milliseconds / 1000} s` };
    const timer = setTimeout(() => end(late), milliseconds);
    child.on('error', error => end({ reason: `could not be started: ${error.message}` }));
    // Not by its end: what its start files left in the background may hold the pipe forever.
    child.stderr?.setEncoding('utf8').on('data', (text: string) => heard?.(text));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.length > maxBytes) end({ reason: 'printed without end' });
      // What it wrote before may still be on its way; `close` is sooner, unless something in the background
      // holds the pipe.
      else if (said.split(mark).length < 3) return;
      else if (heard === undefined) end(said);
      else setTimeout(() => end(said), 200);
    });
    child.on('close', () => end(said));
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
