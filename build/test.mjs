/*
 * `npm test`: sets up, then runs every check and test there is, all against the real thing. Its last line is
 * `N passed, N failed`. With CI=true a missing component is a failure; without it the tests that need it are
 * left out, and said so.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build, install, node, root, say, tool } from './prepare.mjs';
import { installSystemPackages } from './system-packages.mjs';

const results = join(root, 'test-results');
const tally = { passed: 0, failed: 0 };

/**
 * `npm run test:servers`: every server but the newest JupyterLab, each installed from its own registry; and
 * what takes minutes (TLS scanners, slow attackers).
 */
const onlyServers = process.argv[2] === 'servers';

const missing = installSystemPackages();
const leftOut = whatCannotRun(missing);
if (leftOut.length > 0 && process.env.CI === 'true') {
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
  GATEHOUSE_TEST_VERSIONS:
    process.env.CI === 'true' || onlyServers ? '1' : (process.env.GATEHOUSE_TEST_VERSIONS ?? ''),
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
};

const checks = [
  ['types', tool('typescript', 'bin/tsc'), ['--noEmit']],
  ['lint', tool('oxlint', 'bin/oxlint'), []],
  ['format', tool('prettier', 'bin/prettier.cjs'), ['--check', '.', '--log-level', 'warn']],
  ['unused code', tool('knip', 'bin/knip.js'), []],
  ['code that only tests use', tool('knip', 'bin/knip.js'), ['--production']],
  ['prose', join(root, 'build', 'prose.ts'), []],
  ['the list of servers', join(root, 'build', 'profiles.ts'), ['--check']],
  ['the reference pages', join(root, 'build', 'reference.ts'), ['--check']],
  ['core is plain Node', join(root, 'build', 'core-is-plain-node.ts'), []],
];
if (onlyServers) {
  runTests('servers');
} else {
  for (const [name, script, args] of checks) {
    const good = step(name, [script, ...args]);
    tally[good ? 'passed' : 'failed'] += 1;
  }
  runTests('unit');
  runTests(
    'integration',
    leftOut.includes('keychain') ? ['--exclude', '**/{keychain,tokens-nowhere,share-soak}.test.ts'] : [],
  );
  if (!leftOut.includes('windows')) runPlaywright();
}
for (const name of leftOut)
  say(`Left out, because packages are missing (${missing.join(' ')}): the tests of the ${name}.`);
process.stdout.write(`${tally.passed} passed, ${tally.failed} failed\n`);
process.exit(tally.failed > 0 || tally.passed < (onlyServers ? 20 : 100) ? 1 : 0);

function step(name, args, extra = {}) {
  say(`\n== ${name}`);
  const { status } = spawnSync(node, args, { cwd: root, stdio: 'inherit', env: { ...env, ...extra } });
  return status === 0;
}

/** Kinds of test that cannot run without the missing packages. */
function whatCannotRun(packages) {
  const keychain = ['dbus', 'gnome-keyring', 'libsecret-1-0', 'libsecret-tools'];
  const lacks = names => names.some(name => packages.includes(name));
  const rest = packages.filter(name => !keychain.includes(name) && !name.startsWith('python3'));
  return [...(lacks(keychain) ? ['keychain'] : []), ...(rest.length > 0 ? ['windows'] : [])];
}

function runTests(project, extra = []) {
  const file = join(results, `${project}.json`);
  const good = step(project, [
    tool('vitest', 'vitest.mjs'),
    'run',
    '--project',
    project,
    ...extra,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = readReport(file);
  count(good, report?.numPassedTests ?? 0, report?.numFailedTests ?? 0);
}

function runPlaywright() {
  const file = join(results, 'e2e.json');
  const script = tool('@playwright/test', 'cli.js');
  const good = step(
    'windows and browsers',
    [script, 'test', '--config', 'test/e2e/playwright.config.ts', '--reporter=list,json'],
    {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    },
  );
  const stats = readReport(file)?.stats;
  count(good, (stats?.expected ?? 0) + (stats?.flaky ?? 0), stats?.unexpected ?? 0);
}

/** A run that failed without a failing test (a crash, no report) counts as one failure. */
function count(good, passed, failed) {
  tally.passed += passed;
  tally.failed += good ? failed : Math.max(failed, 1);
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
