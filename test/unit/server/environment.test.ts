import { expect, test } from 'vitest';
import { serverEnvironment, tidied } from '../../../src/main/core/server/environment.ts';
import { proxiesIn, withLoopbackDirect } from '../../../src/main/core/server/proxy.ts';
import { allKinds } from '../../../src/main/core/profiles/all.ts';
import { settingRows } from '../../../src/main/core/settings/schema.ts';

const all = { names: null };

test.each([
  'PATH',
  'HOME',
  'SSH_AUTH_SOCK',
  'KRB5CCNAME',
  'AWS_SECRET_ACCESS_KEY',
  'SLURM_JOB_ID',
  'OMP_NUM_THREADS',
  'JAVA_HOME',
  'https_proxy',
  'LD_LIBRARY_PATH',
  'CONDA_PREFIX',
  'PYTHONPATH',
  'BASH_FUNC_module%%',
  'SystemRoot',
])('%s of the user reaches a server', name => {
  expect(serverEnvironment({ [name]: '/x' }, all)).toMatchObject({ [name]: '/x' });
});

/** Ours, or a key, or loaded into every process. */
const never = [
  'GATEHOUSE_TOKEN',
  'gatehouse_token',
  'GATEHOUSE_RUN',
  'JUPYTER_TOKEN',
  'MWI_AUTH_TOKEN',
  'ELECTRON_RUN_AS_NODE',
  'LD_PRELOAD',
  'LD_AUDIT',
  'GCONV_PATH',
  'DYLD_INSERT_LIBRARIES',
  'PWD',
  'OLDPWD',
  'SHLVL',
  '_',
  'LISTEN_FDS',
  'NOTIFY_SOCKET',
];

/** What runs before the first line of a program of ours. */
const loadsFirst = [
  'NODE_OPTIONS',
  'NODE_REPL_EXTERNAL_MODULE',
  'PYTHONSTARTUP',
  'PYTHONHOME',
  'PYTHONSAFEPATH',
  'PYTHONINSPECT',
  'PYTHONOPTIMIZE',
  'PYTHONPYCACHEPREFIX',
  'PYTHONPLATLIBDIR',
  'PYTHON_PRESITE',
  'BASH_ENV',
  'ENV',
  'IFS',
  'SHELLOPTS',
];

test.each([...never, ...loadsFirst])('%s does not, whatever the settings say', name => {
  expect(serverEnvironment({ [name]: '/x' }, all)).toEqual({});
  expect(serverEnvironment({ [name]: '/x' }, { names: [name, '*'] })).toEqual({});
});

test('a command of the user’s own loads as in a terminal, and still gets nothing of ours', () => {
  const from = Object.fromEntries([...never, ...loadsFirst].map(name => [name, '/x']));
  const got = serverEnvironment(from, { ...all, ownProgram: true });
  expect(Object.keys(got).sort()).toEqual([...loadsFirst].sort());
});

test.each([
  [[], ['PATH']],
  [['AWS_*'], ['AWS_PROFILE', 'AWS_SECRET_ACCESS_KEY', 'PATH']],
  [['*_KEY'], ['AWS_SECRET_ACCESS_KEY', 'PATH']],
  [['JAVA.HOME'], ['PATH']],
  [['JAVA_HOME'], ['JAVA_HOME', 'PATH']],
])('the setting %j narrows it to %j', (names, wanted) => {
  const from = Object.fromEntries(
    ['PATH', 'AWS_PROFILE', 'AWS_SECRET_ACCESS_KEY', 'JAVA_HOME', 'LD_PRELOAD'].map(name => [name, '/x']),
  );
  expect(Object.keys(serverEnvironment(from, { names })).sort()).toEqual(wanted);
  expect(
    settingRows['environment.names'].type.safeParse(names.filter(each => !each.includes('.'))).success,
  ).toBe(true);
});

/** A variable that opens the server, by the kind that reads it. */
const openers: Readonly<Record<string, readonly string[]>> = {
  jupyter: [
    'JUPYTER_TOKEN',
    'JUPYTER_ALLOW_INSECURE_WRITES',
    'JUPYTERHUB_API_TOKEN',
    'JPY_PARENT_PID',
    'JUPYTER_SERVER_ROOT',
  ],
  matlab: ['MWI_ENABLE_TOKEN_AUTH', 'MWI_APP_HOST', 'MW_PROXY_HOST'],
  'code-server': ['PASSWORD', 'HASHED_PASSWORD', 'CODE_SERVER_COOKIE_SUFFIX', 'VSCODE_IPC_HOOK_CLI'],
  'vscode-web': ['VSCODE_IPC_HOOK_CLI'],
  marimo: ['MARIMO_MANAGE_SCRIPT_METADATA', '_MARIMO_CONFIG_OVERRIDE', 'FORWARDED_ALLOW_IPS'],
  streamlit: ['STREAMLIT_SERVER_ADDRESS', 'STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION'],
  gradio: ['GRADIO_SHARE', 'GRADIO_ALLOWED_PATHS', 'SYSTEM', 'FORWARDED_ALLOW_IPS'],
  shiny: ['SHINY_HOST', 'WEB_CONCURRENCY'],
  flask: ['FLASK_APP', 'FLASK_DEBUG', 'WERKZEUG_DEBUG_PIN', 'GUNICORN_CMD_ARGS'],
  tensorboard: ['TENSORBOARD_BINARY'],
  'node-red': ['NODE_RED_HOME', 'PORT', 'FLOWS'],
  netcreate: ['PORT', 'HOST'],
  rstudio: ['RS_SERVER_URL', 'RSTUDIO_WHICH_R'],
  messagebus: ['OVOS_CONFIG_BASE_FOLDER'],
  comfyui: ['COMFYUI_MODEL_PATH'],
};

