import { expect, test } from 'vitest';
import { applications } from '../../../../src/main/core/profiles/jupyter/applications.ts';
import { jupyterCommand, jupyterEnvironment } from '../../../../src/main/core/profiles/jupyter/command.ts';
import type { RunContext } from '../../../../src/main/core/ports.ts';
import { Secret } from '../../../../src/main/core/secret.ts';

const context: RunContext = {
  serverId: 'x',
  directory: '/run/gh/x',
  canUseSockets: true,
  folderTrusted: false,
  port: 4567,
  secret: new Secret('the-secret-of-this-run'),
  folder: "/home/Zoë O'Hara/my work",
  user: 'zoe',
};
const run = {
  python: '/env/bin/python',
  location: '/env',
  application: applications[0],
  shimFolder: '/app/shim',
  context,
  asRoot: false,
};

/** The last value of an option wins in Jupyter, so each may be there once only. */
function options(argv: readonly string[]): Map<string, string> {
  const found = argv.filter(argument => argument.startsWith('--')).map(argument => argument.slice(2));
  const names = found.map(option => option.slice(0, option.indexOf('=')));
  expect(new Set(names).size).toBe(names.length);
  return new Map(
    found.map(option => [option.slice(0, option.indexOf('=')), option.slice(option.indexOf('=') + 1)]),
  );
}

test('on a socket: no port of the network, and nothing left for a configuration file to open', () => {
  const argv = jupyterCommand(run);
  expect(argv.slice(0, 4)).toEqual(['/env/bin/python', '-u', '/app/shim/gatehouse_launch.py', 'jupyterlab']);
  const given = options(argv);
  expect(given.get('ServerApp.sock')).toBe('/run/gh/x/jupyter.sock');
  expect(given.get('ServerApp.port')).toBe('8888');
  expect(given.get('ServerApp.root_dir')).toBe(context.folder);
  expect(given.get('ServerApp.identity_provider_class')).toBe('gatehouse_identity.GatehouseIdentityProvider');
  for (const closed of [
    'allow_unauthenticated_access',
    'allow_remote_access',
    'allow_credentials',
    'disable_check_xsrf',
  ]) {
    expect([closed, given.get(`ServerApp.${closed}`)]).toEqual([closed, 'False']);
  }
  for (const empty of [
    'allow_origin',
    'allow_origin_pat',
    'certfile',
    'keyfile',
    'client_ca',
    'file_to_run',
  ]) {
    expect([empty, given.get(`ServerApp.${empty}`)]).toEqual([empty, '']);
  }
  expect(given.get('ServerApp.base_url')).toBe('/');
  expect(given.has('ServerApp.allow_root')).toBe(false);
  expect(argv.join(' ')).not.toContain(context.secret.reveal());
});

test('without sockets: loopback, this port or none', () => {
  const given = options(
    jupyterCommand({ ...run, asRoot: true, context: { ...context, canUseSockets: false } }),
  );
  expect(given.get('ServerApp.sock')).toBe('');
  expect(given.get('ServerApp.port')).toBe('4567');
  expect(given.get('ServerApp.ip')).toBe('127.0.0.1');
  expect(given.get('ServerApp.port_retries')).toBe('0');
  expect(given.get('ServerApp.allow_root')).toBe('True');
});

test('the environment: its own programs first, what Jupyter reads, never a token', () => {
  const user = {
    PATH: '/usr/bin',
    JUPYTER_TOKEN: 'x',
    JUPYTER_TOKEN_FILE: 'x',
    JUPYTER_PORT: '1',
    JUPYTER_RUNTIME_DIR: '/elsewhere',
    JUPYTER_DATA_DIR: '/data',
    PYTHONPATH: '/mine',
    HOME: '/home/zoe',
  };
  const files = { secretFile: '/run/gh/x/s', runtimeFolder: '/run/gh/x/r', folderTrusted: false };
  expect(jupyterEnvironment(user, { ...files, location: '/env', platform: 'linux', isConda: false })).toEqual(
    {
      PATH: '/env/bin:/usr/bin',
      VIRTUAL_ENV: '/env',
      JUPYTER_DATA_DIR: '/data',
      PYTHONPATH: '/mine',
      JUPYTER_RUNTIME_DIR: '/run/gh/x/r',
      GATEHOUSE_UPSTREAM_SECRET_FILE: '/run/gh/x/s',
    },
  );
  const windows = jupyterEnvironment(
    { Path: 'C:\\Windows' },
    { ...files, location: 'C:\\env', platform: 'win32', isConda: true },
  );
  expect(windows['PATH']).toBe(
    [
      ...['', '\\Library\\mingw-w64\\bin', '\\Library\\usr\\bin', '\\Library\\bin', '\\Scripts', '\\bin'].map(
        folder => `C:\\env${folder}`,
      ),
      'C:\\Windows',
    ].join(';'),
  );
  expect(windows['CONDA_PREFIX']).toBe('C:\\env');
});

test('another environment that happens to be active is not named besides ours', () => {
  const files = { secretFile: '/s', runtimeFolder: '/r', folderTrusted: false };
  const user = { VIRTUAL_ENV: '/other', PATH: '/usr/bin' };
  expect(
    jupyterEnvironment(user, { ...files, location: '/conda', platform: 'linux', isConda: true }),
  ).toMatchObject({
    CONDA_PREFIX: '/conda',
    VIRTUAL_ENV: '',
  });
});

test.each([
  ['/mine', '/mine'],
  [':/mine', '/mine'],
  ['/mine::/too:', '/mine:/too'],
  ['.:lib:/mine', '/mine'],
  ['', ''],
])('PYTHONPATH %j is %j: none of it is the folder that a kernel starts in', (given, kept) => {
  const files = { secretFile: '/s', runtimeFolder: '/r', folderTrusted: false };
  const user = { PYTHONPATH: given };
  expect(
    jupyterEnvironment(user, { ...files, location: '/e', platform: 'linux', isConda: false }),
  ).toMatchObject({ PYTHONPATH: kept });
});
