/*
 * The Debian packages that the tests need (system-packages.txt): installs those that are missing where it may
 * (as root, or by a sudo that asks nothing), and names the rest.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, say } from './prepare.mjs';

const wanted = readFileSync(join(root, 'build', 'system-packages.txt'), 'utf8')
  .split('\n')
  .filter(Boolean);

/** Names of the packages that are still missing afterwards; all of them where there is no dpkg to ask. */
export function installSystemPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return [];
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  say(`Installing system packages for the tests: ${missing.join(' ')}`);
  const apt = (...args) => {
    const [program, ...rest] = [...sudo, 'apt-get', '-qq', ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
  };
  if (!apt('update') || !apt('install', '-y', '--no-install-recommends', ...missing)) {
    say('They could not be installed.');
  }
  return missingPackages();
}

function missingPackages() {
  const format = '${Package} ${db:Status-Status}\\n';
  const { stdout, error } = spawnSync('dpkg-query', ['-W', '-f', format, ...wanted], { encoding: 'utf8' });
  if (error) return wanted;
  const installed = new Set(
    stdout
      .split('\n')
      .filter(line => line.endsWith(' installed'))
      .map(line => line.split(' ')[0]),
  );
  return wanted.filter(name => !installed.has(name));
}
