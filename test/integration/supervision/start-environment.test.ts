/*
 * What a server gets of the shell that it is started from: read out of a real kernel and a real command
 * (doc/decisions/0028).
 */
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askByName, eventually, makeHome, toolUrl, type TestHome } from '../../support/core.ts';
import type { ServerInfo } from '../../../src/shared/model.ts';

/** As they stand in the shells of a lab. */
const ofShell: Readonly<Record<string, string>> = {
  SSH_AUTH_SOCK: '/tmp/ssh-XXXX/agent.1',
  KRB5CCNAME: 'FILE:/tmp/krb5cc_1000',
  AWS_PROFILE: 'lab',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI-of-a-shell',
  SLURM_JOB_ID: '4711',
  SLURM_JOB_NODELIST: 'node[1-2]',
  OMP_NUM_THREADS: '4',
  JAVA_HOME: '/opt/java',
};

/** What must open nothing and load nothing into a program of ours. */
const hostile: Readonly<Record<string, string>> = {
  JUPYTER_TOKEN: 'of-another-server',
  JUPYTER_CONFIG_PATH: './planted',
  GATEHOUSE_UPSTREAM_SECRET_FILE: '/tmp/planted',
  GATEHOUSE_FOLDER_TRUSTED: '1',
  PYTHONSTARTUP: './planted.py',
  PYTHONPATH: '.',
  PYTHONSAFEPATH: '1',
  PYTHONHOME: '/nowhere',
  PYTHONPYCACHEPREFIX: './planted',
  LD_PRELOAD: './planted.so',
  BASH_ENV: './planted.sh',
};

const tells = `
import http.server, json, os, sys
class Tells(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(dict(os.environ)).encode()
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *words): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Tells).serve_forever()
`;
const command = ['--', '/usr/bin/python3', '-I', '-c', tells, '{port}'];

async function seenBy(home: TestHome, server: ServerInfo): Promise<Record<string, string>> {
  const { token } = await home.json<{ token: string }>('token', server.id);
  const { status, body } = await askByName(toolUrl(server), { 'X-Gatehouse-Token': token });
  expect(status).toBe(200);
  return JSON.parse(body) as Record<string, string>;
}

/** The environment of a process of the run whose command line holds this word. */
async function environmentOf(word: string, home: TestHome): Promise<Record<string, string> | null> {
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!argv.includes(word) || !argv.includes(home.folder)) continue;
    const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const pairs = text.split('\0').filter(pair => pair.includes('='));
    if (pairs.length > 0)
      return Object.fromEntries(
        pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      );
  }
  return null;
}

async function everyFile(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = entries
    .filter(entry => entry.isFile())
    .map(entry => readFile(join(entry.parentPath, entry.name), 'utf8').catch(() => ''));
  return (await Promise.all(texts)).join('\n');
}

function inShell(home: TestHome, variables: Readonly<Record<string, string>>): void {
  Object.assign(home.environment, variables);
}

