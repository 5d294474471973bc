/*
 * The command line as a person and a script use it, and what it says when things are not as they should be.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, lchown, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DoctorLine, FoundServer, LogLine, ServerInfo, SettingInfo } from '../../../src/shared/model.ts';
import packageFile from '../../../package.json' with { type: 'json' };
import { coreScript, eventually, makeHome, root, serve, toolUrl, type TestHome } from '../../support/core.ts';
import { processesOf } from '../../support/processes.ts';

let home: TestHome;
beforeEach(async () => {
  home = await makeHome();
  await home.cli('config', 'set', 'secrets.store', 'memory');
});
afterEach(() => home[Symbol.asyncDispose]());

const python = 'python3';
/** A server of two lines: its own folder as a page. */
const custom = ['--', python, '-u', '-m', 'http.server', '{port}', '--bind', '127.0.0.1'];

test('from start to quit in the background, by a script', async () => {
  const started = await home.json<ServerInfo>('start', '--name', 'my lab');
  expect(started).toMatchObject({ state: 'ready', name: 'my lab', profile: 'jupyter', folder: home.folder });
  expect(started.url).toMatch(/^http:\/\/my-lab-[a-z2-9]{4}-[a-z2-9]{12}\.localhost:\d+\/$/);
  expect(started.pid).toBeGreaterThan(1);
  expect(Date.parse(started.startedAt ?? '')).toBeGreaterThan(Date.now() - 120_000);

  const list = await home.json<ServerInfo[]>('list');
  expect(list.map(({ id }) => id)).toEqual([started.id]);
  const { url, expiresAt } = await home.json<{ url: string; expiresAt: string }>('link', 'my lab');
  expect(url).toContain(started.id);
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  const tool = await home.json<{ url: string; expiresAt: null }>('link', started.id, '--tool');
  expect((await fetch(tool.url.replace('/?', '/api/status?'))).status).toBe(200);
  const logs = await home.json<LogLine[]>('logs', started.id, '-n', '5');
  expect(logs).toHaveLength(5);

  const restarted = await home.json<ServerInfo>('restart', 'my lab');
  expect(restarted.url).toBe(started.url);
  expect(restarted.pid).not.toBe(started.pid);
  const stopped = await home.json<ServerInfo>('stop', 'my lab');
  expect(stopped).toMatchObject({ state: 'stopped', url: null, pid: null });
  const again = await home.json<ServerInfo>('start', 'my lab');
  const [before, after] = [started, again].map(({ url: address }) => new URL(address ?? ''));
  expect(after?.port).toBe(before?.port);
  expect(after?.hostname).not.toBe(before?.hostname);
  expect(await home.json('quit')).toEqual({ quit: true });
  expect(await processesOf(home.folder)).toEqual([]);
  // Without a core the list still knows it, and forgetting needs the core.
  expect((await home.json<ServerInfo[]>('list'))[0]).toMatchObject({ id: started.id, state: 'stopped' });
  expect((await home.cli('stop', 'my lab')).err).toContain('Gatehouse is not running');
});

