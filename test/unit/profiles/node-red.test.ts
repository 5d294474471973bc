import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/node-red.ts';
import { nodeRedSharing, viewComms } from '../../../src/main/core/profiles/node-red/node-red-sharing.ts';
import type { LaunchPlan, RunContext } from '../../../src/main/core/ports.ts';
import { Secret } from '../../../src/main/core/secret.ts';

const guest = { name: 'Ada (guest)', session: 'a1', permissions: null };

const { rules } = nodeRedSharing;
const log = { info: () => {}, warn: () => {}, error: () => {} };
let directory: string;
let folder: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'run-'));
  folder = await mkdtemp(join(tmpdir(), 'lab-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await rm(folder, { recursive: true });
});

/** A program that says what `node-red --version` says. */
async function program(says: string, code = 0): Promise<string> {
  const bin = await mkdtemp(join(folder, 'bin-'));
  await writeFile(join(bin, 'node-red'), `#!/bin/sh\ncat <<'END'\n${says}\nEND\nexit ${code}\n`, {
    mode: 0o755,
  });
  return bin;
}

const profileOn = (bin: string): ReturnType<typeof kind.create> =>
  kind.create({
    environment: { PATH: `${bin}:/usr/bin:/bin` },
    home: folder,
    dataFolder: folder,
    platform: 'linux',
    log,
    readySeconds: () => null,
    shims: '/shims',
  });

async function found(says: string, code?: number): Promise<unknown> {
  const profile = profileOn(await program(says, code));
  return profile.find?.({ fresh: true, signal: AbortSignal.timeout(10_000) });
}

async function planned(change: Partial<RunContext> = {}, file?: string): Promise<LaunchPlan> {
  const profile = profileOn(await program('Node-RED v5.0.7\nNode.js v24.21.0'));
  const context: RunContext = {
    serverId: 'node-red',
    directory,
    canUseSockets: true,
    folderTrusted: true,
    port: 4000,
    secret: new Secret('the-secret'),
    folder,
    user: 'mira',
    ...change,
  };
  return profile.plan({ profile: 'node-red', file }, null, context);
}

test('it is found with its own version, not that of Node', async () => {
  expect(await found('Node-RED v5.0.7\nNode.js v24.21.0\nLinux 6.1 x64 LE')).toMatchObject([
    { profile: 'node-red', version: '5.0.7', problem: null, origin: 'PATH' },
  ]);
});

test.each([
  ['Node-RED v1.2.7', /CVE-2021-21297/],
  ['Node-RED v3.1.15', /no longer maintained/],
])('%s is listed, and not started', async (says, problem) => {
  expect(await found(says)).toMatchObject([{ problem: expect.stringMatching(problem) }]);
});

test('on a Node that is too old it says so', async () => {
  const says = 'Unsupported version of Node.js: v20.20.2\nNode-RED requires Node.js v22.9 or later';
  expect(await found(says, 1)).toMatchObject([
    { version: null, problem: expect.stringMatching(/requires Node\.js v22\.9 or later/) },
  ]);
});

test('it is started with our settings on a socket, and the secrets in one private file', async () => {
  const plan = await planned();
  expect(plan.argv.slice(1)).toEqual(['--settings', '/shims/node-red/gatehouse-settings.cjs']);
  expect(plan.environment).toEqual({ GATEHOUSE_NODE_RED: join(directory, 'node-red.json') });
  expect(JSON.stringify([plan.argv, plan.environment])).not.toContain('the-secret');
  expect((await stat(join(directory, 'node-red.json'))).mode & 0o777).toBe(0o600);
  const given: unknown = JSON.parse(await readFile(join(directory, 'node-red.json'), 'utf8'));
  expect(given).toMatchObject({
    socket: join(directory, 'server.sock'),
    owner: { user: 'mira', secret: 'the-secret' },
  });
  expect(plan.upstream.address).toEqual({ kind: 'socket', path: join(directory, 'server.sock') });
});

test('guests who only look are let in by another secret than the owner', async () => {
  const { upstream } = await planned();
  const owner = upstream.headers.map(([name, value]) => [name, value.reveal()]);
  const viewer = upstream.forRole?.viewer?.headers.map(([name, value]) => [name, value.reveal()]);
  expect(owner).toEqual([['X-Gatehouse-Upstream', 'the-secret']]);
  expect(viewer).toEqual([['X-Gatehouse-Upstream', expect.stringMatching(/^[\w-]{43}$/)]]);
  expect(upstream.forRole?.full).toBeUndefined();
});

