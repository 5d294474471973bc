import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { customProfile } from '../../../src/main/core/profiles/custom.ts';
import type { Log, RunContext } from '../../../src/main/core/ports.ts';
import { Secret } from '../../../src/main/core/secret.ts';
import type { StartRequest } from '../../../src/shared/model.ts';
import { scratchFolder } from '../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let warnings: string[] = [];
beforeEach(async () => {
  warnings = [];
  scratch = await scratchFolder();
  await writeFile(join(scratch.folder, 'server'), '#!/bin/sh\n', { mode: 0o755 });
});
afterEach(() => scratch.remove());

function context(change: Partial<RunContext> = {}): RunContext {
  return {
    serverId: 'x',
    directory: scratch.folder,
    canUseSockets: true,
    folderTrusted: true,
    port: 4567,
    secret: new Secret('the-secret-of-this-run'),
    folder: scratch.folder,
    user: 'zoe',
    ...change,
  };
}

function plan(request: Omit<StartRequest, 'profile'>, change: Partial<RunContext> = {}) {
  const log: Log = { info: () => {}, warn: message => warnings.push(message), error: () => {} };
  const environment = { PATH: scratch.folder };
  const profile = customProfile({ environment, log, readySeconds: () => 77 });
  return profile.plan({ profile: 'custom', ...request }, null, context(change));
}

test('a command on a socket', async () => {
  const made = await plan({ command: ['server', '--listen', '{socket}', '--base={base}'] });
  expect(made.argv).toEqual([
    join(scratch.folder, 'server'),
    '--listen',
    `${scratch.folder}/server.sock`,
    '--base=/',
  ]);
  expect(made.upstream).toEqual({
    address: { kind: 'socket', path: `${scratch.folder}/server.sock` },
    host: 'localhost',
    headers: [],
    withheldCookies: [],
  });
  expect(made.environment).toEqual({});
  expect(made.readySeconds).toBe(77);
  expect(made.preflight).toEqual({ paths: ['/'], sockets: [] });
  expect(warnings).toEqual([]);
});

test('a credential reaches it by a private file, and the gateway by a header', async () => {
  const command = ['./server', '{port}', '{secretFile}'];
  const made = await plan({ command, credential: { kind: 'bearer' }, readySeconds: 5 });
  const file = join(scratch.folder, 'upstream-secret');
  expect(made.argv).toEqual([join(scratch.folder, 'server'), '4567', file]);
  expect(made.environment).toEqual({ GATEHOUSE_UPSTREAM_SECRET_FILE: file });
  expect(await readFile(file, 'utf8')).toBe('the-secret-of-this-run');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(made.upstream.headers.map(([name, value]) => [name, value.reveal()])).toEqual([
    ['Authorization', 'Bearer the-secret-of-this-run'],
  ]);
  expect(made.readySeconds).toBe(5);
  // It may answer a path that only tells that it is up.
  expect(made.preflight).toBeUndefined();
  const again = await plan({ command, credential: { kind: 'header', name: 'X-Server-Token' } });
  expect(again.upstream.headers[0]?.[0]).toBe('X-Server-Token');
  expect(JSON.stringify([made, again])).not.toContain('the-secret-of-this-run');
});

test('a port without a credential is open to other users, which is said', async () => {
  const made = await plan({ command: ['server', '{port}'] });
  expect(made.preflight).toEqual({ paths: ['/'], sockets: [] });
  expect(warnings).toEqual([expect.stringContaining('other users of this computer')]);
});

