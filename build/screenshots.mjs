/*
 * Draws every state of Gatehouse's own windows, light and dark, wide and narrow, into doc/screenshots/: `node build/screenshots.mjs`.
 * The pages are the built ones under their real policy; the core behind them is a table of answers, so that a picture of a
 * rare state (a core that is lost) is the same every time. Needs a Chromium (CHROMIUM names it) and a build.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const pages = path.join(root, 'out', 'renderer');
const target = path.join(root, 'doc', 'screenshots');
const types = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; trusted-types 'none'; require-trusted-types-for 'script'";
const now = Date.parse('2026-11-22T14:30:00Z');

const ago = seconds => new Date(now - seconds * 1000).toISOString();
const server = {
  id: 'thesis-1',
  name: 'thesis',
  profile: 'jupyter',
  title: 'JupyterLab 4.6.6',
  origin: 'conda: thesis',
  folder: '/home/mira/work/thesis',
  state: 'ready',
  reason: 'It answers.',
  url: 'http://thesis-1.localhost:41213/',
  pid: 4711,
  startedAt: ago(7300),
};
const course = {
  ...server,
  id: 'course-1',
  name: 'course',
  origin: '.venv in ~/course',
  folder: '/home/mira/course',
};
const starting = {
  ...course,
  title: 'Notebook 7.6.5',
  state: 'starting',
  reason: 'Waiting for its first answer.',
  startedAt: ago(14),
};
const stopped = {
  ...server,
  id: 'old-1',
  name: 'old project',
  folder: '/home/mira/work/old project',
  origin: 'pyenv: 3.11.7',
  state: 'stopped',
  pid: null,
  startedAt: null,
};
const failed = {
  ...course,
  state: 'failed',
  reason: 'It ended by itself after 1.2 s, exit code 1.',
  pid: null,
  startedAt: null,
};
const found = [
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
    id: 'c',
    profile: 'jupyter',
    title: 'JupyterLab',
    version: null,
    origin: 'virtualenvwrapper: broken',
    location: '/home/mira/.virtualenvs/broken',
    problem: 'Its Python does not start: libpython3.9.so.1.0 is missing.',
  },
];
const failure = {
  summary: 'JupyterLab ended by itself after 1.2 s, exit code 1.',
  nextStep:
    'Install its server with “pip install jupyter_server” in .venv in ~/course, or use another environment.',
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
const said = [
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
const lines = said.map(([from, text], at) => ({ at: ago(7300 - at), from, text }));
const base = {
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
  'server.list': [server, starting, stopped],
  'profiles.find': found,
  'server.failure': failure,
  'server.logs': lines,
};
const setup = {
  profile: 'jupyter',
  step: 'install',
  message: 'Downloading jupyterlab-4.6.6-py3-none-any.whl (12.4 MB)',
  fraction: 0.46,
};
const lost = { ...base['shell.state'], core: 'lost', reason: 'The core of Gatehouse ended unexpectedly.' };

/** Each state: which view, which answers, what is announced, what is clicked. `null` is an answer that never comes. */
const states = [
  { name: 'home', view: 'home' },
  { name: 'home-menu', view: 'home', click: ['More actions for thesis'] },
  { name: 'home-first', view: 'home', answers: { 'server.list': [] } },
  { name: 'home-looking', view: 'home', answers: { 'server.list': [], 'profiles.find': null } },
  {
    name: 'home-connecting',
    view: 'home',
    answers: { 'shell.state': { ...lost, core: 'connecting', reason: '' } },
  },
  { name: 'home-nothing-found', view: 'home', answers: { 'server.list': [], 'profiles.find': [] } },
  {
    name: 'home-setup',
    view: 'home',
    answers: { 'server.list': [], 'profiles.find': [] },
    tell: ['setup.progress', setup],
  },
  { name: 'home-core-lost', view: 'home', tell: ['shell.changed', lost] },
  { name: 'home-failed', view: 'home', answers: { 'server.list': [server, failed] } },
  {
    name: 'failure',
    view: 'home',
    answers: { 'server.list': [server, failed] },
    click: ['Why did course not start?'],
  },
  {
    name: 'custom',
    view: 'home',
    click: ['Custom command…'],
    fill: ['Command', 'marimo edit --headless --port {port} "my notes"'],
  },
  { name: 'logs', view: 'logs', size: 560 },
  { name: 'about', view: 'about', size: 460 },
];

/** Runs in the page before its own script. */
function stub({ answers, at }) {
  const listeners = [];
  Date.now = () => at;
  window.tell = (name, value) => {
    for (const [wanted, listener] of listeners) if (wanted === name) listener(value);
  };
  window.gatehouse = {
    call: name =>
      answers[name] === null ? new Promise(() => {}) : Promise.resolve({ ok: true, value: answers[name] }),
    on: (name, listener) => {
      listeners.push([name, listener]);
      return () => {};
    },
  };
}

async function serve(route) {
  const name = new URL(route.request().url()).pathname.slice(1);
  const type = types[name.split('.').pop()] ?? 'text/plain';
  const body = await readFile(path.join(pages, name)).catch(() => '');
  await route.fulfill({ body, contentType: type, headers: { 'Content-Security-Policy': policy } });
}

async function draw(browser, state, scheme, width) {
  const page = await browser.newPage({
    viewport: { width, height: state.size ?? 680 },
    colorScheme: scheme,
    timezoneId: 'Europe/Zurich',
  });
  const problems = [];
  page.on('pageerror', error => problems.push(String(error)));
  await page.addInitScript(stub, { answers: { ...base, ...state.answers }, at: now });
  await page.route('**/*', serve);
  await page.goto(`http://gatehouse.localhost/index.html?view=${state.view}&server=thesis-1`);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  if (state.tell !== undefined) await page.evaluate(([name, value]) => window.tell(name, value), state.tell);
  for (const name of state.click ?? []) await page.getByRole('button', { name }).click();
  if (state.fill !== undefined) await page.getByLabel(state.fill[0], { exact: true }).fill(state.fill[1]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) problems.push(`it is ${overflow} px too wide`);
  await page.screenshot({
    path: path.join(target, `${state.name}-${scheme}-${width}.png`),
    animations: 'disabled',
  });
  await page.close();
  if (problems.length > 0) throw new Error(`${state.name}, ${scheme}, ${width}: ${problems.join('; ')}`);
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  for (const state of states) {
    for (const scheme of ['light', 'dark']) {
      for (const width of [880, 560]) await draw(browser, state, scheme, width);
    }
  }
} finally {
  await browser.close();
}