test('a command gets the variables of the shell that starts it, not of the one that started the core', async () => {
  await using home = await makeHome({ SLURM_JOB_ID: 'of-the-first-shell', ONLY_FIRST: '1' });
  const first = await home.json<ServerInfo>('start', '--name', 'first', ...command);
  expect(await seenBy(home, first)).toMatchObject({ SLURM_JOB_ID: 'of-the-first-shell', ONLY_FIRST: '1' });
  delete home.environment['ONLY_FIRST'];
  inShell(home, { ...ofShell, HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY: 'intern' });
  const second = await home.json<ServerInfo>('start', '--name', 'second', ...command);
  const seen = await seenBy(home, second);
  expect(seen).toMatchObject(ofShell);
  expect(seen).toMatchObject({
    NO_PROXY: 'intern,localhost,127.0.0.1,.localhost',
    no_proxy: seen['NO_PROXY'],
  });
  expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['ONLY_FIRST']));
  expect(Object.keys(seen).filter(name => name.startsWith('GATEHOUSE_'))).toEqual(['GATEHOUSE_RUN']);

  // It keeps what it has when it is started again from elsewhere; a start from a shell takes that one's.
  inShell(home, { SLURM_JOB_ID: 'of-the-third-shell' });
  expect(await seenBy(home, await home.json('restart', 'second'))).toMatchObject({ SLURM_JOB_ID: '4711' });
  await home.cli('stop', 'second');
  expect(await seenBy(home, await home.json('start', 'second'))).toMatchObject({
    SLURM_JOB_ID: 'of-the-third-shell',
  });

  // The setting narrows it, from the next start on.
  await home.cli('config', 'set', 'environment.names', '["AWS_*"]');
  const narrow = await seenBy(home, await home.json('restart', 'second'));
  expect(narrow).toMatchObject({ AWS_PROFILE: 'lab', PATH: expect.any(String) });
  expect(narrow).not.toHaveProperty('SLURM_JOB_ID');

  // In memory alone.
  expect(await everyFile(join(home.folder, 'gatehouse'))).not.toContain('wJalrXUtnFEMI');
  await home.cli('quit');
  await home.cli('config', 'set', 'environment.names', 'null');
  inShell(home, { SLURM_JOB_ID: 'after-quit' });
  expect(await seenBy(home, await home.json('start', 'second'))).toMatchObject({
    SLURM_JOB_ID: 'after-quit',
  });
});

test('a program that only this shell has on its PATH is found by a core of another one', async () => {
  await using home = await makeHome();
  const { environment } = home;
  const own = environment['PATH'] ?? '';
  environment['PATH'] = '/usr/bin:/bin';
  await home.json('start', '--name', 'first', ...command);
  const listed = async () =>
    (await home.json<{ profile: string; location: string }[]>('profiles')).map(({ location }) => location);
  const before = await listed();
  environment['PATH'] = own;
  const location = await realpath(join(own.split(':')[0] ?? '', '..'));
  expect(before).not.toContain(location);
  expect(await listed()).toContain(location);
});

test('a kernel of JupyterLab has them; what opens a server or loads first does not come in', async () => {
  await using home = await makeHome();
  await home.json('start', '--name', 'before', ...command);
  inShell(home, { ...ofShell, ...hostile });
  // The command line itself is a program of this shell: a loader that finds no file says so and goes on.
  const server = await home.json<ServerInfo>('start', home.folder, '--name', 'lab');
  const { token } = await home.json<{ token: string }>('token', server.id);
  const headers = { 'X-Gatehouse-Token': token };
  const made = await fetch(new URL('/api/kernels', toolUrl(server)), { method: 'POST', headers, body: '{}' });
  expect(made.status).toBe(201);
  const kernel = await eventually('the kernel', 60_000, () => environmentOf('ipykernel_launcher', home));
  expect(kernel).toMatchObject(ofShell);
  for (const name of Object.keys(hostile)) expect([name, kernel?.[name] === undefined]).toEqual([name, true]);
  const closed = await fetch(new URL('/api/kernels', toolUrl(server)), {
    headers: { Authorization: 'token of-another-server' },
  });
  expect([401, 403]).toContain(closed.status);
});

test('a start that is only late behind a proxy says what may keep it', async () => {
  await using home = await makeHome({ HTTPS_PROXY: 'http://me:hidden@proxy.example:3128' });
  const late = ['--ready-seconds', '2', '--', '/bin/sleep', '1000', '{port}'];
  const { code, err } = await home.cli('start', ...late);
  expect(code).toBe(1);
  expect(err).toContain('HTTPS_PROXY=http://***@proxy.example:3128 and no NO_PROXY');
  expect(err).not.toContain('hidden');
  inShell(home, { NO_PROXY: '.example' });
  expect((await home.cli('start', '--name', 'again', ...late)).err).not.toContain('PROXY');
});
