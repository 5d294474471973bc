/** Before all tests: the build is there, Electron is there, and there is a screen. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build, install } from '../../../build/prepare.mjs';

const root = join(import.meta.dirname, '..', '..', '..');

export default async function prepareScreen(): Promise<() => Promise<void>> {
  install();
  build();
  // Of our own choice only: the Electron that the package downloads is not there on a closed network.
  process.env['GATEHOUSE_TEST_ELECTRON'] ??= execFileSync(
    process.execPath,
    [join(root, 'build', 'fetch-test-electron.mjs')],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  ).trim();
  if (process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '') return async () => {};
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [number] = (await once(screen.stdio[3] as NodeJS.ReadableStream, 'data')) as [Buffer];
  process.env['DISPLAY'] = `:${number.toString().trim()}`;
  return async () => {
    const gone = once(screen, 'exit');
    screen.kill();
    await gone;
  };
}
