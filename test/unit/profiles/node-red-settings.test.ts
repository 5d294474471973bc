/* The settings file that Node-RED is started with, over settings of a user; without Node-RED. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const shim = join(
  import.meta.dirname,
  '../../../src/main/core/profiles/node-red/shim/gatehouse-settings.cjs',
);
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'));
  await mkdir(join(home, '.node-red'));
});
afterAll(() => rm(home, { recursive: true }));

/**
 * Loads it as Node-RED would, and evaluates an expression of its `settings`; `through` sends a request to a
 * server on the socket of the settings, which has it pass a list of middleware, and tells the status it was
 * answered with, or what `look` finds once it has passed.
 */
async function evaluated(own: string, expression: string): Promise<unknown> {
  await writeFile(join(home, '.node-red', 'settings.js'), `module.exports = {${own}}`);
  const given = join(home, 'given.json');
  const people = {
    owner: { user: 'mira', secret: 'all' },
    viewer: { user: 'guest', secret: 'read' },
  };
  const socket = join(home, 'red.sock');
  await writeFile(given, JSON.stringify({ socket, header: 'X-Gatehouse-Upstream', ...people }));
  const script = `const { createServer, request } = require('node:http');
    const settings = require(${JSON.stringify(shim)});
    const through = async (list, secret, look = () => 'passed') => {
      const server = createServer(async (asked, response) => {
        response.status = code => { response.statusCode = code; return response; };
        response.json = body => response.end(JSON.stringify(body));
        for (const each of [list].flat()) {
          let next = false;
          each(asked, response, () => (next = true));
          if (!next) return response.end();
        }
        response.json(await look(asked, response));
      });
      await new Promise(done => server.listen(settings.uiPort, done));
      const headers = secret === undefined ? {} : { 'X-Gatehouse-Upstream': secret };
      const [status, text] = await new Promise(done => {
        request({ socketPath: settings.uiPort, headers, agent: false }, async response => {
          done([response.statusCode, Buffer.concat(await response.toArray()).toString()]);
        }).end();
      });
      await new Promise(done => server.close(done));
      return status === 200 ? JSON.parse(text) : status;
    };
    const each = async (list, secrets, look) => {
      const said = [];
      for (const secret of secrets) said.push(await through(list, secret, look));
      return said;
    };
    Promise.resolve(${expression}).then(value => console.log(JSON.stringify(value ?? null)));`;
  const env = { HOME: home, GATEHOUSE_NODE_RED: given };
  const { stdout } = await run(process.execPath, ['-e', script], { env });
  return JSON.parse(stdout);
}

