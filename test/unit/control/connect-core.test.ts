import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectCore, ensureCore } from '../../../src/main/control/connect-core.ts';
import { listenControl, type ControlServer } from '../../../src/main/control/control-server.ts';
import { controlKeyPath, controlSocketPath } from '../../../src/main/core/home/instance.ts';
import { mintSecret } from '../../../src/main/core/secret.ts';

const options = { role: 'cli', version: '1.0.0' } as const;
let folder: string;
let runtime: string;
let server: ControlServer | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-'));
  runtime = join(folder, 'run');
  await mkdir(runtime, { mode: 0o700 });
});
afterEach(async () => {
  await server?.close();
  server = null;
  await rm(folder, { recursive: true });
});

async function listen(place: string): Promise<void> {
  const key = mintSecret();
  await writeFile(controlKeyPath(place), `${key.reveal()}\n`, { mode: 0o600 });
  server = await listenControl({
    path: controlSocketPath(place, process.platform),
    key,
    version: '1.0.0',
    answer: async name => name,
    onConnections: () => {},
    onRefused: () => {},
    redact: text => text,
  });
}

test('a core is found by its folder', async () => {
  await listen(runtime);
  const client = await connectCore({ ...options, runtime });
  expect(await client.call('server.list')).toBe('server.list');
  client.close();
});

test('no folder, no key and no socket are all no core', async () => {
  await expect(connectCore({ ...options, runtime: join(folder, 'none') })).rejects.toMatchObject({
    code: 'no-core',
  });
  await expect(connectCore({ ...options, runtime })).rejects.toMatchObject({ code: 'no-core' });
  await writeFile(controlKeyPath(runtime), 'left behind');
  await expect(connectCore({ ...options, runtime })).rejects.toMatchObject({ code: 'no-core' });
});

test.each<[string, () => Promise<unknown>]>([
  ['is open to others', () => chmod(runtime, 0o755)],
  ['lies where others can swap it', () => chmod(folder, 0o777)],
])('attack: a core in a folder that %s is not believed', async (_name, change) => {
  await listen(runtime);
  await change();
  await expect(connectCore({ ...options, runtime })).rejects.toMatchObject({ code: 'runtime-unsafe' });
});

test.runIf(process.getuid?.() === 0)(
  'attack: a core in a folder of somebody else is not believed',
  async () => {
    await listen(runtime);
    await chown(runtime, 65_534, 65_534);
    await expect(connectCore({ ...options, runtime })).rejects.toMatchObject({ code: 'runtime-unsafe' });
  },
);

test('attack: a folder behind a link is not believed', async () => {
  await listen(runtime);
  await symlink(runtime, join(folder, 'link'));
  await expect(connectCore({ ...options, runtime: join(folder, 'link') })).rejects.toMatchObject({
    code: 'runtime-unsafe',
  });
});

test('a core that does not come up is told with its own words', async () => {
  const args = ['-e', "process.stderr.write('no room'); process.exit(1)"];
  const start = ensureCore({
    ...options,
    runtime,
    node: process.execPath,
    args,
    limit: 10_000,
    environment: process.env,
  });
  await expect(start).rejects.toMatchObject({
    code: 'core-did-not-start',
    message: expect.stringContaining('no room'),
  });
});
