import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export type Step = 'get' | 'set' | 'delete';

/**
 * One thing to do in the keychain. Rejects with `KeychainTimeout`, `KeychainEnded`, or an Error that has the
 * keychain's own words.
 */
export interface KeychainCalls {
  ask(step: Step, account: string, value?: string): Promise<string | null>;
  /** Ends the child process, if one runs. */
  close(): void;
}

export class KeychainTimeout extends Error {}
export class KeychainEnded extends Error {}

export interface KeychainProcessOptions {
  readonly service: string;
  /** What the child gets as its environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  /** An unused child is ended after this time: it costs 50 MB and 60 ms to start. */
  readonly idleMs?: number;
  /** The program that does the work; `keychain.ts` of this folder unless it was packed elsewhere. */
  readonly entry?: string | undefined;
}

interface Pending {
  readonly resolve: (value: string | null) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const reply = z.union([
  z.object({ id: z.int(), ok: z.literal(true), value: z.string().nullable() }),
  z.object({ id: z.int(), ok: z.literal(false), message: z.string() }),
]);

export function createKeychainProcess(options: KeychainProcessOptions): KeychainCalls {
  return new KeychainProcess(options);
}

class KeychainProcess implements KeychainCalls {
  readonly #options: KeychainProcessOptions;
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | null = null;
  #idle: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(options: KeychainProcessOptions) {
    this.#options = options;
  }

  ask(step: Step, account: string, value?: string): Promise<string | null> {
    const { service, timeoutMs } = this.#options;
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(new KeychainTimeout('No answer in time.')), timeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      this.#running().stdin?.write(`${JSON.stringify({ id, step, service, account, value })}\n`);
    });
  }

  close(): void {
    this.#end(new KeychainEnded('The keychain was closed.'));
  }

  #running(): ChildProcess {
    clearTimeout(this.#idle);
    if (this.#child !== null) return this.#child;
    const child = startChild(this.#options);
    const gone = (): void => {
      if (this.#child === child)
        this.#end(new KeychainEnded('The process that talks to the keychain ended.'));
    };
    child.once('error', gone).once('exit', gone);
    child.stdin?.on('error', gone);
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', line => this.#hear(line));
    this.#child = child;
    return child;
  }

  #hear(line: string): void {
    const parsed = reply.safeParse(fromJson(line));
    const waiting = parsed.success ? this.#pending.get(parsed.data.id) : undefined;
    if (!parsed.success || waiting === undefined) return;
    this.#pending.delete(parsed.data.id);
    clearTimeout(waiting.timer);
    if (parsed.data.ok) waiting.resolve(parsed.data.value);
    else waiting.reject(new Error(parsed.data.message));
    if (this.#pending.size > 0) return;
    this.#idle = setTimeout(() => this.close(), this.#options.idleMs ?? 10_000).unref();
  }

  /** KILL, because a child that hangs in the keychain hears nothing else. What still waits, waits in vain. */
  #end(error: Error): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = null;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject, timer } of waiting) {
      clearTimeout(timer);
      reject(error);
    }
  }
}

function startChild(options: KeychainProcessOptions): ChildProcess {
  const entry = options.entry ?? fileURLToPath(new URL('./keychain.ts', import.meta.url));
  const child = spawn(process.execPath, [entry], {
    env: { ...options.environment },
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  // It must not keep the core alive (a pending question does); it ends by itself when the pipe to it breaks.
  child.unref();
  for (const pipe of [child.stdin, child.stdout]) if (pipe instanceof Socket) pipe.unref();
  return child;
}

function fromJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
