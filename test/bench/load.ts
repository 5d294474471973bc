/**
 * Load on one contestant: 16 connections, one thread. By wrk; where that is missing by Node, which is slower
 * and takes CPU from what it measures.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Pool } from 'undici';
import type { Contestant } from './contestants.ts';
import { cpuMicroseconds } from './processes.ts';
import { quantile } from './statistics.ts';

const connections = 16;

/** What one run of load has shown. Times in microseconds. */
export interface Shown {
  readonly requestsPerSecond: number;
  /** CPU time of the contestant's process for each request. */
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
}

interface Counted {
  readonly requests: number;
  readonly microseconds: number;
  /** Answers that were not 2xx, and connections that failed. */
  readonly errors: number;
  readonly p50: number;
  readonly p99: number;
}

export type Load = (contestant: Contestant, path: string, seconds: number) => Promise<Shown>;

export function makeLoad(withWrk: boolean, folder: string): Load {
  return async (contestant, path, seconds) => {
    const before = cpuMicroseconds([contestant.pid]);
    const counted = withWrk
      ? await loadByWrk(contestant, path, seconds, folder)
      : await loadByNode(contestant, path, seconds);
    const used = cpuMicroseconds([contestant.pid]) - before;
    if (counted.errors > 0 || counted.requests === 0) {
      throw new Error(`${contestant.name}, ${path}: ${counted.errors} of ${counted.requests} went wrong`);
    }
    return {
      requestsPerSecond: (counted.requests * 1_000_000) / counted.microseconds,
      cpu: used / counted.requests,
      p50: counted.p50,
      p99: counted.p99,
    };
  };
}

/** The headers go by a file, not by the command line: there is a credential among them. */
async function loadByWrk(
  { port, headers }: Contestant,
  path: string,
  seconds: number,
  folder: string,
): Promise<Counted> {
  const script = join(folder, 'wrk.lua');
  const lines = Object.entries(headers).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  await writeFile(script, `${lines.join('\n')}\n${report}`, { mode: 0o600 });
  const options = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--latency', '-s', script];
  const url = `http://127.0.0.1:${port}${path}`;
  const { stdout } = await promisify(execFile)('wrk', [...options, url]);
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{'))) as Counted;
}

const report = `done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"requests":%d,"microseconds":%d,"errors":%d,"p50":%d,"p99":%d}\\n', summary.requests,
    summary.duration, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
`;

async function loadByNode({ port, headers }: Contestant, path: string, seconds: number): Promise<Counted> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections });
  const started = performance.now();
  const times: number[] = [];
  let errors = 0;
  const ask = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      const from = performance.now();
      const { statusCode, body } = await pool.request({ path, method: 'GET', headers: { ...headers } });
      await body.dump({ limit: 10_000_000 });
      if (statusCode !== 200) errors += 1;
      times.push((performance.now() - from) * 1000);
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
  const microseconds = (performance.now() - started) * 1000;
  await pool.close();
  return {
    requests: times.length,
    microseconds,
    errors,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}
