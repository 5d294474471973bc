/**
 * The attack: the gateway asks for a credential, and the server behind it asks nobody (CVE-2026-39987) or
 * listens where everybody can reach it. Then the gateway guards one door of a house without walls. So a
 * server that has started is asked, as a stranger would ask, what it answers.
 */
import { request, type IncomingMessage } from 'node:http';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { dialLoopback } from '../loopback.ts';
import type { LaunchPlan, PreflightQuestions, PreflightReport } from '../ports.ts';
import { networkPorts } from './process/port-listeners.ts';

/** Milliseconds that one question may take. */
const askMs = 1500;

/**
 * Never throws; what cannot be asked counts as not answered.
 * @param pids the processes of the run @param signal ends it
 */
export async function preflight(
  plan: Pick<LaunchPlan, 'upstream' | 'landing' | 'preflight'>,
  pids: readonly number[],
  signal: AbortSignal,
): Promise<PreflightReport> {
  const { address, host: named, branches = [], forRole } = plan.upstream;
  const further = [...branches, ...Object.values(forRole ?? {})].map(each => each.address);
  const addresses = [address, ...further];
  const ports = addresses.flatMap(each => (each.kind === 'port' ? [each.port] : []));
  const beyond = await networkPorts(pids, ports, process.platform).catch(() => []);
  const questions = plan.preflight ?? { paths: [plan.landing], sockets: [] };
  if (beyond.length > 0) {
    const outside = outsideAddresses(networkInterfaces());
    const open = await Promise.all(
      outside.flatMap(host => beyond.map(port => whatIsOpen({ host, port, named }, questions, signal))),
    );
    return { reach: 'network', networkPorts: beyond, open: [...new Set(open.flat())] };
  }
  if (ports.length === 0) return { reach: 'private', networkPorts: [], open: [] };
  const open = await Promise.all(
    ports.map(port => whatIsOpen({ host: here, port, named }, questions, signal)),
  );
  return { reach: 'computer', networkPorts: [], open: [...new Set(open.flat())] };
}

/** As the end of a sentence, for as long as the server runs; null where there is nothing to know. */
export function preflightCaveat({ reach, networkPorts, open }: PreflightReport): string | null {
  if (reach === 'network') {
    const where = `it listens on the network (port ${networkPorts.join(', ')})`;
    return open.length === 0
      ? `${where}, where other computers can reach it directly; it asks them for a credential of its own.`
      : `${where}, where it answers other computers without a credential (${open.join(', ')}).`;
  }
  return reach === 'computer' && open.length > 0
    ? 'other accounts of this computer can reach its port directly.'
    : null;
}

/** One line for the server's log. */
export function preflightWords(report: PreflightReport): string {
  const found = {
    private: 'it listens only on a private socket',
    computer: 'it listens only on this computer',
    network: `it listens on the network, on port ${report.networkPorts.join(', ')}`,
  }[report.reach];
  const answers =
    report.open.length === 0
      ? 'answers no one without a credential'
      : `answers anybody ${report.open.join(', ')}`;
  return `Seen from outside the gateway: ${found}, and ${report.reach === 'private' ? 'nobody else can reach it' : answers}.`;
}

/** Why it must not be shared, as the end of a sentence; null when it may be. */
export function openBeside(report: PreflightReport | null): string | null {
  if (report?.reach !== 'network' || report.open.length === 0) return null;
  return `anyone who reaches port ${report.networkPorts.join(', ')} of this computer gets ${report.open.join(', ')} without a link`;
}

/** Every address of this computer that others use: it may listen on one of them alone, or on IPv6 alone. */
function outsideAddresses(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): readonly string[] {
  const all = Object.entries(interfaces).flatMap(([name, each = []]) =>
    each
      .filter(({ internal }) => !internal)
      // One of the link has to be asked with its interface.
      .map(({ address, scopeid = 0 }) => (scopeid === 0 ? address : `${address}%${name}`)),
  );
  return all.length === 0 ? [here] : all;
}

/** As the gateway dials it. */
const here = 'loopback';

interface Place {
  /** An address, or `here`. */
  readonly host: string;
  readonly port: number;
  /** What is said to be its name (`Host`): the one that it answers, no matter who asks. */
  readonly named: string;
}

async function whatIsOpen(
  context: Place,
  { paths, sockets }: PreflightQuestions,
  signal: AbortSignal,
): Promise<string[]> {
  const asked = [
    ...paths.map(async path => ((await answersTo(context, path, false, signal)) ? [path] : [])),
    ...sockets.map(async path =>
      (await answersTo(context, path, true, signal)) ? [`WebSocket ${path}`] : [],
    ),
  ];
  return (await Promise.all(asked)).flat();
}

/** RFC 6455, 4.1; any 16 bytes do. */
const upgradeHeaders = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': Buffer.from('gatehouse asks..').toString('base64'),
};

/** A stranger is sent there to sign in, and is not served. */
const toSignIn = /log-?in|log-?on|sign-?in|auth|sso|[?&](?:next|redirect[\w-]*|return[\w-]*)=/i;
const maxHops = 3;

/**
 * Whether a stranger is served: 2xx, or 101 where a WebSocket was asked for. Where a first page only leads to
 * another one, that one counts.
 */
function answersTo(
  context: Place,
  path: string,
  upgrade: boolean,
  signal: AbortSignal,
  hops = 0,
): Promise<boolean> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
  return new Promise(resolve => {
    const { host, port, named } = context;
    const headers = { Host: named, ...(upgrade ? upgradeHeaders : { Accept: '*/*' }) };
    const dialled = host === here ? dialLoopback : { host };
    const asked = request({ ...dialled, port, path, agent: false, signal: bounded, headers }, response => {
      response.destroy();
      const status = response.statusCode ?? 0;
      const next = upgrade || hops === maxHops ? null : leadsTo(named, path, response);
      if (next === null) resolve(!upgrade && status >= 200 && status < 300);
      else resolve(answersTo(context, next, false, signal, hops + 1));
    });
    asked.on('upgrade', (_response, socket) => {
      socket.on('error', () => {});
      socket.destroy();
      resolve(true);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

/**
 * Path of the same server to which an answer leads without asking for a credential; null where it does not.
 */
function leadsTo(named: string, path: string, { statusCode, headers }: IncomingMessage): string | null {
  const { location } = headers;
  if (location === undefined || ![301, 302, 303, 307, 308].includes(statusCode ?? 0)) return null;
  const here = URL.parse(`http://${named}${path}`);
  const there = here === null ? null : URL.parse(location, here);
  if (here === null || there?.origin !== here.origin) return null;
  const next = there.pathname + there.search;
  return toSignIn.test(next) ? null : next;
}