test('the file with the secrets and the way to it are gone once it was read', async () => {
  expect(await evaluated('', 'process.env.GATEHOUSE_NODE_RED')).toBeNull();
  await expect(stat(join(home, 'given.json'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test("what is the user's stays, and what guards the door is ours", async () => {
  const own = `userDir: '/mira/red', flowFile: 'a.json', credentialSecret: 'c', functionGlobalContext: { x: 1 }, editorTheme: { tours: false },
    uiHost: '0.0.0.0', uiPort: 1880, https: { key: 'k' }, requireHttps: true, httpAdminCors: { origin: '*' }, httpAdminAuth: { user: 'a', pass: 'b' },
    httpAdminRoot: '/red', adminAuth: { type: 'credentials', users: [], default: { permissions: '*' } }`;
  const settings = await evaluated(own, '({ ...settings, keys: Object.keys(settings.adminAuth) })');
  expect(settings).toMatchObject({
    userDir: '/mira/red',
    flowFile: 'a.json',
    credentialSecret: 'c',
    functionGlobalContext: { x: 1 },
    editorTheme: { tours: false },
    uiPort: join(home, 'red.sock'),
    uiHost: '127.0.0.1',
    requireHttps: false,
    httpAdminRoot: '/',
    httpNodeRoot: '/',
    keys: ['tokenHeader', 'tokens'],
  });
  for (const name of ['https', 'httpAdminCors', 'httpAdminAuth', 'httpAuth', 'httpRoot']) {
    expect(settings, name).not.toHaveProperty(name);
  }
});

const look = `asked => settings.adminAuth.tokens(asked.headers[settings.adminAuth.tokenHeader])`;

test.each([
  ['all', { username: 'mira', permissions: '*' }],
  ['read', { username: 'guest', permissions: 'read' }],
  ['', 401],
  ['al', 401],
  ['ALL', 401],
])('who shows %j is %j', async (secret, user) => {
  expect(await evaluated('', `through([], ${JSON.stringify(secret)}, ${look})`)).toEqual(user);
});

test('a secret is no token of the editor, and what a request brings instead lets nobody in, nor is it good when the request has ended', async () => {
  expect(await evaluated('', `settings.adminAuth.tokens('all')`)).toBeNull();
  const stolen = `through([], 'all', asked => asked.headers['x-gatehouse-upstream'])`;
  expect(await evaluated('', `${stolen}.then(ticket => through([], ticket))`)).toBe(401);
  expect(await evaluated('', `${stolen}.then(settings.adminAuth.tokens)`)).toBeNull();
});

test('nothing that a request is copied from has the secret', async () => {
  const copies = `asked => [{ ...asked.headers }, asked.rawHeaders, { ...asked.headersDistinct }, Object.keys(asked.headers)]`;
  const seen = JSON.stringify(await evaluated('', `through([], 'all', ${copies})`));
  expect(seen).toContain('localhost');
  expect(seen).not.toMatch(/x-gatehouse|"all"/i);
});

test('an upgrade needs the secret too, and a viewer opens nothing but /comms', async () => {
  const upgrade = `(path, secret) => new Promise(done => {
    const server = createServer().on('upgrade', (asked, socket) => socket.end('HTTP/1.1 101 Yes\\r\\n\\r\\n'));
    server.listen(settings.uiPort, () => {
      const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'X-Gatehouse-Upstream': secret };
      const told = status => server.close(() => done(status));
      request({ socketPath: settings.uiPort, path, headers, agent: false })
        .on('upgrade', (response, socket) => { socket.destroy(); told(101); })
        .on('response', response => { response.resume(); told(response.statusCode); })
        .end();
    });
  })`;
  const all = `(async open => [await open('/x', 'wrong'), await open('/comms', 'wrong'), await open('/x', 'read'), await open('/comms?a', 'read'), await open('/x', 'all')])(${upgrade})`;
  expect(await evaluated('', all)).toEqual([401, 401, 403, 101, 101]);
});

describe('requests', () => {
  const all = (list: string): string => `each(${list}, [undefined, 'wrong', 'read', 'all'])`;

  test('to the editor: only who shows a secret, and then the checks of the user', async () => {
    expect(await evaluated('', all('settings.httpAdminMiddleware'))).toEqual([401, 401, 'passed', 'passed']);
    const own = 'httpAdminMiddleware: (request, response, next) => response.status(418).end()';
    expect(await evaluated(own, all('settings.httpAdminMiddleware'))).toEqual([401, 401, 418, 418]);
  });

  test('a viewer is not told where a project is pushed to', async () => {
    const project = {
      name: 'lab',
      git: { remotes: { origin: 'https://x:token@git.example' }, branches: {} },
    };
    const said = (secret: string): string =>
      `through(settings.httpAdminMiddleware, '${secret}', () => (${JSON.stringify(project)}))`;
    expect(await evaluated('', said('all'))).toEqual(project);
    expect(await evaluated('', said('read'))).toEqual({ name: 'lab', git: { branches: {} } });
  });

  test('to what flows serve: no viewer', async () => {
    expect(await evaluated('', all('settings.httpNodeAuth'))).toEqual([401, 401, 403, 'passed']);
    const own = 'httpNodeAuth: [(request, response, next) => response.status(418).end()]';
    expect(await evaluated(own, all('settings.httpNodeAuth'))).toEqual([401, 401, 403, 418]);
  });

  test.each(['httpNodeAuth', 'httpAuth'])(
    'a password in %s goes on guarding what flows serve',
    async name => {
      const own = `${name}: { user: 'u', pass: '$2y$08$x' }`;
      expect(await evaluated(own, 'settings.httpNodeAuth')).toEqual({ user: 'u', pass: '$2y$08$x' });
    },
  );

  test.each([
    ["'/shown'", [{ path: '/shown', root: '' }]],
    [
      "[{ path: '/a', root: '/x', middleware: (q, r, next) => next() }, '/b']",
      [
        { path: '/a', root: '/x' },
        { path: '/b', root: '' },
      ],
    ],
  ])('to files of %s: no viewer', async (own, entries) => {
    const folders = await evaluated(`httpStatic: ${own}`, 'settings.httpStatic');
    expect(folders).toMatchObject(entries);
    const first = all('settings.httpStatic[0].middleware');
    expect(await evaluated(`httpStatic: ${own}`, first)).toEqual([401, 401, 403, 'passed']);
  });
});

test.each(['httpAdminRoot: false', 'httpRoot: false', 'disableEditor: true'])(
  'where the user has switched the editor off (%s) it says so and ends',
  async own => {
    await expect(evaluated(own, '1')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/switch its editor off/),
    });
  },
);
