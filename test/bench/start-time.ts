/**
 * From the start of the program to the first page that only somebody signed in gets: Gatehouse (`gatehouse
 * serve`, its one-time link, then /lab with the cookie) and the bare JupyterLab (with a token of its own).
 * Same Python, same machine, alternately.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeHome, serve } from '../support/core.ts';
import { testPython } from '../support/jupyter.ts';
import { signIn, untilAnswered } from './asking.ts';
import { cpuMicroseconds, freePort, start } from './processes.ts';

const limitMs = 120_000;

export interface StartTimes {
  /** Seconds, round by round. */
  readonly bare: readonly number[];
  /** With everything that Gatehouse remembers of its last start. */
  readonly gatehouse: readonly number[];
  /** The first start ever of each of as many homes: nothing is remembered. */
  readonly first: readonly number[];
  /** CPU seconds until then: of the bare server, and of Gatehouse's core with the same server. */
  readonly bareCpu: readonly number[];
  readonly gatehouseCpu: readonly number[];
}

interface Started {
  readonly seconds: number;
  readonly cpu: number;
}

export async function measureStarts(rounds: number, say: (text: string) => void): Promise<StartTimes> {
  const times = {
    bare: [] as number[],
    gatehouse: [] as number[],
    first: [] as number[],
    bareCpu: [] as number[],
    gatehouseCpu: [] as number[],
  };
  for (let round = -1; round < rounds; round += 1) {
    const home = await makeHome();
    try {
      // The bare one in the same home, so that both find the same configuration.
      const bare = await bareStart(home.folder, home.environment);
      const first = await gatehouseStart(home);
      const gatehouse = await gatehouseStart(home);
      // The first round reads everything from the disk.
      if (round < 0) continue;
      times.bare.push(bare.seconds);
      times.first.push(first.seconds);
      times.gatehouse.push(gatehouse.seconds);
      times.bareCpu.push(bare.cpu);
      times.gatehouseCpu.push(gatehouse.cpu);
      say(
        `start ${round + 1}: bare ${bare.seconds.toFixed(2)} s, first ${first.seconds.toFixed(2)} s, again ${gatehouse.seconds.toFixed(2)} s`,
      );
    } finally {
      await home[Symbol.asyncDispose]();
    }
  }
  return times;
}

async function gatehouseStart(home: Awaited<ReturnType<typeof makeHome>>): Promise<Started> {
  const from = performance.now();
  const served = await serve(home, '--secrets', 'memory');
  try {
    const headers = await signIn(served.link.url);
    await untilAnswered(new URL('/lab', served.link.url).href, headers, limitMs, served.said);
    return started(from, [served.child.pid ?? 0, served.server.pid ?? 0]);
  } finally {
    served.child.kill('SIGTERM');
    await served.ended;
  }
}

function started(from: number, pids: readonly number[]): Started {
  return { seconds: (performance.now() - from) / 1000, cpu: cpuMicroseconds(pids) / 1_000_000 };
}

async function bareStart(folder: string, environment: Record<string, string>): Promise<Started> {
  const [port, token] = [await freePort(), randomBytes(32).toString('base64url')];
  const root = join(folder, 'bare');
  await mkdir(root);
  const from = performance.now();
  const running = start(
    await testPython(),
    [
      '-m',
      'jupyterlab',
      '--no-browser',
      '--allow-root',
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
    ],
    { env: { ...environment, JUPYTER_TOKEN: token }, cwd: root },
  );
  try {
    const headers = { Authorization: `token ${token}` };
    await untilAnswered(`http://127.0.0.1:${port}/lab`, headers, limitMs, running.said);
    return started(from, [running.pid]);
  } finally {
    await running.end('SIGTERM');
  }
}
