import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/flask.ts';
import type { LaunchPlan } from '../../../src/main/core/ports.ts';
import { Secret } from '../../../src/main/core/secret.ts';

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map(folder => rm(folder, { recursive: true })));
});

async function made(...files: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flask '));
  folders.push(folder);
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), '', { mode: 0o755 });
  }
  return folder;
}

async function plan(file?: string, canUseSockets = true): Promise<LaunchPlan> {
  const folder = await made('site/api.py');
  const environment = await made('bin/python');
  const profile = kind.create({
    environment: {},
    home: '/home/mira',
    dataFolder: '/data',
    platform: 'linux',
    log: { info: () => {}, warn: () => {}, error: () => {} },
    readySeconds: () => null,
    shims: '/opt/shims',
  });
  const found = {
    id: 'flask-1',
    profile: 'flask',
    title: 'Flask',
    version: '3.1.3',
    origin: 'PATH',
    location: environment,
    problem: null,
  };
  const context = {
    serverId: 'site',
    directory: await made(),
    canUseSockets,
    folderTrusted: true,
    port: 1,
    secondPort: 2,
    secret: new Secret('upstream'),
    folder,
    user: 'mira',
  };
  return profile.plan({ profile: 'flask', file }, found, context);
}

test('a socket, the module by its path, one hop, one name, no debug mode, and no secret', async () => {
  const { argv, environment, upstream, landing } = await plan('site/api.py');
  expect(argv.slice(1)).toEqual([
    '/opt/shims/flask/gatehouse_flask.py',
    expect.stringMatching(/\/server\.sock$/),
    'site/api.py',
  ]);
  expect(environment).toEqual({
    FLASK_DEBUG: '0',
    INVENIO_DEBUG: 'False',
    INVENIO_PROXYFIX_CONFIG: "{'x_for': 1, 'x_proto': 1}",
    INVENIO_TRUSTED_HOSTS: "['localhost']",
    INVENIO_APP_ALLOWED_HOSTS: "['localhost']",
  });
  expect(upstream).toMatchObject({
    address: { kind: 'socket' },
    host: 'localhost',
    headers: [],
    passesAuthorization: true,
    scheme: 'https',
  });
  expect(landing).toBe('/');
});

test('without a file the folder says what is served', async () => {
  expect((await plan()).argv.at(-1)).toBe('');
});

test('without Unix sockets it is not started: its port would be open to others', async () => {
  await expect(plan(undefined, false)).rejects.toMatchObject({ code: 'no-sockets' });
});
