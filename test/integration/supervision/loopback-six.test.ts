/*
 * Servers that listen where Gatehouse did not look: on ::1 alone, or on a port of their own; and those that
 * answer, but not what is hoped for.
 */
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { LaunchPlan, RunFacts } from '../../../src/main/core/ports.ts';
import { customProfile } from '../../../src/main/core/profiles/custom.ts';
import { holderCheck } from '../../../src/main/core/server/process/holder-check.ts';
import { preflight } from '../../../src/main/core/server/preflight.ts';
import { untilReady, type Readiness } from '../../../src/main/core/server/readiness.ts';
import { ask, openRoom, owner } from '../../support/gateway.ts';
import { makeRunContext, runPlan } from '../../support/run-plan.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** The arguments of `listen` and the status of its answers are its own. */
const script = `
const { createServer } = require('node:http');
const [listen, status] = process.argv.slice(1).map(word => JSON.parse(word));
createServer((request, response) => {
  response.statusCode = status;
  response.end('served by ' + request.socket.localAddress);
}).on('upgrade', (_request, socket) => socket.end(
  'HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n'
)).listen(...listen);
`;

interface Started {
  readonly plan: LaunchPlan;
  readonly run: RunFacts;
  readonly port: number;
  readonly answer: Readiness;
}

async function start(listen: string, status: number, seconds: number, readyText?: string): Promise<Started> {
  const place = await makeRunContext();
  cleanups.push(place.remove);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const profile = customProfile({ environment: { PATH: process.env['PATH'] }, log });
  const request = {
    profile: 'custom' as const,
    command: [process.execPath, '-e', script, listen, String(status), '{port}'],
    readySeconds: seconds,
    ...(readyText === undefined ? {} : { custom: { readyText } }),
  };
  const plan = await profile.plan(request, null, place);
  const marker = `six-${place.port}`;
  const running = runPlan(plan, place.home, marker);
  cleanups.push(running.kill);
  const run = { pid: running.child.pid ?? 0, marker };
  const answer = await untilReady(plan, run, new AbortController().signal);
  return { plan, run, port: place.port, answer };
}

test.each(['::1', '127.0.0.1', 'localhost', '::'])(
  'a server that listens on %s is proved, reached by the gateway and looked at from outside',
  async address => {
    const { plan, run, answer } = await start(`[{port}, "${address}"]`, 200, 60);
    expect(answer).toEqual({ kind: 'ours' });
    const room = await openRoom();
    cleanups.push(() => room.close());
    let foreign = 0;
    const checkHolder = holderCheck({ run: () => run, platform: process.platform, foreign: () => foreign++ });
    const reach = { kind: 'open', upstream: plan.upstream, checkHolder } as const;
    room.gateway.setUpstream({ state: 'ready', reason: '', reach, landing: '/' });
    const reply = await ask(room, '/api', { headers: owner });
    expect([reply.status, reply.body]).toEqual([
      200,
      expect.stringMatching(/^served by (?:::1|(?:::ffff:)?127\.0\.0\.1)$/),
    ]);
    const upgraded = await ask(room, '/ws', {
      headers: {
        ...owner,
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    });
    expect(upgraded.status).toBe(101);
    const report = await preflight(plan, [run.pid], new AbortController().signal);
    expect(report.open).toEqual(['/']);
    expect(foreign).toBe(0);
  },
);

test('attack: another program takes ::1 at the port, where the server has ended', async () => {
  const { plan, run, port, answer } = await start('[{port}, "::1"]', 200, 60);
  expect(answer).toEqual({ kind: 'ours' });
  let ended = false;
  let foreign = 0;
  const platform = process.platform;
  const checkHolder = holderCheck({
    run: () => (ended ? { pid: 1, marker: 'none' } : run),
    platform,
    foreign: () => foreign++,
  });
  const room = await openRoom();
  cleanups.push(() => room.close());
  process.kill(run.pid, 'SIGKILL');
  let heard = '';
  const stranger = createServer(socket => {
    socket.on('error', () => {}).on('data', data => (heard += data.toString()));
  });
  // Until the port is let go.
  await expect
    .poll(
      () =>
        new Promise(resolve => {
          stranger.once('error', () => resolve('taken'));
          stranger.listen(port, '::1', () => resolve('free'));
        }),
      { timeout: 20_000 },
    )
    .toBe('free');
  cleanups.push(() => new Promise(done => stranger.close(done)));
  ended = true;
  const reach = { kind: 'open', upstream: plan.upstream, checkHolder } as const;
  room.gateway.setUpstream({ state: 'ready', reason: '', reach, landing: '/' });
  expect((await ask(room, '/api', { headers: owner })).status).toBe(503);
  expect([heard, foreign]).toEqual(['', 1]);
});

test('a server that listens elsewhere is told where, and not to be given more time', async () => {
  const { answer, port } = await start('[0, "::1"]', 200, 4);
  expect(answer).toMatchObject({
    kind: 'late',
    detail: expect.stringMatching(
      new RegExp(
        `^nothing listens on port ${port}, where it was told to; it listens on \\[::1\\]:\\d+ instead$`,
      ),
    ),
    nextStep: expect.stringContaining('{port}'),
  });
});

test.each([
  [501, undefined, 'It answers / with status 501.', '--ready-path'],
  [404, 'Welcome', 'It answers / with status 404, without the expected text.', 'path and text'],
])('a server that answers %i is told what it answers', async (status, text, detail, advice) => {
  const { answer } = await start('[{port}, "127.0.0.1"]', status, 4, text);
  expect(answer).toEqual({ kind: 'late', detail, nextStep: expect.stringContaining(advice) });
});
