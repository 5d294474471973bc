/**
 * The attack: a folder from the network has a `.venv` in it, and a program that only lists what could be
 * started runs its interpreter. No shape of it can be trusted: a link may lead to a script next to it, and
 * even the computer's own Python, with `-I -S`, loads its library from where a `pyvenv.cfg` or `._pth` beside
 * the link says. So of an environment that lies in a folder that is only being looked at nothing is run: what
 * the names of its folders tell is all that is said of it.
 */
import { execFile } from 'node:child_process';
import { openCache, stampOf } from './cache.ts';
import type { InspectionCache } from './cache.ts';
import { inspectPython } from './inspect.ts';
import type { Inspection } from './inspect.ts';
import { installedIn } from './installed.ts';
import { interpreterFor, interpreterNames, pathsOf } from './interpreter.ts';
import { candidatePlaces, environmentOf, ranks, withoutDuplicates } from './candidate-environments.ts';
import type { Candidate, SearchEnvironment } from './candidate-environments.ts';
import { within } from './within.ts';
import { parsePyLauncher } from './py-launcher.ts';

/** One environment with something of Jupyter in it. */
export interface PythonEnvironment {
  readonly location: string;
  readonly origin: string;
  readonly rank: number;
  /** It came with the folder that is being looked at; nobody has chosen it yet. */
  readonly fromFolder: boolean;
  /** Its user has it for this folder, or has activated it: it is listed without Jupyter, too. */
  readonly expected: boolean;
  readonly python: string | null;
  /** The same, where its user has named just this one. */
  readonly interpreter?: string | undefined;
  readonly versions: Readonly<Record<string, string>>;
  readonly requested: ReadonlySet<string>;
  /** Why it does not work, one sentence; null when it does. */
  readonly problem: string | null;
}

export interface FindOptions extends SearchEnvironment {
  readonly cacheFile: string;
  /** Ask again whatever is remembered. */
  readonly fresh: boolean;
  readonly signal: AbortSignal;
  /** Milliseconds for all of it; what is not done by then is listed as such. */
  readonly milliseconds?: number;
}

/** At most so many interpreters run at once: each start reads a thousand files. */
const width = 4;
const tooSlow = 'Looking into it took too long; the disk or the network that it is on may be slow.';

/** Every Python environment with Jupyter in it, the broken ones too. Bounded in time; throws nothing. */
export async function findPythonEnvironments(options: FindOptions): Promise<PythonEnvironment[]> {
  const end = Date.now() + (options.milliseconds ?? 15_000);
  const left = (): number => Math.max(1, end - Date.now());
  const cache = await openCache(options.cacheFile);
  const listed = await within(left() / 2, [], allCandidates(options));
  const found = listed.map((): PythonEnvironment | null => null);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < listed.length && !options.signal.aborted) {
      const index = next++;
      const candidate = listed[index];
      if (candidate === undefined) return;
      const late = { ...notLooked(candidate), problem: tooSlow };
      cache.keep(candidate.location);
      // Begun now, each would run at the same time as those that nobody waits for any more: as many at once
      // as there are environments.
      found[index] = late;
      if (Date.now() >= end) continue;
      found[index] = await within(left(), late, lookInto(candidate, options, cache, left)).catch(() => null);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  await cache.save();
  return found.filter(environment => environment !== null);
}

async function allCandidates(options: FindOptions): Promise<Candidate[]> {
  const places = await candidatePlaces(options);
  return withoutDuplicates([...places, ...(await fromPyLauncher(options))], options.platform);
}

async function lookInto(
  candidate: Candidate,
  options: FindOptions,
  cache: InspectionCache,
  left: () => number,
): Promise<PythonEnvironment | null> {
  const { location } = candidate;
  const installed = await installedIn(location, options.home, options.platform);
  const { expected } = notLooked(candidate);
  if (installed.versions.size === 0 && !installed.open && !expected) return null;
  const seen = {
    ...notLooked(candidate),
    versions: Object.fromEntries(installed.versions),
    requested: installed.requested,
  };
  const python = await interpreterFor(candidate, options.platform);
  if (python === null) {
    return installed.versions.size === 0
      ? null
      : { ...seen, problem: 'Its Python interpreter is not there any more.' };
  }
  if (candidate.untrusted || (installed.versions.size === 0 && !installed.open)) return { ...seen, python };
  const stamp = await stampOf([
    ...interpreterNames(location, options.platform),
    python,
    pathsOf(options.platform).join(location, 'pyvenv.cfg'),
    ...installed.folders,
  ]);
  const known = options.fresh ? null : cache.get(location, stamp);
  const result = known ?? (await ask(python, options, left));
  cache.set(location, stamp, result);
  return described(seen, python, result);
}

function ask(python: string, options: FindOptions, left: () => number): Promise<Inspection> {
  const { environment, home, platform } = options;
  const names = ['PATH', 'PYTHONPATH', 'PYTHONUSERBASE', 'LD_LIBRARY_PATH', 'SystemRoot', 'LANG'];
  const passed = names.flatMap(name =>
    environment[name] === undefined ? [] : [[name, environment[name]] as const],
  );
  return inspectPython({
    python,
    environment: { ...Object.fromEntries(passed), [platform === 'win32' ? 'USERPROFILE' : 'HOME']: home },
    milliseconds: Math.min(8000, left()),
    signal: options.signal,
  });
}

function notLooked(candidate: Candidate): PythonEnvironment {
  const { location, origin, rank, untrusted, interpreter } = candidate;
  const expected = untrusted || rank <= ranks.project;
  const seen = { location, origin, rank, fromFolder: untrusted, expected, interpreter };
  return { ...seen, python: null, versions: {}, requested: new Set(), problem: null };
}

function described(seen: PythonEnvironment, python: string, result: Inspection): PythonEnvironment | null {
  switch (result.kind) {
    case 'works':
      return Object.keys(result.versions).length === 0 && !seen.expected
        ? null
        : { ...seen, python, versions: result.versions };
    case 'broken':
      return { ...seen, python, problem: `It does not work: ${result.reason}` };
    case 'too-slow':
      return { ...seen, python, problem: tooSlow };
    default:
      return result satisfies never;
  }
}

/** Windows knows its Pythons by a launcher of its own. */
async function fromPyLauncher(options: FindOptions): Promise<Candidate[]> {
  if (options.platform !== 'win32') return [];
  const output = await new Promise<string>(resolve => {
    execFile('py', ['-0p'], { timeout: 5000, signal: options.signal, windowsHide: true }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  const found = parsePyLauncher(output).map(python => environmentOf(python, options.platform));
  return (await Promise.all(found)).flatMap(location =>
    location === null ? [] : [{ location, origin: 'py launcher', rank: 5, untrusted: false }],
  );
}
