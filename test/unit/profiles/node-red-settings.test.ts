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

/** Loads it as Node-RED would, and evaluates an expression of its `settings`; `through` sends a request through a list of middleware. */
async function evaluated(own: string, expression: string): Promise<unknown> {
  await writeFile(join(home, '.node-red', 'settings.js'), `module.exports = {${own}}`);
  const given = join(home, 'given.json');
  const people = {
    owner: { user: 'mira', secret: 'all' },
    viewer: { user: 'guest', secret: 'read' },
  };
  await writeFile(given, JSON.stringify({ socket: '/run/s', header: 'X-Gatehouse-Upstream', ...people }));
  const script = `const settings = require(${JSON.stringify(shim)});
    const through = (list, secret) => {
      let said = 'passed';
      const response = { status: code => ((said = code), response), end() {}, set() {} };
      for (const each of list) {
        let next = false;
        each({ headers: secret === undefined ? {} : { 'x-gatehouse-upstream': secret } }, response, () => (next = true));
        if (!next) break;
      }
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
    uiPort: '/run/s',
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

test.each([
  ['all', { username: 'mira', permissions: '*' }],
  ['read', { username: 'guest', permissions: 'read' }],
  ['', null],
  ['al', null],
  ['ALL', null],
])('who shows %j is %j', async (token, user) => {
  expect(await evaluated('', `settings.adminAuth.tokens(${JSON.stringify(token)})`)).toEqual(user);
});

describe('requests', () => {
  const all = (list: string): string =>
    `[undefined, 'wrong', 'read', 'all'].map(secret => through(${list}, secret))`;

  test('to the editor: only who shows a secret, and then the checks of the user', async () => {
    expect(await evaluated('', all('settings.httpAdminMiddleware'))).toEqual([401, 401, 'passed', 'passed']);
    const own = 'httpAdminMiddleware: (request, response, next) => response.status(418)';
    expect(await evaluated(own, all('settings.httpAdminMiddleware'))).toEqual([401, 401, 418, 418]);
  });

  test('a viewer is not told where a project is pushed to', async () => {
    const project = {
      name: 'lab',
      git: { remotes: { origin: 'https://x:token@git.example' }, branches: {} },
    };
    const said = (secret: string): string => `(() => {
      let said;
      const response = { json: body => (said = body) };
      settings.httpAdminMiddleware[0]({ headers: { 'x-gatehouse-upstream': '${secret}' } }, response, () => {});
      response.json(${JSON.stringify(project)});
      return said;
    })()`;
    expect(await evaluated('', said('all'))).toEqual(project);
    expect(await evaluated('', said('read'))).toEqual({ name: 'lab', git: { branches: {} } });
  });

  test('to what flows serve: no viewer', async () => {
    expect(await evaluated('', all('settings.httpNodeAuth'))).toEqual([403, 403, 403, 'passed']);
    const own = 'httpNodeAuth: [(request, response, next) => response.status(418)]';
    expect(await evaluated(own, all('settings.httpNodeAuth'))).toEqual([403, 403, 403, 418]);
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
    expect(await evaluated(`httpStatic: ${own}`, first)).toEqual([403, 403, 403, 'passed']);
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
