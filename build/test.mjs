/*
 * `npm test`: sets up, then runs every check and test except those of the other servers, all against the real
 * thing. `npm run test:servers` runs every server but the newest JupyterLab, each installed from its own
 * registry, and what takes minutes (TLS scanners, slow attackers). `npm test -- all` runs both.
 *
 * The steps run in two lanes at the same time. At the end come the times, each test that passed only when
 * repeated, each that failed, and as the last line `N passed, N failed`. With CI=true a missing component is
 * a failure; without it the tests that need it are left out, and the output says so.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, install, node, root, say, tool } from './prepare.mjs';
import { installSystemPackages } from './system-packages.mjs';
import { firstLine, outcomeOfPlaywright } from './test-outcome.mjs';

const results = join(root, 'test-results');
const inCi = process.env.CI === 'true';
const which = process.argv[2] ?? 'most';
const outcomes = [];

const missing = installSystemPackages();
const leftOut = whatCannotRun(missing);
if (leftOut.length > 0 && inCi) {
  say(`Missing: ${missing.join(' ')}`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(1);
}
install();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
build();
const env = {
  ...process.env,
  // Older Jupyters, each in an environment of its own: two minutes that only CI has.
  GATEHOUSE_TEST_VERSIONS: inCi || which !== 'most' ? '1' : (process.env.GATEHOUSE_TEST_VERSIONS ?? ''),
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
};

const checks = [
  check('types', tool('typescript', 'bin/tsc'), ['--noEmit']),
  check('lint', tool('oxlint', 'bin/oxlint')),
  check('format', tool('prettier', 'bin/prettier.cjs'), ['--check', '.', '--log-level', 'warn']),
  check('unused code', tool('knip', 'bin/knip.js')),
  check('code that only tests use', tool('knip', 'bin/knip.js'), ['--production']),
  check('prose', join(root, 'build', 'prose.ts')),
  check('the list of servers', join(root, 'build', 'profiles.ts'), ['--check']),
  check('the reference pages', join(root, 'build', 'reference.ts'), ['--check']),
  check('core is plain Node', join(root, 'build', 'core-is-plain-node.ts')),
];
const withoutKeychain = ['--exclude', '**/{vault/*,share/soak}.test.ts'];
const unit = tests('unit');
const gateway = tests('gateway');
const integration = tests('integration', { args: leftOut.includes('keychain') ? withoutKeychain : [] });
const windows = leftOut.includes('windows') ? [] : [windowTests()];
const installServers = check('installing servers', join(root, 'build', 'install-servers.ts'));

/** Each lane keeps one core busy. What measures runs when both have ended. */
const lanes = {
  most: [
    [unit, integration],
    [...checks, gateway, ...windows],
  ],
  servers: [[installServers, tests('servers', { workers: 2 })]],
  all: [
    [unit, integration, ...windows],
    [...checks, installServers, gateway, tests('servers')],
  ],
};

await Promise.all(lanes[which].map(runInOrder));
const measured = { most: ['test/integration'], servers: ['test/servers'], all: [] };
await runInOrder([tests('measuring', { args: measured[which] })]);
process.exitCode = report();

async function runInOrder(steps) {
  for (const { name, run } of steps) {
    const start = Date.now();
    const outcome = await run();
    outcomes.push({ step: name, seconds: Math.round((Date.now() - start) / 1000), ...outcome });
  }
}

/** A script that counts as one test. */
function check(name, script, args = []) {
  const run = async () => {
    const { code, output } = await runNode(name, [script, ...args]);
    return code === 0
      ? { passed: 1, failed: [], repeated: [] }
      : {
          passed: 0,
          failed: [{ name, error: firstLine(/^.*\w*error\b.*$/im.exec(output)?.[0] ?? output) }],
          repeated: [],
        };
  };
  return { name, run };
}

/** A project of vitest. @param options.workers files at the same time */
function tests(project, { args = [], workers = 1 } = {}) {
  const file = join(results, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=./build/test-outcome.mjs'];
  const run = async () => {
    const ended = await runNode(
      project,
      [tool('vitest', 'vitest.mjs'), 'run', '--project', project, ...args, ...reporters],
      { GATEHOUSE_TEST_OUTCOME: file, GATEHOUSE_TEST_WORKERS: String(workers) },
    );
    return complete(project, ended, readJson(file));
  };
  return { name: project, run };
}

function windowTests() {
  const name = 'windows and browsers';
  const file = join(results, 'e2e.json');
  const args = ['test', '--config', 'test/e2e/playwright.config.ts', '--reporter=list,json'];
  const run = async () => {
    const ended = await runNode(name, [tool('@playwright/test', 'cli.js'), ...args], {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    });
    const report = readJson(file);
    return complete(name, ended, report === null ? null : outcomeOfPlaywright(report));
  };
  return { name, run };
}

/** A run that failed without a failing test (a crash, no report) counts as one failure. */
function complete(name, { code, output }, outcome) {
  const whole = outcome ?? { passed: 0, failed: [], repeated: [] };
  if (code === 0 && outcome !== null) return whole;
  if (whole.failed.length > 0) return whole;
  const last = output.trim().split('\n').slice(-5).join(' | ');
  return { ...whole, failed: [{ name, error: `ended with code ${code}: ${last}` }] };
}

/** Runs a script to its end and passes on each line with the name of its step. */
function runNode(name, args, extra = {}) {
  process.stdout.write(`\n== ${name}\n`);
  const child = spawn(node, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...extra },
  });
  const lines = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', line => {
      lines.push(line);
      process.stdout.write(`${name}: ${line}\n`);
    });
  return new Promise(resolve => {
    child.on('error', error => resolve({ code: error.message, output: error.message }));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output: lines.join('\n') }));
  });
}

/** Writes the summary and returns the exit code. */
function report() {
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.flatMap(outcome => outcome.failed);
  const lines = [
    '',
    ...outcomes.map(({ step, seconds }) => `${String(seconds).padStart(5)} s  ${step}`),
    ...slowestFiles().map(([file, seconds]) => `${String(seconds).padStart(5)} s  in ${file}`),
    ...leftOut.map(
      name => `Left out, because packages are missing (${missing.join(' ')}): the tests of the ${name}.`,
    ),
    ...outcomes.flatMap(({ repeated }) => repeated.map(told('passed only when repeated'))),
    ...failed.map(told('failed')),
    `${passed} passed, ${failed.length} failed`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return failed.length > 0 || passed < (which === 'servers' ? 20 : 100) ? 1 : 0;
}

/** The ten test files that took longest. */
function slowestFiles() {
  const times = outcomes.flatMap(({ files = {} }) => Object.entries(files));
  return times.toSorted(([, a], [, b]) => b - a).slice(0, 10);
}

function told(what) {
  return ({ name, error }) => `${what}: ${name}\n    ${error}`;
}

/** Kinds of test that cannot run without the missing packages. */
function whatCannotRun(packages) {
  const keychain = ['dbus', 'gnome-keyring', 'libsecret-1-0', 'libsecret-tools'];
  const lacks = names => names.some(name => packages.includes(name));
  const rest = packages.filter(name => !keychain.includes(name) && !name.startsWith('python3'));
  return [...(lacks(keychain) ? ['keychain'] : []), ...(rest.length > 0 ? ['windows'] : [])];
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
