/** The managed environment: a JupyterLab of Gatehouse's own, for users who have none. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { managedOrigin, type FoundServer, type SetupProgress } from '../../../../shared/model.ts';
import { GatehouseError } from '../../errors.ts';
import { fileError } from '../../files.ts';
import type { ManagedSetup } from '../../ports.ts';
import { foundServer } from '../jupyter/found.ts';
import { inspectPython } from '../python/inspect.ts';
import { interpreterOf } from '../python/interpreter.ts';
import type { Variables } from '../../variables.ts';
import { findBasePython } from './find-base.ts';
import { takeSetupLock } from './setup-lock.ts';
import type { SetupLock } from './setup-lock.ts';
import { onPath, toolFailure, installersToTry } from './installers.ts';
import type { Installer } from './installers.ts';
import { onlyPipKnowsIndex } from './pip-settings.ts';
import { progressReader } from './install-progress.ts';
import { cancelled, installerEnvironment, runTool } from './run-tool.ts';
import type { ToolResult } from './run-tool.ts';

export interface ManagedOptions {
  /** Folder of the environment; its parent is ours too. */
  readonly location: string;
  readonly environment: Variables;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Folder of gatehouse_pip.py. */
  readonly shimFolder: string;
}

type Report = (progress: SetupProgress) => void;

/** While this file is there, the environment next to it is half made and does not count. */
export function incompleteMark(location: string): string {
  return `${location}.incomplete`;
}

export function managedJupyter(options: ManagedOptions): ManagedSetup {
  return {
    run: (report, signal) => locked(options, lock => setUp(options, report, signal, lock)),
    remove: () => locked(options, () => removeManaged(options.location)),
  };
}

async function locked<T>(options: ManagedOptions, work: (lock: SetupLock) => Promise<T>): Promise<T> {
  const parent = dirname(options.location);
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError('setup-failed', 'Cannot make the folder', parent, error);
  }
  const lock = await takeSetupLock(`${options.location}.lock`);
  try {
    return await work(lock);
  } finally {
    await lock.release();
  }
}

async function setUp(
  options: ManagedOptions,
  report: Report,
  signal: AbortSignal,
  lock: SetupLock,
): Promise<FoundServer> {
  const tell = (step: SetupProgress['step'], message: string, fraction: number | null): void =>
    report({ profile: 'jupyter', step, message, fraction });
  const { location } = options;
  try {
    const before = (await isThere(incompleteMark(location))) ? null : await check(options, signal);
    if (before?.isWhole === true) {
      const { title, version } = before.found;
      tell('done', `${title} ${version ?? ''} is already there.`, 1);
      return before.found;
    }
    await sweep(location);
    tell('find-python', 'Looking for Python 3.10 or later', null);
    const ways = await findWays(options, signal);
    await writeFile(incompleteMark(location), '', { mode: 0o600 });
    // One of an earlier version of Gatehouse works, but lacks a part: it is made again.
    const way = await makeEnvironment(options, ways, signal, lock, tell);
    await install(options, way, signal, lock, tell);
    tell('check', 'Looking whether it works', 0.95);
    const { found } = (await check(options, signal)) ?? {};
    if (found === undefined)
      throw new GatehouseError('setup-failed', 'The new environment does not work.', {
        nextStep: 'Try again.',
      });
    await rm(incompleteMark(location), { force: true });
    tell('done', `${found.title} ${found.version ?? ''} is ready.`, 1);
    return found;
  } catch (error) {
    // Nothing half made is left, whatever happened; if even that fails, the mark still says so.
    if (await isThere(incompleteMark(location))) await removeManaged(location).catch(() => undefined);
    const told = failureOf(error, signal, location);
    tell('failed', told.message, null);
    throw told;
  }
}

function failureOf(error: unknown, signal: AbortSignal, location: string): GatehouseError {
  if (error instanceof GatehouseError) return error;
  return signal.aborted
    ? cancelled()
    : fileError('setup-failed', 'Cannot make the environment', location, error);
}

async function findWays(options: ManagedOptions, signal: AbortSignal): Promise<readonly Installer[]> {
  const { location, environment, home, platform, shimFolder } = options;
  const [base, uv, pipFirst] = await Promise.all([
    findBasePython({ ...options, signal }),
    onPath('uv', environment, platform),
    onlyPipKnowsIndex(environment, home, platform),
  ]);
  const ways = installersToTry({ location, base, uv, platform, shimFolder, pipFirst });
  if (signal.aborted) throw cancelled();
  if (ways.length > 0) return ways;
  throw new GatehouseError('no-python', 'There is no Python 3.10 or later on this computer.', {
    kind: 'not-found',
    nextStep: 'Install Python from python.org or your package manager (or uv), and try again.',
  });
}

