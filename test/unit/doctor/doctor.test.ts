import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examine, type DoctorDeps } from '../../../src/main/core/doctor/doctor.ts';
import { found } from '../../support/fake-ports.ts';

let folder: string;
let good: DoctorDeps;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const paths = {
    home: folder,
    custom: true,
    config: folder,
    data: folder,
    state: folder,
    logs: folder,
    cache: folder,
    runtime: folder,
  };
  good = {
    paths: { ...paths, uid: process.getuid?.() ?? null },
    environment: {},
    secrets: async () => ({ store: 'keychain', sentence: 'in the keychain' }),
    node: '24.1.0',
    findElectron: async () => '/electron',
    findServers: async () => [found('a')],
    settingsWarnings: () => [],
    staleRuns: async () => [],
  };
});
afterAll(() => rm(folder, { recursive: true }));

test('all is well', async () => {
  const lines = await examine(good);
  expect(lines.filter(({ level }) => level !== 'ok')).toEqual([]);
  expect(new Set(lines.map(({ id }) => id)).size).toBeGreaterThan(8);
});

test.each<[string, Partial<DoctorDeps>, string, string]>([
  [
    'no keychain',
    { secrets: async () => ({ store: 'memory', sentence: 'in memory' }) },
    'secrets',
    'warning',
  ],
  ['an old Node', { node: '20.1.0' }, 'node', 'problem'],
  ['no Electron', { findElectron: async () => null }, 'electron', 'warning'],
  ['no server', { findServers: async () => [] }, 'servers', 'warning'],
  [
    'a broken server',
    { findServers: async () => [found('a'), found('b', { problem: 'no libpython' })] },
    'servers',
    'warning',
  ],
  ['a proxy for everything', { environment: { http_proxy: 'http://p:1' } }, 'proxy', 'warning'],
  ['a bad setting', { settingsWarnings: () => ['x is no number'] }, 'settings', 'warning'],
  ['something left behind', { staleRuns: async () => ['thesis'] }, 'stale-runs', 'warning'],
  ['a check that throws', { findServers: () => Promise.reject(new Error('boom')) }, 'servers', 'problem'],
])('%s is named with what to do', async (_name, change, id, level) => {
  const lines = await examine({ ...good, ...change });
  const bad = lines.filter(line => line.level !== 'ok');
  expect(bad.map(line => [line.id, line.level])).toEqual([[id, level]]);
  expect(bad[0]?.nextStep).not.toBe('');
});

test('a proxy that leaves this computer alone is fine', async () => {
  const lines = await examine({
    ...good,
    environment: { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'localhost, 10.0.0.1' },
  });
  expect(lines.find(({ id }) => id === 'proxy')?.level).toBe('ok');
});

test('a folder that others can open is a problem', async () => {
  await chmod(folder, 0o755);
  const lines = await examine(good);
  await chmod(folder, 0o700);
  expect(lines.find(({ id }) => id === 'folders')).toMatchObject({
    level: 'problem',
    nextStep: `chmod 700 "${folder}"`,
  });
});

test('a file of ours that could not be read is named until its owner has taken it away', async () => {
  const aside = join(folder, 'trusted-folders.json.broken-1');
  await writeFile(aside, '{');
  const lines = await examine(good);
  await rm(aside);
  expect(lines.find(({ id }) => id === 'put-aside')).toMatchObject({
    level: 'warning',
    detail: expect.stringContaining(aside),
  });
});