test.each<[string, Omit<StartRequest, 'profile'>, string]>([
  ['no command', {}, 'no-command'],
  ['an empty command', { command: [''] }, 'no-command'],
  ['no address', { command: ['server'] }, 'no-address'],
  ['an unknown placeholder', { command: ['server', '{prot}'] }, 'unknown-placeholder'],
  ['a zero byte', { command: ['server', '{port}\0'] }, 'bad-command'],
  ['a file', { command: ['server', '{port}'], file: 'x.ipynb' }, 'no-file'],
  [
    'a header of the gateway',
    { command: ['server', '{port}'], credential: { kind: 'header', name: 'Host' } },
    'bad-header',
  ],
  [
    'a header with a line break',
    { command: ['server', '{port}'], credential: { kind: 'header', name: 'X\r\nY' } },
    'bad-header',
  ],
  ['a ready path without slash', { command: ['server', '{port}'], readyPath: 'healthz' }, 'bad-ready-path'],
  [
    'a ready path with a line break',
    { command: ['server', '{port}'], readyPath: '/x\r\nHost: y' },
    'bad-ready-path',
  ],
])('%s is refused', async (_name, request, code) => {
  await expect(plan(request)).rejects.toMatchObject({ code, kind: 'usage' });
});

test('a program that is not there, or may not be run, is told before anything starts', async () => {
  await expect(plan({ command: ['nowhere', '{port}'] })).rejects.toMatchObject({
    code: 'no-program',
    kind: 'not-found',
  });
  await chmod(join(scratch.folder, 'server'), 0o644);
  await expect(plan({ command: ['./server', '{port}'] })).rejects.toMatchObject({ code: 'no-program' });
});

test('without sockets a socket is refused', async () => {
  const refused = plan({ command: ['server', '{socket}'] }, { canUseSockets: false });
  await expect(refused).rejects.toMatchObject({ code: 'no-sockets' });
});

const roles = { viewer: { requests: ['GET /app/'] } };

test('what a profile file says is in the plan', async () => {
  const made = await plan(
    {
      command: ['server', '{port}', '{port2}', '{base}'],
      credential: { kind: 'bearer' },
      custom: {
        base: '/app/',
        headers: { 'X-Site': 'lab' },
        secondPort: {
          path: '/.app/live',
          rewrites: [
            { paths: ['/app/'], type: 'text/html', texts: [{ from: 'p={port2}', to: 'p={port}{path}' }] },
          ],
        },
        uploads: ['image/*'],
        https: true,
        passesAuthorization: true,
        roles,
      },
    },
    { secondPort: 4568 },
  );
  expect(made.argv.slice(1)).toEqual(['4567', '4568', '/app/']);
  expect(made.landing).toBe('/app/');
  expect(made.upstream).toMatchObject({
    uploadTypes: ['image/*'],
    scheme: 'https',
    passesAuthorization: true,
    branches: [{ paths: ['/.app/live'], address: { kind: 'port', port: 4568 }, target: '/' }],
    rewrites: [
      { paths: ['/app/'], type: 'text/html', texts: [{ from: 'p=4568', to: 'p={port}/.app/live' }] },
    ],
  });
  expect(made.upstream.headers.map(([name, value]) => [name, value.reveal()])).toEqual([
    ['Authorization', 'Bearer the-secret-of-this-run'],
    ['X-Site', 'lab'],
  ]);
});

test.each<[string, Omit<StartRequest, 'profile'>, string]>([
  ['a base that it is not told', { command: ['server', '{port}'], custom: { base: '/app/' } }, 'no-base'],
  ['a second port that nobody knows', { command: ['server', '{port}', '{port2}'] }, 'no-second-port'],
  [
    'a second port that it is not told',
    { command: ['server', '{port}'], custom: { secondPort: { path: '/x', rewrites: [] } } },
    'no-second-port',
  ],
  [
    'a header that is the credential',
    {
      command: ['server', '{port}'],
      credential: { kind: 'header', name: 'X-Token' },
      custom: { headers: { 'x-token': '1' } },
    },
    'header-twice',
  ],
  [
    'a role that cannot open the first page',
    { command: ['server', '{port}'], custom: { roles } },
    'role-without-page',
  ],
])('%s is refused', async (_name, request, code) => {
  await expect(plan(request)).rejects.toMatchObject({ code });
});
