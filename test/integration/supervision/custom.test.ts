import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { customProfile } from '../../../src/main/core/profiles/custom.ts';
import type { LaunchPlan, Log } from '../../../src/main/core/ports.ts';
import type { StartRequest } from '../../../src/shared/model.ts';
import { get, secretHeaders } from '../../support/kernel.ts';
import { makeRunContext, runPlan } from '../../support/run-plan.ts';

const cleanups: (() => Promise<void>)[] = [];
const warnings: string[] = [];
const log: Log = { info: () => {}, warn: message => warnings.push(message), error: () => {} };

afterEach(async () => {
  warnings.length = 0;
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function prepare(request: Omit<StartRequest, 'profile'>) {
  const place = await makeRunContext();
  cleanups.push(place.remove);
  const profile = customProfile({ environment: { PATH: process.env['PATH'] }, log });
  const plan = await profile.plan({ profile: 'custom', ...request }, null, place);
  return { place, plan };
}

function run(plan: LaunchPlan, home: string, marker?: string) {
  const running = runPlan(plan, home, marker);
  cleanups.push(running.kill);
  return running;
}

/** A server that wants its credential and tells what it was given. */
const asksForSecret = `
const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
const secret = readFileSync(process.env.GATEHOUSE_UPSTREAM_SECRET_FILE, 'utf8');
createServer((request, response) => {
  const given = request.headers['x-server-token'] ?? (request.headers.authorization ?? '').replace('Bearer ', '');
  response.statusCode = given === secret ? 200 : 401;
  response.end(request.url);
}).listen(...JSON.parse(process.argv[1]));
`;

test.each([
  ['a port', '[{port}, "127.0.0.1"]', { kind: 'header', name: 'X-Server-Token' }],
  ['a port, bearer', '[{port}, "127.0.0.1"]', { kind: 'bearer' }],
  ['a socket', '["{socket}"]', { kind: 'bearer' }],
] as const)('a server on %s is started with its credential and proved', async (_name, listen, credential) => {
  const command = [process.execPath, '-e', asksForSecret, listen];
  const { place, plan } = await prepare({ command, credential });
  const running = run(plan, place.home);
  expect(await running.proof(20)).toEqual({ kind: 'ours' });
  expect((await get(plan, '/x')).status).toBe(401);
  expect((await get(plan, '/x', secretHeaders(plan))).status).toBe(200);
  expect(plan.argv.join(' ')).not.toContain(place.secret.reveal());
  expect(JSON.stringify(plan.environment)).not.toContain(place.secret.reveal());
  expect((await stat(join(place.directory, 'upstream-secret'))).mode & 0o777).toBe(0o600);
  expect(warnings).toEqual([]);
});

test('a port that a stranger took is foreign, and the stranger hears nothing', async () => {
  const { place, plan } = await prepare({
    command: ['python3', '-m', 'http.server', '--bind', '127.0.0.1', '{port}'],
  });
  let heard = 0;
  const stranger = createServer((_request, response) => {
    heard++;
    response.end('welcome');
  });
  await new Promise<void>(done => stranger.listen(place.port, '127.0.0.1', done));
  cleanups.push(() => new Promise(done => stranger.close(() => done())));
  const running = run(plan, place.home);
  expect((await running.proof(10)).kind).toBe('foreign');
  expect(heard).toBe(0);
  expect(await running.ended).not.toBe(0);
  expect(plan.advise(running.output().split('\n'), 1)).toMatch(/took this port first/);
});

test.runIf(process.getuid?.() === 0)(
  'a port that another account took is foreign, though its program carries the marker of the run',
  async () => {
    const { place, plan } = await prepare({ command: ['sleep', '60', '{port}'] });
    const marker = `custom-${process.pid}-stranger`;
    const stranger = spawn(
      '/usr/bin/python3',
      ['-m', 'http.server', '--bind', '127.0.0.1', String(place.port)],
      { cwd: '/', env: { GATEHOUSE_RUN: marker }, uid: 65_534, gid: 65_534, stdio: 'ignore' },
    );
    cleanups.push(async () => void (stranger.kill('SIGKILL') && (await once(stranger, 'exit'))));
    await expect
      .poll(() => plan.prove(AbortSignal.timeout(5000), { pid: 4_000_000, marker }), { timeout: 15_000 })
      .toMatchObject({ kind: 'foreign' });
  },
);

test('a server in a grandchild that left the group is known by its marker', async () => {
  const { place, plan } = await prepare({
    command: ['sh', '-c', 'setsid python3 -m http.server --bind 127.0.0.1 {port} & wait'],
  });
  const marker = `custom-${process.pid}-grandchild`;
  const running = run(plan, place.home, marker);
  const proof = await running.proof(20);
  // The session of its own survives our kill of the group, so it is ended by what it answers to.
  const { listProcesses } = await import('../../../src/main/core/server/process/processes.ts');
  for (const row of await listProcesses(marker)) if (row.marked) process.kill(row.pid, 'SIGKILL');
  expect(proof).toEqual({ kind: 'ours' });
});

test('a server that listens on the network is noticed', async () => {
  const { place, plan } = await prepare({
    command: ['python3', '-m', 'http.server', '--bind', '0.0.0.0', '{port}'],
  });
  const running = run(plan, place.home);
  expect(await running.proof(20)).toEqual({ kind: 'ours' });
  expect(warnings.join('\n')).toMatch(/listens on the network/);
  expect(warnings.join('\n')).toMatch(/requires no credential/);
});

test('a server that answers with failures is not ready', async () => {
  const failing = `require('http').createServer((q, r) => (r.statusCode = 503, r.end())).listen({port}, '127.0.0.1')`;
  const { place, plan } = await prepare({
    command: [process.execPath, '-e', failing],
    readyPath: '/healthz',
  });
  const running = run(plan, place.home);
  await expect
    .poll(
      () => plan.prove(AbortSignal.timeout(5000), { pid: running.child.pid ?? 0, marker: running.marker }),
      {
        timeout: 15_000,
      },
    )
    .toMatchObject({ kind: 'not-yet', detail: 'It answers /healthz with status 503.' });
});
