/*
 * `npm run bench`: what Gatehouse costs, in one run, beside the bare server and other proxies. What is
 * measured and what each figure includes is in doc/benchmarks.md. Exit code 0 whatever is found: a benchmark
 * is no test. 1 where it could not be run.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeHome, root } from '../support/core.ts';
import { type Contestant, openField } from './contestants.ts';
import { measureForwarding, type Rounds } from './forwarding.ts';
import { measureHostileGuests } from './hostile-guests.ts';
import { makeLoad } from './load.ts';
import { residentMebibytes } from './processes.ts';
import { type Aim, aimsTable, atMost, forwardingTable, shown, table, worst } from './report.ts';
import { measureRest } from './resting.ts';
import { measureRevocations } from './revoke.ts';
import { measureStarts, type StartTimes } from './start-time.ts';
import { differences, ratios, spread } from './statistics.ts';
import { type EchoTimes, measureEchoes } from './websocket.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    messages: { type: 'string', default: '2000' },
    only: { type: 'string', default: 'start,forward,rest,revoke,hostile-guests' },
    guests: { type: 'string', default: '2000' },
  },
});
const rounds = Number(values.rounds);
const only = values.only.split(',');
const tools = { wrk: isThere('wrk', ['-v']), nginx: isThere('nginx', ['-v']) };
const aims: Aim[] = [];
const raw: Record<string, unknown> = {
  at: new Date().toISOString(),
  node: process.version,
  cpus: cpus().length,
};

for (const [name, there] of Object.entries(tools)) {
  if (there) continue;
  say(`${name} is missing (apt-get install ${name}).`);
  if (process.env['CI']) process.exit(1);
}
if (only.includes('start')) reportStarts(await measureStarts(rounds, say));
if (only.includes('rest')) await rest();
if (only.includes('forward')) await forwarding();
if (only.includes('revoke')) await revocations();
if (only.includes('hostile-guests')) await hostileGuests();
raw['load'] = loadavg();
raw['aims'] = aims;
print(aimsTable(aims));
print(
  `Load of the computer at the end: ${loadavg()
    .map(each => each.toFixed(1))
    .join(', ')} on ${cpus().length} CPUs.`,
);
await mkdir(join(root, 'test-results'), { recursive: true });
await writeFile(join(root, 'test-results', 'bench.json'), `${JSON.stringify(raw, null, 2)}\n`);

function reportStarts(times: StartTimes): void {
  raw['start'] = times;
  const rows = Object.entries(times).map(([name, seconds]) => [name, shown(spread(seconds), ' s')]);
  print(table(['first authenticated page', 'found'], rows));
  for (const [name, what] of [
    ['gatehouse', 'start, again'],
    ['first', 'start, first ever'],
  ] as const) {
    const less = ratios(
      times[name].map(seconds => seconds - 0.2),
      times.bare,
    );
    aims.push(atMost(`${what}: (Gatehouse - 0.2 s) / bare`, 1.05, 'x', less));
  }
}

async function rest(): Promise<void> {
  const seconds = 20;
  say(`The core at rest, ${seconds} s`);
  const found = await measureRest(rounds, seconds);
  raw['rest'] = found;
  aims.push(atMost('core at rest, resident', 90, ' MiB', found.resident));
  // Over all of the time: what happens every ten seconds would be missed by a median.
  const mean = found.cpu.reduce((sum, each) => sum + each, 0) / found.cpu.length;
  aims.push({
    ...atMost('core at rest, CPU', 0.05, ' %', found.cpu),
    found: { ...spread(found.cpu), median: mean },
    met: mean <= 0.05,
  });
}

async function hostileGuests(): Promise<void> {
  const found = await measureHostileGuests(Number(values.seconds), say);
  raw['hostileGuests'] = found;
  const milliseconds = (time: number): string => `${time.toFixed(1)} ms`;
  const rows = found.map(({ name, watched: { owner, plain }, memory }) => [
    name,
    milliseconds(owner.median),
    milliseconds(owner.most),
    milliseconds(owner.slowest),
    milliseconds(plain.slowest),
    `${memory.toFixed(0)} MiB`,
  ]);
  print(
    table(['the owner waits, while there attack', 'median', '95 %', 'slowest', 'plain server', 'core'], rows),
  );
}

async function revocations(): Promise<void> {
  const found = await measureRevocations(rounds, Number(values.guests), say);
  raw['revoke'] = found;
  const milliseconds = (each: readonly number[]): string => shown(spread(each), ' ms');
  print(
    table(
      [`a link of ${found.sockets} sockets, among ${found.others} idle guests`, 'found'],
      [
        ['taken back: its last socket is closed', milliseconds(found.cut)],
        ['taken back: it is on the disk', milliseconds(found.answered)],
        ["slowest of the owner's requests meanwhile", milliseconds(found.ownerSlowest)],
      ],
    ),
  );
  aims.push(atMost('link taken back: last socket closed', 100, ' ms', found.cut));
}

async function forwarding(): Promise<void> {
  const home = await makeHome();
  try {
    await using field = await openField(home, tools.nginx);
    const contestants = [field.direct, ...field.gatehouse, ...field.others];
    const load = makeLoad(tools.wrk, home.folder);
    const measured = await measureForwarding(
      contestants,
      load,
      { rounds, seconds: Number(values.seconds) },
      say,
    );
    const after = residentMebibytes(field.core.child.pid ?? 0);
    raw['forwarding'] = Object.fromEntries(measured);
    print(forwardingTable('small', measured));
    print(forwardingTable('large', measured));
    cpuAims(field.gatehouse, measured);
    aims.push(atMost('core after load, resident', 90, ' MiB', [after]));
    say('WebSocket echoes');
    reportEchoes(await measureEchoes(field.gatehouse, rounds, Number(values.messages)));
  } finally {
    await home[Symbol.asyncDispose]();
  }
}

function cpuAims(gatehouse: readonly Contestant[], measured: ReadonlyMap<string, Rounds>): void {
  const cpu = (name: string, size: 'small' | 'large'): readonly number[] =>
    measured.get(name)?.[size].map(shown => shown.cpu) ?? [];
  for (const [other, size, limit] of [
    ['configurable-http-proxy', 'small', 0.45],
    ['httpxy', 'small', 0.65],
    ['nginx, streaming', 'large', 1],
    ['nginx, buffering', 'large', 1],
  ] as const) {
    if (!measured.has(other)) continue;
    const each = gatehouse.map(({ name }) =>
      atMost(`CPU, ${size}: ${name} / ${other}`, limit, 'x', ratios(cpu(name, size), cpu(other, size))),
    );
    aims.push(...worst(each));
  }
}

function reportEchoes(times: readonly EchoTimes[]): void {
  raw['websocket'] = times;
  const milliseconds = (each: readonly number[]): string => shown(spread(each), ' ms');
  const rows = times.map(({ name, direct, gatehouse }) => [
    name,
    milliseconds(direct.p50),
    milliseconds(gatehouse.p50),
    milliseconds(direct.p99),
    milliseconds(gatehouse.p99),
  ]);
  print(table(['WebSocket echo', 'direct, p50', 'Gatehouse, p50', 'direct, p99', 'Gatehouse, p99'], rows));
  const each = times.map(({ name, direct, gatehouse }) =>
    atMost(`WebSocket p99: ${name} - direct`, 0.3, ' ms', differences(gatehouse.p99, direct.p99)),
  );
  aims.push(...worst(each));
}

function isThere(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch (error) {
    // wrk tells its version with exit code 1.
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function print(text: string): void {
  process.stdout.write(`\n${text}\n`);
}
