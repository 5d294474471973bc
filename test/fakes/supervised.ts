import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  Address,
  LaunchPlan,
  Log,
  Redactor,
  RunContext,
  Supervised,
} from '../../src/main/core/ports.ts';
import type { SuperviseOptions } from '../../src/main/core/server/options.ts';
import { listProcesses } from '../../src/main/core/server/process/processes.ts';
import { supervise } from '../../src/main/core/server/supervisor.ts';
import type { LogLine } from '../../src/shared/model.ts';

export { until } from '../support/wait.ts';

export const badServer = fileURLToPath(new URL('bad-server.mjs', import.meta.url));

/** Remembers what was logged. */
export function notingLog(): Log & { readonly notes: string[] } {
  const notes: string[] = [];
  const note =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      notes.push(`${level} ${message} ${Object.values(fields).map(String).join(' ')}`);
    };
  return { notes, info: note('info'), warn: note('warn'), error: note('error') };
}

export function simpleRedactor(): Redactor & { readonly known: Set<string> } {
  const known = new Set<string>();
  return {
    known,
    learn: secret => known.add(secret.reveal()),
    forget: secret => known.delete(secret.reveal()),
    redact: text => [...known].reduce((clean, secret) => clean.replaceAll(secret, '***'), text),
  };
}

export function ask(address: Address, path: string, signal = AbortSignal.timeout(3000)): Promise<string> {
  const where =
    address.kind === 'port' ? { port: address.port, host: '127.0.0.1' } : { socketPath: address.path };
  return new Promise((resolve, reject) => {
    const asked = request({ ...where, path, agent: false, signal }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text)).on('error', reject);
    });
    asked.on('error', reject).end();
  });
}

export interface FakeOptions {
  readonly mode: string | ((attempt: number) => string);
  readonly port?: boolean;
  readonly readySeconds?: number;
  readonly shutdown?: boolean;
  readonly argv?: readonly string[];
}

/** The plan of a fake server, as a profile would make it. */
export function fakePlan({ mode, port = false, readySeconds = 20, shutdown = false, argv }: FakeOptions) {
  let attempt = 0;
  return async (place: RunContext): Promise<LaunchPlan> => {
    attempt += 1;
    const address: Address = port
      ? { kind: 'port', port: place.port }
      : { kind: 'socket', path: join(place.directory, 's') };
    const secretFile = join(place.directory, 'secret');
    writeFileSync(secretFile, place.secret.reveal(), { mode: 0o600 });
    const chosen = typeof mode === 'string' ? mode : mode(attempt);
    const where = address.kind === 'port' ? String(address.port) : address.path;
    return {
      argv: argv ?? [process.execPath, badServer, chosen, where, secretFile],
      environment: {},
      folder: place.folder,
      upstream: { address, host: 'localhost', headers: [], withheldCookies: [] },
      landing: '/lab',
      prove: signal =>
        ask(address, '/', signal).then(
          text =>
            text === place.secret.reveal()
              ? { kind: 'ours' as const }
              : { kind: 'foreign' as const, detail: 'it answers with a page of another program' },
          (error: unknown) => ({ kind: 'not-yet' as const, detail: String(error) }),
        ),
      askToStop: shutdown ? signal => ask(address, '/shutdown', signal).then(() => undefined) : null,
      busyKernels: () => Promise.resolve(2),
      readySeconds,
      advise: lines => (lines.some(line => line.includes('licence')) ? 'Buy a licence.' : null),
    };
  };
}

export interface Fixture {
  readonly root: string;
  readonly runRoot: string;
  readonly supervised: Supervised;
  readonly history: string[];
  readonly lines: LogLine[];
  readonly log: ReturnType<typeof notingLog>;
  readonly redactor: ReturnType<typeof simpleRedactor>;
  remove(): Promise<void>;
}

export function fixture(fake: FakeOptions, more: Partial<SuperviseOptions> = {}): Fixture {
  const root = mkdtempSync(join(tmpdir(), 'gh-'));
  const runRoot = join(root, 'run');
  const history: string[] = [];
  const lines: LogLine[] = [];
  const log = notingLog();
  const redactor = simpleRedactor();
  const supervised = supervise({
    serverId: 'fake',
    name: 'Fake',
    plan: fakePlan(fake),
    runRoot,
    logFile: join(root, 'logs', 'fake.log'),
    folder: root,
    user: 'tester',
    redactor,
    log,
    clock: Date.now,
    onChange: now => history.push(now.state),
    onLine: line => lines.push(line),
    ...more,
  });
  const remove = async (): Promise<void> => {
    await supervised.stop('The test is over.');
    rmSync(root, { recursive: true, force: true });
  };
  return { root, runRoot, supervised, history, lines, log, redactor, remove };
}

/** What the run is known by from outside: its record. */
export function markerOf({ runRoot }: Pick<Fixture, 'runRoot'>): string {
  const [record] = readdirSync(runRoot).filter(name => name.endsWith('.json'));
  const found: unknown = JSON.parse(readFileSync(join(runRoot, record ?? ''), 'utf8'));
  if (typeof found !== 'object' || found === null || !('marker' in found)) throw new Error('no marker');
  return String(found.marker);
}

export async function guardsOf({ runRoot }: Pick<Fixture, 'runRoot'>): Promise<number[]> {
  const rows = await listProcesses('none');
  return rows
    .filter(row => !row.zombie && commandOf(row.pid).includes(`guard.sh\0${runRoot}\0`))
    .map(row => row.pid);
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** A plan for tests that never perform it. */
export const somePlan: LaunchPlan = {
  argv: ['server'],
  environment: {},
  folder: '/',
  upstream: {
    address: { kind: 'socket', path: '/nowhere' },
    host: 'localhost',
    headers: [],
    withheldCookies: [],
  },
  landing: '/',
  prove: () => Promise.resolve({ kind: 'ours' }),
  askToStop: null,
  busyKernels: null,
  readySeconds: 1,
  advise: () => null,
};
