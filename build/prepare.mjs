/*
 * What `npm start` and `npm test` do first, with whatever Node is found (20 or later): install the packages,
 * among them the Node 24 that everything else runs on, and build. Plain JavaScript, because nothing is
 * installed yet.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const windows = process.platform === 'win32';

/** The Node that the core runs on. */
export const node = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node');

/** Installs the packages of the lock file, unless they are there already. */
export function install() {
  if (isNewer(join(modules, '.package-lock.json'), [join(root, 'package-lock.json')]) && existsSync(node))
    return;
  mustBeWritable();
  say('Installing what Gatehouse needs; this happens once.');
  // Not `npm ci`: it refuses where a registry lacks the binaries of other platforms. The lock file is
  // followed and left as it is. A shell or an .npmrc may leave out what the build needs (NODE_ENV=production,
  // omit=dev), install elsewhere or otherwise, or not look at the lock file.
  const everything = ['--include=dev', '--include=optional', '--include=peer', '--no-global'];
  everything.push('--package-lock', '--install-strategy=hoisted');
  npm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...everything]);
  // The install script of this one package fetches the Node that everything else runs on. An .npmrc with
  // `ignore-scripts=true` is overruled for it alone.
  if (!existsSync(node))
    npm(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error', '--no-global']);
  if (existsSync(node)) return;
  say(`npm installed the packages, but ${node} is missing. Delete ${modules} and try again.`);
  process.exit(1);
}

function npm(args) {
  const failed = said => `The packages could not be installed into ${root}. ${installAdvice(said)}`;
  run(windows ? 'npm.cmd' : 'npm', args, { failed, quiet: true, shell: windows });
}

const reasons = [
  [/EACCES|EPERM|EROFS/, () => `npm may not write ${ownFolder}`],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF|CERT_UNTRUSTED|self.signed certificate|unable to (?:get|verify)/i,
    () =>
      'Something between this computer and the registry, a proxy as a rule, shows a certificate of its own: ask its administrator for the certificate authority, and name that file with `npm config set cafile FILE` and NODE_EXTRA_CA_CERTS=FILE.',
  ],
  [
    /\b(?:E407|E401|E403)\b/,
    () =>
      'The registry or the proxy wants a sign-in: see `npm config get registry` and `npm config get proxy`.',
  ],
  [
    /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EHOSTUNREACH|ENETUNREACH)\b/,
    () =>
      'The registry cannot be reached: look at the network, and where it needs a proxy, name that with `npm config set proxy URL`.',
  ],
  [/\b(?:ENOSPC|EDQUOT)\b/, () => 'The disk is full: make room and start again.'],
  [
    /\b(?:E404|ETARGET|ENOVERSIONS)\b/,
    () =>
      'The registry lacks a package: see which one `npm config get registry` names, or wait until its copy is up to date.',
  ],
];

/** One sentence for what npm said. */
function installAdvice(said) {
  const [, advice] = reasons.find(([sign]) => sign.test(said)) ?? [];
  return advice?.() ?? 'What npm said stands above.';
}

const ownFolder =
  'there: clone Gatehouse into a folder of your own, or take this one back (`sudo chown -R "$(id -u)"` and its path).';

/** Told in one sentence before npm or a compiler tells it in many. */
function mustBeWritable() {
  const folders = [root, modules, join(root, 'out')].filter(existsSync);
  const closed = folders.find(folder => !isWritable(folder));
  if (closed === undefined) return;
  say(
    `gatehouse: Gatehouse has to be set up, but ${closed} cannot be written to. You may not write ${ownFolder}`,
  );
  process.exit(1);
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Builds what is older than its sources: the core as one file for Node, then the shell and its windows for
 * Electron.
 */
export function build() {
  buildCore();
  const sources = ['src', 'electron.vite.config.ts', 'package.json'];
  step('main/index.cjs', sources, ['electron-vite', 'bin/electron-vite.js', 'build', '--logLevel', 'warn']);
}

export function buildCore() {
  const sources = [
    'src/main/cli',
    'src/main/control',
    'src/main/core',
    'src/pages',
    'src/shared',
    'build/core.config.ts',
    'package.json',
  ];
  step('core/main.mjs', sources, ['vite', 'bin/vite.js', 'build', '--config', 'build/core.config.ts']);
}

function step(result, sources, [name, script, ...args]) {
  const paths = sources.map(source => join(root, source));
  if (isNewer(join(root, 'out', result), paths)) return;
  mustBeWritable();
  say(`Building ${result}.`);
  run(node, [tool(name, script), ...args], {
    failed: 'The build failed; what it said stands above.',
    quiet: true,
  });
}

/** Path of a script that an installed package brings. */
export function tool(name, path) {
  return join(modules, name, path);
}

/** Runs a step to its end; a step that fails ends everything with one sentence. */
export function run(program, args, { failed, quiet = false, env = process.env, shell = false } = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    cwd: root,
    // What a step says is no part of what the command answers.
    stdio: quiet ? 'pipe' : ['inherit', 2, 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
    env,
    shell,
  });
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  const sentence = typeof failed === 'function' ? failed(`${stdout ?? ''}${stderr ?? ''}`) : failed;
  process.stderr.write(
    `gatehouse: ${sentence ?? `${program} failed`}${error ? ` (${error.message})` : ''}\n`,
  );
  process.exit(status ?? 1);
}

/**
 * Gives the terminal to a program and ends with its exit code. It runs where the user stands, with the user's
 * own PATH. Ctrl-C reaches it by the terminal; a TERM is passed on, and so is the end of the npm that started
 * us.
 */
export function become(program, args, extra = {}) {
  const env = { ...withoutNpm(process.env), GATEHOUSE_COMMAND: 'npm start --', ...extra };
  const child = spawn(program, args, { stdio: 'inherit', env, cwd: whereTheUserIs() });
  process.on('SIGINT', () => {});
  for (const name of ['SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1000).unref();
  child.on('error', error => {
    process.stderr.write(`gatehouse: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

/** npm starts scripts in the checkout, and remembers where it was called. */
export function whereTheUserIs() {
  return process.env.npm_lifecycle_event === 'start'
    ? (process.env.INIT_CWD ?? process.cwd())
    : process.cwd();
}

/**
 * What npm adds for its scripts would reach the servers and their kernels: our tools in front of the user's
 * own.
 */
function withoutNpm(env) {
  // npm adds the tools of the checkout and of every folder above it; what the user has in PATH from elsewhere
  // stays.
  const ofNpm = new Set();
  for (let folder = root; ; folder = dirname(folder)) {
    ofNpm.add(join(folder, 'node_modules', '.bin'));
    if (folder === dirname(folder)) break;
  }
  const path = (env.PATH ?? '')
    .split(delimiter)
    .filter(folder => !/[\\/]node-gyp-bin$/.test(folder) && !ofNpm.has(folder));
  const own = Object.entries(env).filter(([name]) => !/^npm_|^(INIT_CWD|NODE)$/.test(name));
  return { ...Object.fromEntries(own), PATH: path.join(delimiter) };
}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Whether a file is there and no older than any of the sources. */
function isNewer(file, sources) {
  if (!existsSync(file)) return false;
  const made = statSync(file).mtimeMs;
  return sources.every(source => newest(source) <= made);
}

function newest(path) {
  const facts = existsSync(path) ? statSync(path) : null;
  if (facts === null) return 0;
  if (!facts.isDirectory()) return facts.mtimeMs;
  return Math.max(0, ...readdirSync(path).map(name => newest(join(path, name))));
}
