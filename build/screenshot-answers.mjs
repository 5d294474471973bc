/* What the core answers in the pictures of the windows. */
import { allKinds } from '../src/main/core/profiles/all.ts';

export const now = Date.parse('2026-11-22T14:30:00Z');

export const ago = seconds => new Date(now - seconds * 1000).toISOString();
export const server = {
  id: 'thesis-1',
  name: 'thesis',
  profile: 'jupyter',
  title: 'JupyterLab 4.6.6',
  origin: 'conda: thesis',
  folder: '/home/mira/work/thesis',
  state: 'ready',
  reason: 'It answers.',
  caveat: null,
  folderTrusted: true,
  trustChanged: false,
  url: 'http://thesis-1.localhost:41213/',
  pid: 4711,
  startedAt: ago(7300),
};
export const course = {
  ...server,
  id: 'course-1',
  name: 'course',
  origin: '.venv in ~/course',
  folder: '/home/mira/course',
  folderTrusted: false,
};
export const open = {
  ...server,
  id: 'curves-1',
  name: 'curves',
  profile: 'tensorboard',
  title: 'TensorBoard 2.20.0',
  folder: '/home/mira/work/runs',
  caveat: 'Other accounts of this computer can reach its port directly.',
};
export const starting = {
  ...course,
  title: 'Notebook 7.6.5',
  state: 'starting',
  reason: 'Waiting for its first answer.',
  startedAt: ago(14),
};
export const stopped = {
  ...server,
  id: 'old-1',
  name: 'old project',
  folder: '/home/mira/work/old project',
  origin: 'pyenv: 3.11.7',
  state: 'stopped',
  pid: null,
  startedAt: null,
};
export const failed = {
  ...course,
  state: 'failed',
  reason: 'It ended by itself after 1.2 s, exit code 1.',
  pid: null,
  startedAt: null,
};
export const found = [
  {
    id: 'a',
    profile: 'jupyter',
    title: 'JupyterLab',
    version: '4.6.6',
    origin: 'conda: thesis',
    location: '/home/mira/miniforge3/envs/thesis',
    problem: null,
  },
  {
    id: 'b',
    profile: 'jupyter',
    title: 'Notebook',
    version: '7.6.5',
    origin: '.venv in ~/course',
    location: '/home/mira/course/.venv',
    problem: null,
  },
  {
    id: 'd',
    profile: 'matlab',
    title: 'MATLAB (matlab-proxy)',
    version: '0.35.0',
    origin: 'conda: thesis; MATLAB R2025b',
    location: '/home/mira/miniforge3/envs/thesis',
    problem: null,
  },
  {
    id: 'e',
    profile: 'streamlit',
    title: 'Streamlit',
    version: '1.67.0',
    origin: '.venv in ~/course',
    location: '/home/mira/course/.venv',
    problem: null,
  },
  {
    id: 'f',
    profile: 'marimo',
    title: 'marimo',
    version: '0.22.5',
    origin: 'pipx: marimo',
    location: '/home/mira/.local/share/pipx/venvs/marimo',
    problem:
      '0.22.5 is older than 0.23.0: whoever reaches its port opens a terminal without a credential (CVE-2026-39987).',
  },
  {
    id: 'c',
    profile: 'jupyter',
    title: 'JupyterLab',
    version: null,
    origin: 'virtualenvwrapper: broken',
    location: '/home/mira/.virtualenvs/broken',
    problem: 'Its Python does not start: libpython3.9.so.1.0 is missing.',
  },
];
export const failure = {
  summary: 'JupyterLab ended by itself after 1.2 s, exit code 1.',
  nextStep:
    'Install its server with “pip install jupyter_server” in .venv in ~/course, or use another environment.',
  kind: 'failed',
  exitCode: 1,
  signal: null,
  attempts: 1,
  command:
    '/home/mira/course/.venv/bin/python -m jupyterlab --no-browser --ServerApp.sock=… (secrets hidden)',
  lastLines: [
    'Traceback (most recent call last):',
    '  File "/home/mira/course/.venv/lib/python3.12/site-packages/jupyterlab/labapp.py", line 11, in <module>',
    '    from jupyter_server.serverapp import flags',
    "ModuleNotFoundError: No module named 'jupyter_server'",
  ],
};
export const said = [
  ['gatehouse', 'Starting JupyterLab 4.6.6 from conda: thesis.'],
  ['server', '[I ServerApp] jupyter_lsp | extension was successfully linked.'],
  ['server', '[I ServerApp] jupyterlab | extension was successfully linked.'],
  [
    'server',
    '[I LabApp] JupyterLab extension loaded from /home/mira/miniforge3/envs/thesis/lib/python3.12/site-packages/jupyterlab',
  ],
  ['server', '[I ServerApp] Serving notebooks from local directory: /home/mira/work/thesis'],
  ['gatehouse', 'It answers, and it is ours: ready after 1.9 s.'],
  ['server', '[I ServerApp] Kernel started: 3f0a0c7e-6f0e-4b12-9f0c-0a1e6f5f1f7d'],
  ['server', '[W ServerApp] Notebook analysis.ipynb is not trusted'],
  ['server', '[I ServerApp] Saving file at /analysis.ipynb'],
];
export const lines = said.map(([from, text], at) => ({ at: ago(7300 - at), from, text }));
export const base = {
  'shell.state': { core: 'ready', reason: '', tray: true, electron: '45.4.1', version: '0.1.0' },
  'core.about': {
    version: '0.1.0',
    pid: 4700,
    node: '24.21.0',
    home: '/home/mira',
    secrets: 'keychain',
    secretsSentence: 'Tokens are kept in the system keychain.',
    startedAt: ago(9000),
  },
  'profiles.kinds': allKinds.map(({ name, title, aliases, icon, file, untrusted }) => ({
    name,
    title,
    aliases,
    icon,
    untrusted,
    file,
  })),
  'folders.warnings': [],
  'server.list': [server, starting, stopped],
  'profiles.find': found,
  'server.failure': failure,
  'server.logs': lines,
  'share.links': [],
  'share.people': [],
  'share.waiting': [],
  'share.listeners': [],
};
export const setup = {
  profile: 'jupyter',
  step: 'install',
  message: 'Downloading jupyterlab-4.6.6-py3-none-any.whl (12.4 MB)',
  fraction: 0.46,
};
export const lost = {
  ...base['shell.state'],
  core: 'lost',
  reason: 'The core of Gatehouse ended unexpectedly.',
};
