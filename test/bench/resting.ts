/**
 * What the core takes while nobody asks anything of it: one JupyterLab runs behind it, its page was opened
 * once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { makeHome, serve } from '../support/core.ts';
import { signIn, untilAnswered } from './asking.ts';
import { fineMicroseconds, residentMebibytes } from './processes.ts';

export interface Rest {
  /** MiB, round by round. */
  readonly resident: readonly number[];
  /** Per cent of one CPU. */
  readonly cpu: readonly number[];
}

/** Until what a start leaves behind (timers, garbage) is gone. */
const settleMs = 5000;

export async function measureRest(rounds: number, seconds: number): Promise<Rest> {
  const home = await makeHome();
  const served = await serve(home, '--secrets', 'memory');
  const rest = { resident: [] as number[], cpu: [] as number[] };
  const pid = served.child.pid ?? 0;
  try {
    const headers = await signIn(served.link.url);
    await untilAnswered(new URL('/lab', served.link.url).href, headers, 60_000, served.said);
    await delay(settleMs);
    for (let round = 0; round < rounds; round += 1) {
      const [from, before] = [performance.now(), fineMicroseconds(pid)];
      await delay((seconds * 1000) / rounds);
      const passed = (performance.now() - from) * 1000;
      rest.cpu.push(((fineMicroseconds(pid) - before) / passed) * 100);
      rest.resident.push(residentMebibytes(pid));
    }
  } finally {
    served.child.kill('SIGTERM');
    await served.ended;
    await home[Symbol.asyncDispose]();
  }
  return rest;
}
