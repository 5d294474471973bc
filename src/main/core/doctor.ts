import { lookup } from 'node:dns/promises';
import { stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { DoctorLine, FoundServer } from '../../shared/model.ts';
import type { Environment, Paths } from './paths.ts';
import type { Vault } from './ports.ts';

export interface DoctorParts {
  readonly paths: Paths;
  readonly environment: Environment;
  readonly vault: Pick<Vault, 'store' | 'sentence'>;
  /** Version of the Node that runs the core. */
  readonly node: string;
  /** Path of the Electron binary, if there is one. */
  readonly findElectron: () => Promise<string | null>;
  readonly findServers: () => Promise<readonly FoundServer[]>;
  /** Sentences about settings that are not in force as written. */
  readonly settingsWarnings: () => readonly string[];
  /** Runs that a dead core left behind. */
  readonly staleRuns: () => Promise<readonly string[]>;
}

type Check = (parts: DoctorParts) => Promise<readonly DoctorLine[]>;

/** Milliseconds that one check may take; then its line says so. */
const checkLimit = 25_000;

/** Looks at everything that Gatehouse depends on. Each line says what is and, where something is wrong, what to do. Throws nothing. */
export async function examine(parts: DoctorParts): Promise<readonly DoctorLine[]> {
  const lines = await Promise.all(Object.entries(checks).map(([id, check]) => bounded(id, check, parts)));
  return lines.flat();
}

async function bounded(id: string, check: Check, parts: DoctorParts): Promise<readonly DoctorLine[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly DoctorLine[]>(resolve => {
    timer = setTimeout(
      () => resolve([line(id, 'warning', id, 'this check took too long', 'Try again.')]),
      checkLimit,
    );
  });
  try {
    return await Promise.race([check(parts), late]);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [line(id, 'problem', id, detail, 'Look into the log.')];
  } finally {
    clearTimeout(timer);
  }
}

function line(
  id: string,
  level: DoctorLine['level'],
  title: string,
  detail: string,
  nextStep = '',
): DoctorLine {
  return { id, level, title, detail, nextStep };
}

const checks: Readonly<Record<string, Check>> = {
  secrets: async ({ vault }) => {
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
        good ? '' : 'Run Gatehouse with Node 24; `npm start` brings it.',
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
        'not there: no window, but `gatehouse serve` works',
        'Run `npx install-electron` where the download can be reached.',
      ),
    ];
  },
  servers: async ({ findServers }) => serversLines(await findServers()),
  ports: portLines,
  localhost: localhostLines,
  proxy: async ({ environment }) => [proxyLine(environment)],
  folders: folderLines,
  settings: async ({ settingsWarnings }) => {
    const warnings = settingsWarnings();
    if (warnings.length === 0) return [line('settings', 'ok', 'Settings', 'all read')];
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
        `${stale.length} runs of a Gatehouse that died: ${stale.join(', ')}`,
        'They are ended and removed at the next start of Gatehouse.',
      ),
    ];
  },
};

function serversLines(found: readonly FoundServer[]): readonly DoctorLine[] {
  const working = found.filter(({ problem }) => problem === null);
  const first = working[0];
  const head =
    first === undefined
      ? line('servers', 'warning', 'Servers', 'none that can start', 'Make one: `gatehouse setup jupyter`.')
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
            'Mend or remove that environment; the others are not affected.',
          ),
        ],
  );
  return [head, ...broken];
}

async function portLines(): Promise<readonly DoctorLine[]> {
  const four = await canListen('127.0.0.1');
  const six = await canListen('::1');
  if (four !== null)
    return [
      line(
        'ports',
        'problem',
        'Ports',
        `nothing can listen on 127.0.0.1 (${four})`,
        'Look at the firewall or the sandbox of this account.',
      ),
    ];
  const also = six === null ? ' and [::1]' : `; no IPv6 loopback (${six}), which is fine`;
  return [line('ports', 'ok', 'Ports', `free ports on 127.0.0.1${also}`)];
}

