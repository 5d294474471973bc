import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { defaultRestartPolicy } from '../../../src/main/core/server/restart-policy.ts';
import { supervisorTest as test } from '../../fixtures/supervisor-test.ts';
import { ask, guardsOf, markerOf, until } from '../../fakes/supervised.ts';
import { upstreamOf } from '../../support/reach.ts';

test('a server that floods is readable, bounded, and neither stalls nor fills the disk', async ({
  begin,
}) => {
  const it = begin({ mode: 'flood' }, { limits: { maxLogBytes: 200_000, keptLogs: 1 } });
  const before = process.memoryUsage().rss;
  await it.supervised.start();
  await until('output is left out', () => it.lines.some(line => line.text.includes('left out')), 20_000);
  expect(await ask(upstreamOf(it.supervised).address, '/')).not.toBe('');
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  await it.supervised.stop('Enough.');
  const folder = join(it.root, 'logs');
  const sizes = readdirSync(folder).map(name => statSync(join(folder, name)));
  expect(sizes.length).toBe(2);
  for (const { size, mode } of sizes) {
    expect(size).toBeLessThan(1_300_000);
    expect(mode & 0o777).toBe(0o600);
  }
});

test('a secret that the server prints is in no line and no file', async ({ begin }) => {
  const it = begin({ mode: 'secret' });
  await it.supervised.start();
  const [secret] = it.redactor.known;
  await until('printed', () => it.lines.some(line => line.text === 'my secret is ***, keep it'));
  await it.supervised.logs(1);
  await it.supervised.stop('Enough.');
  expect(readFileSync(join(it.root, 'logs', 'fake.log'), 'utf8')).not.toContain(secret);
  expect(it.redactor.known.size).toBe(0);
});

test('a log on a full disk is said once and hurts nobody', async ({ begin }) => {
  const it = begin({ mode: 'good' }, { logFile: '/dev/full' });
  await it.supervised.start();
  await until('said', () => it.log.notes.some(note => note.includes('cannot be written')));
  process.kill(it.supervised.pid ?? 0, 'SIGKILL');
  await until('restarted', () => it.history.filter(state => state === 'ready').length === 2);
  expect(it.log.notes.filter(note => note.includes('cannot be written'))).toHaveLength(1);
  expect((await it.supervised.logs(50)).some(line => line.text.includes('cannot be written'))).toBe(true);
});

test('the environment is clean, and marked', async ({ begin }) => {
  const environment = {
    ...process.env,
    LD_PRELOAD: '',
    NODE_OPTIONS: '',
    JUPYTER_TOKEN: 't',
    GATEHOUSE_TOKEN: 't',
    ODD: '1',
  };
  const it = begin({ mode: 'good' }, { environment });
  await it.supervised.start();
  const seen: unknown = JSON.parse(await ask(upstreamOf(it.supervised).address, '/environment'));
  expect(seen).toHaveProperty('GATEHOUSE_RUN', markerOf(it));
  for (const name of ['LD_PRELOAD', 'NODE_OPTIONS', 'JUPYTER_TOKEN', 'GATEHOUSE_TOKEN'])
    expect(seen).not.toHaveProperty(name);
  expect(seen).toHaveProperty('ODD', '1');
  expect(seen).toHaveProperty('PATH');
  expect(existsSync(it.runRoot)).toBe(true);
});

test(
  'a full disk: what runs goes on, what starts says why',
  { skip: process.getuid?.() !== 0 },
  async ({ begin }) => {
    const disk = mkdtempSync(join(tmpdir(), 'gh-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'gatehouse-test', disk]);
    const filler = join(disk, 'filler');
    try {
      const runRoot = join(disk, 'run');
      const it = begin({ mode: 'good' }, { runRoot, logFile: join(disk, 'fake.log') });
      await it.supervised.start();
      fill(filler);
      expect(await ask(upstreamOf(it.supervised).address, '/')).not.toBe('');
      await it.supervised.stop('Enough.');
      fill(filler);
      await expect(it.supervised.start()).rejects.toThrow('ENOSPC');
      expect(it.supervised.failure()?.nextStep).toContain('space');
      expect(readdirSync(runRoot)).toEqual([]);
      rmSync(filler);
      await it.supervised.start();
      expect(it.supervised.state).toBe('ready');
      await it.remove();
    } finally {
      execFileSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true });
    }
  },
);

function fill(path: string): void {
  try {
    for (;;) appendFileSync(path, Buffer.alloc(512));
  } catch {
    // Full.
  }
}

test('a server that falls silent is unhealthy, not restarted, and well again', async ({ begin }) => {
  const it = begin(
    { mode: 'good' },
    { limits: { probeSeconds: 0.1, policy: { ...defaultRestartPolicy, missedProbes: 1 } } },
  );
  await it.supervised.start();
  const { pid } = it.supervised;
  const upstream = upstreamOf(it.supervised);
  await ask(upstream.address, '/mute');
  await until('unhealthy', () => it.supervised.state === 'unhealthy', 15_000);
  expect(it.supervised.pid).toBe(pid);
  await ask(upstream.address, '/speak').catch(() => '');
  it.supervised.resumed();
  await until('ready', () => it.supervised.state === 'ready', 15_000);
  expect(it.supervised.pid).toBe(pid);
});

test('stopped and continued (as by sleep), it is neither restarted nor given up', async ({ begin }) => {
  const it = begin({ mode: 'good' }, { limits: { probeSeconds: 0.1 } });
  await it.supervised.start();
  const { pid } = it.supervised;
  process.kill(pid ?? 0, 'SIGSTOP');
  it.supervised.resumed();
  process.kill(pid ?? 0, 'SIGCONT');
  await ask(upstreamOf(it.supervised).address, '/');
  expect(it.supervised).toMatchObject({ state: 'ready', pid });
});

test('many starts, stops and restarts at once end as the last of them asks, with one process or none', async ({
  begin,
}) => {
  const it = begin({ mode: 'good' });
  const calls: Promise<unknown>[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    calls.push(
      it.supervised.start().catch(() => undefined),
      it.supervised.restart().catch(() => undefined),
    );
    if (turn % 3 === 0) calls.push(it.supervised.stop('Enough.'));
  }
  await it.supervised.start();
  expect(await guardsOf(it)).toHaveLength(1);
  expect(readdirSync(it.runRoot)).toHaveLength(2);
  calls.push(it.supervised.stop('The end.'));
  await Promise.all(calls);
  expect(it.supervised).toMatchObject({ state: 'stopped', reason: 'The end.' });
  expect(readdirSync(it.runRoot)).toEqual([]);
  expect(await guardsOf(it)).toEqual([]);
});
