/*
 * `npm start`: sets up and opens the app; without a screen or an Electron binary it says so in one sentence
 * and serves in this terminal. `npm start -- TARGET` opens a folder, a notebook or a kind of server; `npm
 * start -- ARGS` is `gatehouse ARGS`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { become, build, install, node, root, say, tool, whereTheUserIs } from './prepare.mjs';

const windows = process.platform === 'win32';
const electronNames = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' };
const electron =
  process.env.GATEHOUSE_ELECTRON ??
  tool('electron', join('dist', electronNames[process.platform] ?? 'electron'));
/** Milliseconds that the download of Electron may take. */
const downloadLimit = 5 * 60_000;

install();
build();
const args = process.argv.slice(2);
const core = join(root, 'out', 'core', 'main.mjs');
const target = isTarget(args[0]) && args.length <= (isKind(args[0]) ? 2 : 1) ? args : null;
if (target === null) {
  become(node, [core, ...args]);
} else {
  const why = whyNoWindow();
  if (why === null) {
    become(electron, [root, ...target], { GATEHOUSE_NODE: node, GATEHOUSE_CORE: core });
  } else {
    say(`${why} Gatehouse serves in this terminal instead.`);
    become(node, [core, 'serve', ...target]);
  }
}

/**
 * Nothing, a kind of server, or a folder or file that is there: what the app opens. All else is a command.
 */
function isTarget(word) {
  return (
    word === undefined ||
    isKind(word) ||
    (!word.startsWith('-') && existsSync(resolve(whereTheUserIs(), word)))
  );
}

/** A file of the profiles that makes a kind of server. */
function isKind(word) {
  if (!/^[a-z][a-z0-9-]*$/.test(word ?? '')) return false;
  const file = join(root, 'src', 'main', 'core', 'profiles', `${word}.ts`);
  return existsSync(file) && /^export const kind\b/m.test(readFileSync(file, 'utf8'));
}

/** Null when a window can be opened; else one sentence. */
function whyNoWindow() {
  const screen =
    windows || process.platform === 'darwin' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!screen) return 'There is no screen here.';
  if (process.getuid?.() === 0) return 'A window does not run as root, because its sandbox would be off.';
  if (!existsSync(electron)) download();
  if (!existsSync(electron)) return 'Electron could not be downloaded, so there is no window.';
  return null;
}

function download() {
  say('Downloading Electron; this happens once.');
  spawnSync(node, [tool('electron', 'install.js')], { cwd: root, stdio: 'pipe', timeout: downloadLimit });
}