test('what steers a kind of server is not taken from a shell, for every kind', () => {
  for (const { name, ownVariables } of allKinds) {
    const opening = openers[name] ?? [];
    // A command of the user's own reads what it reads.
    expect([name, opening.length > 0 || ownVariables === null]).toEqual([name, true]);
    const from = Object.fromEntries(opening.map(each => [each, '/x']));
    expect([
      name,
      serverEnvironment({ ...from, AWS_PROFILE: 'a' }, { ...all, withheld: ownVariables }),
    ]).toEqual([name, { AWS_PROFILE: 'a' }]);
  }
});

test.each([
  ['PATH', '/usr/bin::.:bin:/bin', '/usr/bin:/bin'],
  ['PYTHONPATH', '.', undefined],
  ['PYTHONPATH', '/lib/mine:', '/lib/mine'],
  ['LD_LIBRARY_PATH', ':/opt/lib', '/opt/lib'],
  ['JUPYTER_CONFIG_PATH', './config', undefined],
  ['R_PROFILE_USER', '.Rprofile', undefined],
  ['NODE_PATH', 'node_modules', undefined],
  ['JAVA_HOME', 'relative', 'relative'],
  ['TEXT', 'a:b', 'a:b'],
])('%s=%s says %s: a relative place would be the opened folder’s', (name, value, wanted) => {
  expect(tidied({ [name]: value }, 'linux')[name]).toBe(wanted);
});

test('what npm sets for a script of its own goes no further', () => {
  const from = {
    npm_execpath: '/x/npm',
    npm_config_prefix: '/x',
    npm_package_name: 'gatehouse',
    INIT_CWD: '/x',
    NODE: '/x/node',
    PATH: '/x/node_modules/.bin:/usr/bin',
    MY_npm: '1',
  };
  expect(tidied(from, 'linux')).toEqual({ PATH: '/usr/bin', MY_npm: '1' });
  const { npm_execpath: _, ...without } = from;
  expect(tidied(without, 'linux')).toEqual(without);
});

test('what is not set stays unset, and what is no name is none', () => {
  expect(tidied({ PATH: undefined, 'A=B': '1', '': '2', NUL: 'a\0b' })).toEqual({});
});

test.each([
  ['/tmp/.mount_g/usr/lib:/opt/cuda/lib', '/opt/cuda/lib'],
  ['/tmp/.mount_g', undefined],
  ['/tmp/.mount_green/lib', '/tmp/.mount_green/lib'],
])('of an AppImage only the system is left: %s', (value, wanted) => {
  expect(tidied({ APPDIR: '/tmp/.mount_g', LD_LIBRARY_PATH: value }, 'linux')['LD_LIBRARY_PATH']).toBe(
    wanted,
  );
});

test.each([
  [{ http_proxy: 'http://p:3128' }, 'localhost,127.0.0.1,.localhost'],
  [{ HTTPS_PROXY: 'p', NO_PROXY: 'intern.example' }, 'intern.example,localhost,127.0.0.1,.localhost'],
  [{ ALL_PROXY: 'p', no_proxy: 'a, localhost', NO_PROXY: 'b' }, 'a,localhost,b,127.0.0.1,.localhost'],
  [{ http_proxy: 'p', NO_PROXY: '*' }, '*'],
] as const)('with %j no proxy is asked for this computer', (given, wanted) => {
  expect(withLoopbackDirect(given)).toEqual({ ...given, no_proxy: wanted, NO_PROXY: wanted });
});

test.each([{}, { NO_PROXY: 'a' }, { http_proxy: '' }])('without a proxy %j stays as it is', given => {
  expect(withLoopbackDirect(given)).toEqual(given);
});

test.each([
  ['http://proxy:3128', 'http://proxy:3128'],
  ['http://me:hunter2@proxy:3128/', 'http://***@proxy:3128'],
  ['me:hunt@er2@proxy', '***@proxy'],
  ['socks5h://[::1]:1080', 'socks5h://[::1]:1080'],
])('a proxy %s is shown as %s', (value, wanted) => {
  expect(proxiesIn({ HTTPS_PROXY: value })).toEqual([`HTTPS_PROXY=${wanted}`]);
});
