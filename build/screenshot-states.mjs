/*
 * Every state of Gatehouse's own windows, and how to show one in a browser: the built pages under their real
 * policy, with a table of answers for a core.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { base, failed, lost, now, open, server, setup } from './screenshot-answers.mjs';
import { danger, fresh, onlyFull, preview, sharing } from './screenshot-sharing.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const pages = path.join(root, 'out', 'renderer');
const types = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; trusted-types 'none'; require-trusted-types-for 'script'";

/**
 * Each state: which view, which answers, what is announced, what is clicked. `null` is an answer that never
 * comes.
 */
export const states = [
  { name: 'home', view: 'home' },
  { name: 'home-menu', view: 'home', click: ['More actions for thesis'] },
  {
    name: 'home-trust',
    view: 'home',
    answers: {
      'shell.chooseFolder': '/home/mira/Downloads/course-repo',
      'folders.look': {
        path: '/home/mira/Downloads/course-repo',
        trusted: false,
        verdict: 'unknown',
        by: null,
        isHome: false,
      },
    },
    click: ['Start in a folder…'],
  },
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
  { name: 'home-caveat', view: 'home', answers: { 'server.list': [open, server] } },
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
  { name: 'home-shared', view: 'home', answers: sharing },
  { name: 'share', view: 'share', size: 900, answers: { 'share.preview': preview } },
  {
    name: 'share-danger',
    view: 'share',
    size: 980,
    answers: { 'share.preview': danger },
    check: ['Editor', 'I understand, and I trust'],
  },
  { name: 'share-only-full', view: 'share', size: 900, answers: { 'share.preview': onlyFull } },
  {
    name: 'share-refused',
    view: 'share',
    size: 300,
    answers: { 'share.preview': undefined },
    refuse: {
      'share.preview': {
        code: 'address-gone',
        message: 'There is no network interface "wlan0" now, so nothing can be shared there.',
        nextStep: 'Choose another network: "all", an address of this computer, or interface:NAME.',
      },
    },
  },
  {
    name: 'share-link',
    view: 'share',
    size: 760,
    answers: { 'share.preview': preview, 'share.create': fresh },
    fill: ['Who is it for?', 'Ada (review)'],
    afterwards: ['Make link'],
  },
  { name: 'people', view: 'people', answers: sharing, size: 760 },
  { name: 'people-nobody', view: 'people', size: 300 },
];

/** Runs in the page before its own script. */
function stub({ answers, refuse, at }) {
  const listeners = [];
  Date.now = () => at;
  window.tell = (name, value) => {
    for (const [wanted, listener] of listeners) if (wanted === name) listener(value);
  };
  window.gatehouse = {
    call: name => {
      if (refuse?.[name] !== undefined) return Promise.resolve({ ok: false, error: refuse[name] });
      return answers[name] === null
        ? new Promise(() => {})
        : Promise.resolve({ ok: true, value: answers[name] ?? null });
    },
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

/** Shows a state; answers with the page and what went wrong in it. */
export async function openState(browser, state, scheme, width) {
  const context = await browser.newContext({
    viewport: { width, height: state.size ?? 680 },
    colorScheme: scheme,
    timezoneId: 'Europe/Zurich',
  });
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', error => problems.push(String(error)));
  await page.addInitScript(stub, { answers: { ...base, ...state.answers }, refuse: state.refuse, at: now });
  await page.route('**/*', serve);
  await page.goto(`http://gatehouse.localhost/index.html?view=${state.view}&server=thesis-1`);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  if (state.tell !== undefined) await page.evaluate(([name, value]) => window.tell(name, value), state.tell);
  for (const name of state.click ?? []) await page.getByRole('button', { name }).click();
  if (state.fill !== undefined) await page.getByLabel(state.fill[0], { exact: true }).fill(state.fill[1]);
  for (const name of state.check ?? []) await page.getByLabel(new RegExp(`^${name}`)).check();
  for (const name of state.afterwards ?? []) await page.getByRole('button', { name }).click();
  await page.waitForLoadState('networkidle');
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) problems.push(`it is ${overflow} px too wide`);
  return { page, problems };
}