type Tell = (step: SetupProgress['step'], message: string, fraction: number | null) => void;

async function makeEnvironment(
  options: ManagedOptions,
  ways: readonly Installer[],
  signal: AbortSignal,
  lock: SetupLock,
  tell: Tell,
): Promise<Installer> {
  let first: ToolResult | null = null;
  for (const way of ways) {
    tell('make-environment', `Making an environment in ${options.location}`, 0);
    await rm(options.location, { recursive: true, force: true, maxRetries: 3 });
    const result = await tool(options, way.make, signal, lock);
    if (result.code === 0) return way;
    // The first failure is the one to tell: that "virtualenv" is missing as well helps nobody.
    if (first === null || /No module named/.test(first.lines.join('\n'))) first = result;
  }
  throw toolFailure('The environment cannot be made', first ?? { code: null, lines: [] });
}

async function install(
  options: ManagedOptions,
  way: Installer,
  signal: AbortSignal,
  lock: SetupLock,
  tell: Tell,
): Promise<void> {
  tell('install', `Installing JupyterLab (with ${way.name === 'uv' ? 'uv' : 'pip'})`, 0.05);
  const read = progressReader();
  const result = await tool(options, way.install, signal, lock, line => {
    const progress = read(line);
    if (progress !== null) tell('install', progress.message, 0.05 + 0.85 * progress.fraction);
  });
  if (result.code !== 0) throw toolFailure('JupyterLab cannot be installed', result);
}

function tool(
  options: ManagedOptions,
  argv: readonly string[],
  signal: AbortSignal,
  lock: SetupLock,
  onLine: (line: string) => void = () => {},
): Promise<ToolResult> {
  return runTool({
    argv,
    folder: dirname(options.location),
    environment: installerEnvironment(options.environment, options.home),
    signal,
    onLine,
    onStart: pid => lock.note(pid),
  });
}

interface Checked {
  readonly found: FoundServer;
  /** It has everything that an environment made now would have. */
  readonly isWhole: boolean;
}

/** The environment as a server that can be started; null when it is not there or does not work. */
async function check(options: ManagedOptions, signal: AbortSignal): Promise<Checked | null> {
  const { location, home, platform } = options;
  const python = await interpreterOf(location, platform);
  if (python === null) return null;
  const environment = installerEnvironment(options.environment, home);
  const result = await inspectPython({ python, environment, milliseconds: 60_000, signal });
  if (signal.aborted) throw cancelled();
  if (result.kind !== 'works') return null;
  const requested = new Set(['jupyterlab']);
  const found = foundServer({
    location: await realpath(location),
    origin: managedOrigin,
    rank: 0,
    fromFolder: false,
    expected: false,
    python,
    versions: result.versions,
    requested,
    problem: null,
  });
  const isWhole = result.versions['jupyter_collaboration'] !== undefined;
  return found?.problem === null ? { found, isWhole } : null;
}

/**
 * Marked first, renamed, then deleted: a cut leaves something that counts as none, and that the next setup
 * removes.
 */
async function removeManaged(location: string): Promise<void> {
  if (!(await isThere(location))) {
    await rm(incompleteMark(location), { force: true });
    throw new GatehouseError('no-environment', 'There is no managed environment.', {
      kind: 'not-found',
      nextStep: 'There is nothing to remove; `gatehouse profiles` lists the environments.',
    });
  }
  try {
    await writeFile(incompleteMark(location), '', { mode: 0o600 }).catch(() => undefined);
    const aside = `${location}.removed-${randomBytes(4).toString('hex')}`;
    await rename(location, aside);
    await rm(aside, { recursive: true, force: true, maxRetries: 5 });
    await rm(incompleteMark(location), { force: true });
  } catch (error) {
    throw fileError('remove-failed', 'Cannot remove the environment', location, error);
  }
}

/** What a removal that was cut has left. */
async function sweep(location: string): Promise<void> {
  const [parent, name] = [dirname(location), basename(location)];
  for (const entry of await readdir(parent).catch(() => [])) {
    if (entry.startsWith(`${name}.removed-`)) await rm(join(parent, entry), { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