test('a command of one’s own, on a port and by its name', async () => {
  await writeFile(join(home.folder, 'hello.txt'), 'hello');
  const served = await serve(home, '--name', 'files', ...custom);
  const token = await served.token();
  const ask = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${toolUrl(served.server)}hello.txt`, { headers, redirect: 'manual' });
  expect((await ask({})).status).toBe(401);
  expect(await (await ask({ authorization: `Bearer ${token}` })).text()).toBe('hello');
  served.child.kill('SIGINT');
  expect(await served.ended).toBe(0);
});

test.each([
  [
    'that exits at once',
    1,
    ['sh', '-c', 'echo something is wrong >&2; exit 3', '{port}'],
    /exit code 3/,
    /something is wrong/,
  ],
  ['that is not installed', 3, ['no-such-program-anywhere', '{port}'], /no-such-program-anywhere/, /./],
])(
  'a server %s: reason, exit code, last words, next step',
  async (_name, exitCode, command, summary, words) => {
    const { code, err } = await home.cli('start', '--', ...command);
    expect(code).toBe(exitCode);
    expect(err).toMatch(summary);
    expect(err).toMatch(words);
    expect((await home.json<ServerInfo[]>('list'))[0]?.state).toBe('failed');
  },
);

test('a server that never answers is given up after its time', async () => {
  const { code, err } = await home.cli('start', '--ready-seconds', '2', '--', 'sleep', '1000', '{port}');
  expect(code).toBe(1);
  expect(err).toMatch(/2 s/);
  expect((await processesOf(home.folder)).filter(({ argv }) => argv.includes('1000'))).toEqual([]);
});

test('a port that is taken is not the end: the server comes up on another', async () => {
  const first = await home.json<ServerInfo>('start', '--name', 'a', ...custom);
  await home.cli('stop', 'a');
  const port = Number(new URL(first.url ?? '').port);
  const thief = createServer().listen(port, '127.0.0.1');
  const second = await home.json<ServerInfo>('start', 'a');
  expect(second.state).toBe('ready');
  expect(new URL(second.url ?? '').port).not.toBe(String(port));
  thief.close();
});

test('settings that are not JSON are kept aside, named, and stop nobody', async () => {
  const file = join(home.environment['GATEHOUSE_HOME'] ?? '', 'config', 'settings.json');
  await writeFile(file, '{ "core.graceMinutes": 5, oops');
  const settings = await home.json<SettingInfo[]>('config', 'list');
  expect(settings.every(({ source }) => source === 'default')).toBe(true);
  const aside = (await readdir(join(file, '..'))).find(name => name.startsWith('settings.json.'));
  expect(await readFile(join(file, '..', aside ?? ''), 'utf8')).toContain('oops');
});

test('settings are read, set and refused with a reason', async () => {
  expect((await home.json<SettingInfo>('config', 'set', 'core.graceMinutes', '5')).value).toBe(5);
  expect(await home.json<SettingInfo>('config', 'get', 'core.graceMinutes')).toMatchObject({
    value: 5,
    source: 'user',
  });
  expect((await home.cli('config', 'set', 'core.graceMinutes', 'soon')).code).toBe(2);
  expect((await home.cli('config', 'get', 'no.such')).code).toBe(3);
});

test('a home that cannot be written is named', async () => {
  const file = join(home.folder, 'a file');
  await writeFile(file, '');
  home.environment['GATEHOUSE_HOME'] = join(file, 'below');
  const { code, err } = await home.cli('list');
  expect(code).toBe(1);
  expect(err).toContain(file);
  home.environment['GATEHOUSE_HOME'] = join(home.folder, 'gatehouse');
});

test('a broken environment is listed with its reason and stops nobody', async () => {
  const broken = join(home.folder, 'envs', 'öld one');
  home.environment['VIRTUAL_ENV'] = broken;
  await mkdir(join(broken, 'bin'), { recursive: true });
  await mkdir(join(broken, 'lib', 'python3.11', 'site-packages', 'jupyterlab-4.0.0.dist-info'), {
    recursive: true,
  });
  await mkdir(join(broken, 'lib', 'python3.11', 'site-packages', 'jupyter_server-2.0.0.dist-info'));
  await writeFile(join(broken, 'pyvenv.cfg'), 'home = /nowhere\nversion = 3.11.0\n');
  await writeFile(
    join(broken, 'bin', 'python'),
    '#!/bin/sh\necho "libpython3.9.so.1.0 is missing" >&2\nexit 127\n',
  );
  await chmod(join(broken, 'bin', 'python'), 0o755);
  const found = await home.json<FoundServer[]>('profiles');
  expect(found.find(({ location }) => location === broken)?.problem).toContain(
    'libpython3.9.so.1.0 is missing',
  );
  expect(found.some(({ problem }) => problem === null)).toBe(true);
});

test('doctor says what is and what to do, with and without a running core', async () => {
  const lines = await home.json<DoctorLine[]>('doctor');
  const levels = Object.fromEntries(lines.map(({ id, level }) => [id, level]));
  expect(levels).toMatchObject({ node: 'ok', servers: 'ok', ports: 'ok', folders: 'ok', secrets: 'warning' });
  expect(lines.filter(({ level, nextStep }) => level !== 'ok' && nextStep === '')).toEqual([]);
});

test('a supplied token is used, a bad one refused without being shown, a weak one warned of', async () => {
  home.environment['GATEHOUSE_TOKEN'] = 'with a space and secret';
  const refused = await home.cli('serve', ...custom);
  expect(refused.code).toBe(2);
  expect(refused.err).not.toContain('secret');
  home.environment['GATEHOUSE_TOKEN'] = 'short-one';
  const served = await serve(home, ...custom);
  expect(served.said()).toMatch(/fewer than 16/);
  const answer = await fetch(toolUrl(served.server), { headers: { authorization: 'Bearer short-one' } });
  expect(answer.status).toBe(200);
  const inEnvironment = (await processesOf(home.folder)).filter(
    ({ environment, pid }) => environment.includes('short-one') && pid !== served.child.pid,
  );
  expect(inEnvironment).toEqual([]);
  served.child.kill('SIGTERM');
  await served.ended;
});

test('a supplied token reaches a background core without staying in its environment', async () => {
  const token = 'a-token-of-my-own-0123456789';
  home.environment['GATEHOUSE_TOKEN'] = token;
  const server = await home.json<ServerInfo>('start', ...custom);
  expect((await fetch(toolUrl(server), { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  for (const { environment, argv } of await processesOf(home.folder)) {
    expect(environment).not.toContain(token);
    expect(argv).not.toContain(token);
  }
});

test('a core of another version is named', async () => {
  const bundle = await readFile(coreScript, 'utf8');
  const older = join(home.folder, 'older', 'main.mjs');
  await cp(join(coreScript, '..'), join(older, '..'), { recursive: true });
  await symlink(join(root, 'node_modules'), join(home.folder, 'node_modules'));
  await writeFile(older, bundle.replaceAll(`"${packageFile.version}"`, '"0.0.1"'));
  const child = spawn(process.execPath, [older, 'serve', '--background'], {
    env: home.environment,
    stdio: 'ignore',
  });
  const said = await eventually('the older core', 20_000, async () => {
    const answer = await home.cli('about');
    return answer.code === 0 && answer;
  });
  expect(said.err).toContain(`version 0.0.1, this command is version ${packageFile.version}`);
  const ended = once(child, 'exit');
  await home.cli('quit');
  await ended;
});

test.each([
  [['list', '--nonsense'], 2],
  [['nonsense'], 2],
  [['link', 'nobody'], 1],
  [['serve', '/no/such/folder'], 3],
  [['start', '--env', 'jupyter-none'], 3],
])('%j ends with %i', async (args, code) => {
  expect((await home.cli(...args)).code).toBe(code);
});

test('serve ends when its server ends by itself, as by JupyterLab’s own Shut Down', async () => {
  const served = await serve(home);
  const token = await served.token();
  await fetch(`${toolUrl(served.server)}api/shutdown`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await served.ended).toBe(0);
  expect(await processesOf(home.folder)).toEqual([]);
});

test.runIf(process.getuid?.() === 0)(
  'an account whose uid has no name starts and lists a server',
  async () => {
    const uid = 43_210;
    const run = async (environment: Record<string, string | undefined>, ...args: string[]) => {
      const env = { ...home.environment, ...environment };
      const child = spawn(process.execPath, [coreScript, ...args], { env, cwd: home.folder, uid, gid: uid });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (text: Buffer) => (said += text.toString()));
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, said };
    };
    await chownAll(home.folder, uid);
    const nobody = { USER: undefined, LOGNAME: undefined };
    expect(await run(nobody, 'start', '--name', 'files', ...custom)).toMatchObject({ code: 0 });
    expect((await run(nobody, 'list')).said).toContain('files');
    expect(await run(nobody, 'quit')).toMatchObject({ code: 0 });
    const homeless = await run({ ...nobody, HOME: undefined }, 'list');
    expect(homeless.code).toBe(1);
    expect(homeless.said).toContain('Set HOME to a folder');
  },
);

async function chownAll(folder: string, uid: number): Promise<void> {
  await chown(folder, uid, uid);
  for (const entry of await readdir(folder, { recursive: true })) await lchown(join(folder, entry), uid, uid);
}