test('a file of flows may be named', async () => {
  await writeFile(join(folder, 'pumps.json'), '[]');
  expect((await planned({}, 'pumps.json')).argv.at(-1)).toBe(join(folder, 'pumps.json'));
  expect((await planned({}, 'pumps.json')).argv).not.toContain('--safe');
  expect((await planned({ folderTrusted: false }, 'pumps.json')).argv).toContain('--safe');
  // Those of the user start as always.
  expect((await planned({ folderTrusted: false })).argv).not.toContain('--safe');
  await expect(planned({}, '../pumps.json')).rejects.toMatchObject({ code: 'file-outside' });
});

test('without sockets it is not started', async () => {
  await expect(planned({ canUseSockets: false })).rejects.toMatchObject({ code: 'no-sockets' });
});

describe('roles', () => {
  test.each([
    ['GET', '/', true],
    ['HEAD', '/flows', true],
    ['GET', '/flows', true],
    ['GET', '/red/images/node-red.svg', true],
    ['GET', '/icons/@scope/module/icon.svg', true],
    ['GET', '/nodes', true],
    ['GET', '/debug/view/view.html', true],
    ['GET', '/projects/lab', true],
    ['GET', '/projects/lab/remotes', false],
    ['POST', '/flows', false],
    ['PUT', '/settings/user', false],
    ['DELETE', '/nodes', false],
    ['OPTIONS', '/flows', false],
    ['GET', '/Flows', false],
    ['GET', '/flow/f1', false],
    ['GET', '/comms', false],
    ['GET', '/context/global', false],
    ['GET', '/credentials/x/y', false],
    ['GET', '/settings/user/keys', false],
    ['GET', '/red/../flows', false],
    ['GET', '/red/%2e%2e/pump', false],
    ['GET', '/red//pump', false],
    ['GET', '/anything/of/a/flow', false],
  ])('viewer %s %s: %s', (method, path, allow) => {
    expect(rules.decideRequest('viewer', method, path, '').allow).toBe(allow);
    expect(rules.decideRequest('full', method, path, '').allow).toBe(true);
    expect(rules.decideRequest('editor', method, path, '').allow).toBe(false);
  });

  test('a viewer cannot ask to be taken for another method', () => {
    expect(rules.decideRequest('viewer', 'GET', '/flows', '_method=DELETE')).toMatchObject({
      reason: 'method-override',
    });
  });

  test.each([
    ['/comms', true],
    ['/comms/', false],
    ['/COMMS', false],
    ['/pump/socket', false],
  ])('viewer opens %s: %s', (path, allow) => {
    expect(rules.openSocket('viewer', path, 'a=b', ['x'], guest).allow).toBe(allow);
    expect(rules.openSocket('editor', path, '', [], guest).allow).toBe(false);
    expect(rules.openSocket('full', path, '', [], guest)).toEqual({ allow: true, relay: 'splice' });
  });

  test("nothing of a viewer's query or subprotocol reaches /comms", () => {
    expect(rules.openSocket('viewer', '/comms', 'access_token=x', ['y'], guest)).toMatchObject({
      relay: 'filter',
      target: '/comms',
      subprotocols: [],
    });
  });
});

describe('what a viewer says on /comms', () => {
  const filter = viewComms();
  const say = (text: string, binary = false): unknown =>
    filter.fromGuest({ binary, data: Buffer.from(text) });

  test.each(['notification/#', 'notification/node/#', 'status/#', 'event-log/#', 'debug'])(
    'subscribes to %s',
    topic => {
      const text = JSON.stringify({ subscribe: topic });
      expect(say(` ${text} `)).toEqual({
        kind: 'replace',
        message: { binary: false, data: Buffer.from(text) },
      });
    },
  );

  test.each([
    '{"auth":"x"}',
    '{"subscribe":"debug","auth":"x"}',
    '{"auth":"x","subscribe":"debug"}',
    '{"subscribe":5}',
    '{"subscribe":["debug"]}',
    '{"subscribe":{"replace":1}}',
    '{"subscribe":"(a+)+"}',
    '{"subscribe":"a+a+a+a+"}',
    '{"topic":"multiplayer/connect"}',
    '{"topic":"multiplayer/location","data":{}}',
    '[{"subscribe":"debug"}]',
    'null',
    '5',
    '',
    '{',
  ])('%s goes nowhere', text => {
    expect(say(text)).toMatchObject({ kind: 'drop' });
  });

  test('nor does a binary message', () => {
    expect(say('{"subscribe":"debug"}', true)).toMatchObject({ kind: 'drop' });
  });
});
