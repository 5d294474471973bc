import type { FoundServer } from '../../../../shared/model.ts';
import { shortHash } from '../../text/short-hash.ts';
import type { ProfileOptions } from '../kind.ts';
import { askVersion, findPrograms } from '../common/programs.ts';
import { pathsOf } from '../python/interpreter.ts';
import { findPythonPackages } from '../python/packages.ts';
import { findCheckouts } from './checkout.ts';
import { refusal, type SimpleServer, type SimpleSource } from './simple-server.ts';

interface LookOptions extends ProfileOptions {
  /** Absolute path of an environment that the user names. */
  readonly named?: string | undefined;
}

/** Everything of this kind on this computer, what works first. */
export async function findSimple(
  server: SimpleServer,
  options: LookOptions,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<FoundServer[]> {
  const { source } = server;
  const listed = await bySource(server, source, options, folder, signal);
  return listed.sort((one, other) => Number(one.problem !== null) - Number(other.problem !== null));
}

function bySource(
  server: SimpleServer,
  source: SimpleSource,
  options: LookOptions,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<FoundServer[]> {
  switch (source.kind) {
    case 'python':
      return inPython(server, source, options, folder);
    case 'program':
      return onPath(server, source, options, signal);
    case 'checkout':
      return inCheckouts(server, source, options, folder);
    default:
      return source satisfies never;
  }
}

async function inCheckouts(
  server: SimpleServer,
  source: SimpleSource & { readonly kind: 'checkout' },
  options: ProfileOptions,
  folder: string | undefined,
): Promise<FoundServer[]> {
  const seen = await findCheckouts(source, options, folder);
  return seen.map(({ location, version, hasPython, fromFolder }) => {
    const problem = hasPython ? refusal(server, version) : 'There is neither a Python in it nor one on PATH.';
    const found = { ...described(server, location, version, problem), origin: 'folder' };
    return fromFolder ? { ...found, fromFolder: true } : found;
  });
}

async function inPython(
  server: SimpleServer,
  source: SimpleSource & { readonly kind: 'python' },
  options: LookOptions,
  folder: string | undefined,
): Promise<FoundServer[]> {
  const { environment, home, platform, dataFolder, named } = options;
  const managed = pathsOf(platform).join(dataFolder, 'environments', server.name);
  const around = { environment, home, platform, managed, folder, named, scripts: source.scripts };
  const packages = await findPythonPackages(around, [source.distribution]);
  return packages.map(({ location, origin, python, versions, fromFolder, interpreter }) => {
    const version = versions[source.distribution] ?? null;
    const problem =
      python === null ? 'Its Python interpreter is not there any more.' : refusal(server, version);
    return {
      ...described(server, location, version, problem),
      origin,
      ...(fromFolder ? { fromFolder: true } : {}),
      ...(interpreter === undefined ? {} : { interpreter }),
    };
  });
}

async function onPath(
  server: SimpleServer,
  source: SimpleSource & { readonly kind: 'program' },
  { environment, platform }: ProfileOptions,
  signal: AbortSignal,
): Promise<FoundServer[]> {
  const programs = await findPrograms({ environment, platform, folders: source.folders }, source.names);
  return Promise.all(
    programs.map(async program => {
      const { version = ['--version'], pattern } = source;
      const asked = await askVersion(program, version, environment, signal, pattern);
      const problem = asked.problem ?? refusal(server, asked.version);
      return { ...described(server, program, asked.version, problem), origin: 'PATH' };
    }),
  );
}

function described(
  { name, title }: SimpleServer,
  location: string,
  version: string | null,
  problem: string | null,
): Omit<FoundServer, 'origin'> {
  const id = `${name}-${shortHash(location)}`;
  return { id, profile: name, title, version, location, problem };
}