/** Null when it can, else the system's code. */
function canListen(host: string): Promise<string | null> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'));
    server.listen({ host, port: 0 }, () => server.close(() => resolve(null)));
  });
}

async function localhostLines(): Promise<readonly DoctorLine[]> {
  const name = 'gatehouse-check.localhost';
  const addresses = await lookup(name, { all: true }).catch(() => []);
  const foreign = addresses.filter(({ address }) => address !== '::1' && !address.startsWith('127.'));
  if (foreign.length > 0) {
    return [
      line(
        'localhost',
        'problem',
        '*.localhost',
        `leads to ${foreign.map(({ address }) => address).join(', ')}, which is not this computer`,
        'Ask who runs the DNS server to answer *.localhost as RFC 6761 says; do not sign in until then.',
      ),
    ];
  }
  if (addresses.length > 0) return [line('localhost', 'ok', '*.localhost', 'leads to this computer')];
  return [
    line(
      'localhost',
      'ok',
      '*.localhost',
      'not known to the system; browsers resolve it themselves, command-line tools use 127.0.0.1',
    ),
  ];
}

function proxyLine(environment: Environment): DoctorLine {
  const get = (name: string): string => environment[name] ?? environment[name.toUpperCase()] ?? '';
  if (get('http_proxy') === '' && get('https_proxy') === '' && get('all_proxy') === '')
    return line('proxy', 'ok', 'Proxy', 'none set');
  const exceptions = get('no_proxy')
    .split(',')
    .map(each => each.trim());
  if (exceptions.includes('*') || exceptions.some(each => each === 'localhost' || each === '.localhost')) {
    return line('proxy', 'ok', 'Proxy', 'set, and not used for this computer');
  }
  return line(
    'proxy',
    'warning',
    'Proxy',
    'set, and NO_PROXY does not name localhost: tools may send local requests to the proxy',
    'Add `localhost,.localhost,127.0.0.1,::1` to NO_PROXY. Gatehouse itself never uses a proxy for local addresses.',
  );
}

async function folderLines({ paths }: DoctorParts): Promise<readonly DoctorLine[]> {
  const folders = [
    ...new Set([paths.config, paths.data, paths.state, paths.logs, paths.cache, paths.runtime]),
  ];
  const lines = await Promise.all(folders.map(folder => folderLine(folder, paths.uid)));
  const wrong = lines.filter(each => each !== null);
  return [
    ...(wrong.length > 0 ? wrong : [line('folders', 'ok', 'Folders', `private, under ${paths.home}`)]),
    await diskLine(paths.state),
  ];
}

async function folderLine(folder: string, uid: number | null): Promise<DoctorLine | null> {
  const facts = await stat(folder).catch(() => null);
  if (facts === null) return null;
  if (uid !== null && facts.uid !== uid)
    return line(
      'folders',
      'problem',
      'Folders',
      `${folder} belongs to user ${facts.uid}`,
      'Give it back to your account, or set GATEHOUSE_HOME.',
    );
  if (uid !== null && (facts.mode & 0o077) !== 0)
    return line('folders', 'problem', 'Folders', `${folder} is open to other users`, `chmod 700 "${folder}"`);
  return null;
}

async function diskLine(folder: string): Promise<DoctorLine> {
  const facts = await statfs(folder).catch(() => null);
  if (facts === null) return line('disk', 'ok', 'Disk', 'not known');
  const megabytes = Math.floor((facts.bavail * facts.bsize) / 1e6);
  if (megabytes < 200)
    return line(
      'disk',
      'warning',
      'Disk',
      `${megabytes} MB free in ${folder}`,
      'Make room: logs and settings may not be written.',
    );
  return line('disk', 'ok', 'Disk', `${Math.floor(megabytes / 1000)} GB free`);
}
