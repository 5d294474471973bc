import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import getPort from 'get-port';
import type { LaunchPlan, Proof, RunContext } from '../../src/main/core/ports.ts';
import { mintSecret } from '../../src/main/core/secret.ts';

/** A private folder, a home and a working folder, with names that break careless programs. */
export async function makeRunContext(
  options: { sockets?: boolean; folder?: string } = {},
): Promise<RunContext & { home: string; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'gh-'));
  const directory = join(root, 'run');
  const home = join(root, "Zoë's home");
  const folder = options.folder ?? join(root, 'my wörk');
  await mkdir(directory, { mode: 0o700 });
  await mkdir(home);
  await mkdir(folder, { recursive: true });
  return {
    serverId: 'test',
    directory,
    canUseSockets: options.sockets ?? true,
    folderTrusted: true,
    port: await getPort({ host: '127.0.0.1' }),
    secret: mintSecret(),
    folder,
    user: 'Zoë O’Hara',
    home,
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface Running {
  readonly child: ChildProcess;
  readonly marker: string;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
  /** Asks until the plan says something else than `not-yet`. */
  readonly proof: (seconds?: number) => Promise<Proof>;
  readonly kill: () => Promise<void>;
}

/**
 * Performs a plan as simply as can be: a process group of its own, and nothing in the environment but what is
 * named.
 */
export function runPlan(plan: LaunchPlan, home: string, marker = `test-${process.pid}`): Running {
  const [program = '', ...rest] = plan.argv;
  const child = spawn(program, rest, {
    cwd: plan.folder,
    detached: true,
    env: {
      HOME: home,
      PATH: '/usr/local/bin:/usr/bin:/bin',
      LANG: 'C.UTF-8',
      GATEHOUSE_RUN: marker,
      ...plan.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? 0;
  const parts: string[] = [];
  child.stdout.on('data', part => parts.push(String(part)));
  child.stderr.on('data', part => parts.push(String(part)));
  const ended = new Promise<number | null>(done => child.once('exit', done));
  const proof = async (seconds = 60): Promise<Proof> => {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const answer = await plan.prove(AbortSignal.timeout(5000), { pid, marker });
      if (answer.kind !== 'not-yet' || child.exitCode !== null || Date.now() > end) return answer;
      await pause(50);
    }
  };
  const kill = async (): Promise<void> => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
    if (child.exitCode === null && child.signalCode === null) await ended;
  };
  return { child, marker, output: () => parts.join(''), ended, proof, kill };
}
