import type { FoundServer } from '../../../../shared/model.ts';
import { shortHash } from '../../text/short-hash.ts';
import type { PythonEnvironment } from '../python/find-environments.ts';
import { compareVersions } from '../common/versions.ts';
import { installing } from './advice.ts';
import { applications } from './applications.ts';
import type { Application } from './applications.ts';

/** What the list shows of an environment. Null when nothing in it is a server. */
export function foundServer(environment: PythonEnvironment): FoundServer | null {
  const application = chooseApplication(environment);
  if (application === null) {
    const problem = environment.problem ?? (environment.expected ? lacking(environment) : null);
    return problem === null ? null : unknown({ ...environment, problem });
  }
  return {
    id: foundId(environment.location),
    profile: 'jupyter',
    title: application.title,
    version: environment.versions[application.distribution] ?? null,
    origin: environment.origin,
    location: environment.location,
    problem: environment.problem ?? outdated(environment, application),
    ...marks(environment),
  };
}

function marks(environment: PythonEnvironment): Pick<FoundServer, 'fromFolder' | 'expected' | 'interpreter'> {
  const { fromFolder, expected, interpreter } = environment;
  return {
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(fromFolder ? { fromFolder: true } : {}),
    ...(expected ? { expected: true } : {}),
  };
}

/** Its user will think that it runs. */
function lacking({ fromFolder, python }: PythonEnvironment): string {
  return installing(
    'It has no JupyterLab of its own',
    fromFolder ? null : (python ?? 'python'),
    'jupyterlab',
  );
}

export function foundId(location: string): string {
  return `jupyter-${shortHash(location)}`;
}

/** Notebook 7 brings JupyterLab along: a user who asked for Notebook only gets Notebook. */
function chooseApplication(environment: PythonEnvironment): Application | null {
  const [lab, notebook] = applications;
  const { versions, requested } = environment;
  const present = applications.filter(application => versions[application.distribution] !== undefined);
  const notebookVersion = versions[notebook.distribution];
  const onlyNotebook = requested.has(notebook.distribution) && !requested.has(lab.distribution);
  if (onlyNotebook && notebookVersion !== undefined && compareVersions(notebookVersion, notebook.oldest) >= 0)
    return notebook;
  const recent = present.filter(
    application => compareVersions(versions[application.distribution] ?? '0', application.oldest) >= 0,
  );
  return recent[0] ?? present[0] ?? null;
}

/** Why a version cannot be put behind the gateway, and what to do; null when it can. */
function outdated(environment: PythonEnvironment, application: Application): string | null {
  const version = environment.versions[application.distribution] ?? '0';
  const server = environment.versions['jupyter_server'];
  const { distribution, title, oldest } = application;
  // Of what came with the folder that is looked at no program is named: nobody has been asked about it.
  const python = environment.fromFolder ? null : (environment.python ?? 'python');
  const update = (sentence: string, what: string): string => installing(sentence, python, what);
  if (compareVersions(version, oldest) < 0)
    return update(`${title} ${version} is older than ${oldest}; update it`, `--upgrade ${distribution}`);
  const both = `--upgrade ${distribution} jupyter_server`;
  if (server === undefined) return update('It lacks jupyter_server; install it', both);
  if (compareVersions(server, '2.0') < 0) {
    return update(`Its jupyter_server ${server} is older than 2.0 and cannot be protected; update it`, both);
  }
  return null;
}

function unknown(environment: PythonEnvironment): FoundServer {
  const { location, origin, problem } = environment;
  return {
    id: foundId(location),
    profile: 'jupyter',
    title: 'Python',
    version: null,
    origin,
    location,
    problem,
    ...marks(environment),
  };
}

/**
 * Best first: what works, what the user has chosen, then the newest. What came with the folder goes before no
 * other that works.
 */
export function bestFirst(environments: readonly PythonEnvironment[]): FoundServer[] {
  return environments
    .flatMap(environment => {
      const found = foundServer(environment);
      return found === null ? [] : [{ found, rank: environment.rank }];
    })
    .sort(
      (one, other) =>
        Number(one.found.problem !== null) - Number(other.found.problem !== null) ||
        one.rank - other.rank ||
        titleRank(one.found) - titleRank(other.found) ||
        compareVersions(other.found.version ?? '0', one.found.version ?? '0') ||
        one.found.location.localeCompare(other.found.location),
    )
    .map(({ found }) => found);
}

function titleRank(found: FoundServer): number {
  const index = applications.findIndex(application => application.title === found.title);
  return index === -1 ? applications.length : index;
}
