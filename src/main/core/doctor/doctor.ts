import { hostname } from 'node:os';
import type { DoctorLine, FoundServer } from '../../../shared/model.ts';
import { errorInfo } from '../errors.ts';
import { asideLines, folderLines, line, localhostLines, portLines, proxyLine } from './environment-lines.ts';
import { findOwner, type HomeOwner } from '../home/home-lock.ts';
import { homeInUse, ownerText } from '../home/home-errors.ts';
import type { Environment, Paths } from '../paths.ts';
import type { Vault } from '../ports.ts';

export interface DoctorDeps {
  readonly paths: Paths;
  readonly environment: Environment;
  /** Where secrets are kept. Throws where they cannot be opened. */
  readonly secrets: () => Promise<Pick<Vault, 'store' | 'sentence'>>;
  /** Version of the Node that runs the core. */
  readonly node: string;
  /** Path of the Electron binary, if there is one. */
  readonly findElectron: () => Promise<string | null>;
  readonly findServers: () => Promise<readonly FoundServer[]>;
  /** Sentences about settings whose written value is not in force. */
  readonly settingsWarnings: () => readonly string[];
  /** Runs that a killed core left behind. */
  readonly staleRuns: () => Promise<readonly string[]>;
}

type Check = (deps: DoctorDeps) => Promise<readonly DoctorLine[]>;

/** Milliseconds after which the line of a check says that it took too long. */
const checkLimit = 25_000;

/**
 * Checks everything that Gatehouse depends on. Each line states what was found and, where something is wrong,
 * what to do. Never throws.
 */
export async function examine(deps: DoctorDeps): Promise<readonly DoctorLine[]> {
  const lines = await Promise.all(Object.entries(checks).map(([id, check]) => bounded(id, check, deps)));
  return lines.flat();
}

async function bounded(id: string, check: Check, deps: DoctorDeps): Promise<readonly DoctorLine[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly DoctorLine[]>(resolve => {
    timer = setTimeout(
      () => resolve([line(id, 'warning', id, 'this check took too long', 'Try again.')]),
      checkLimit,
    );
  });
  try {
    return await Promise.race([check(deps), late]);
  } catch (error) {
    const { message, nextStep } = errorInfo(error);
    return [line(id, 'problem', id, message, nextStep)];
  } finally {
    clearTimeout(timer);
  }
}

const checks: Readonly<Record<string, Check>> = {
  secrets: async ({ secrets }) => {
    const vault = await secrets();
    const level = vault.store === 'memory' ? 'warning' : 'ok';
    const next =
      vault.store === 'memory'
        ? 'Unlock or install a keychain (GNOME Keyring, KWallet), or use --secrets=file.'
        : '';
    return [line('secrets', level, 'Secrets', vault.sentence, next)];
  },
  node: async ({ node }) => {
    const good = Number(node.split('.')[0]) >= 24;
    return [
      line(
        'node',
        good ? 'ok' : 'problem',
        'Node',
        `version ${node}`,
        good ? '' : 'Run Gatehouse with Node 24; `npm start` installs it.',
      ),
    ];
  },
  electron: async ({ findElectron }) => {
    const path = await findElectron();
    if (path !== null) return [line('electron', 'ok', 'Electron', path)];
    return [
      line(
        'electron',
        'warning',
        'Electron',
        'not installed: no desktop app, but `gatehouse serve` works',
        'Run `npx install-electron` on a network that can reach the download.',
      ),
    ];
  },
  servers: async ({ findServers }) => serversLines(await findServers()),
  ports: portLines,
  localhost: localhostLines,
  proxy: async ({ environment }) => [proxyLine(environment)],
  folders: ({ paths }) => folderLines(paths),
  owner: async ({ paths }) => ownerLines(await findOwner(paths)),
  'put-aside': ({ paths }) => asideLines(paths),
  settings: async ({ settingsWarnings }) => {
    const warnings = settingsWarnings();
    if (warnings.length === 0) return [line('settings', 'ok', 'Settings', 'all settings were read')];
    return warnings.map(warning =>
      line('settings', 'warning', 'Settings', warning, 'Correct it with `gatehouse config set`.'),
    );
  },
  'stale-runs': async ({ staleRuns }) => {
    const stale = await staleRuns();
    if (stale.length === 0) return [line('stale-runs', 'ok', 'Left behind', 'nothing')];
    return [
      line(
        'stale-runs',
        'warning',
        'Left behind',
        `${stale.length} runs of a Gatehouse that was killed: ${stale.join(', ')}`,
        'Gatehouse ends and removes them when it next starts.',
      ),
    ];
  },
};

function ownerLines(owner: HomeOwner | null): readonly DoctorLine[] {
  if (owner === null) return [line('owner', 'ok', 'Owner', 'no Gatehouse holds this home now')];
  if (owner.where === 'alive') return [line('owner', 'ok', 'Owner', ownerText(owner))];
  const { message, nextStep } = homeInUse(owner, hostname());
  return [line('owner', 'problem', 'Owner', message, nextStep)];
}

function serversLines(found: readonly FoundServer[]): readonly DoctorLine[] {
  const working = found.filter(({ problem }) => problem === null);
  const first = working[0];
  const head =
    first === undefined
      ? line(
          'servers',
          'warning',
          'Servers',
          'none that can start',
          'Install JupyterLab: `gatehouse setup jupyter`.',
        )
      : line(
          'servers',
          'ok',
          'Servers',
          `${working.length} can start; first ${first.title} ${first.version ?? ''} in ${first.location}`,
        );
  const broken = found.flatMap(({ title, location, problem }) =>
    problem === null
      ? []
      : [
          line(
            'servers',
            'warning',
            'Servers',
            `${title} in ${location} cannot start: ${problem}`,
            'Repair or remove that environment; the others are not affected.',
          ),
        ],
  );
  return [head, ...broken];
}
