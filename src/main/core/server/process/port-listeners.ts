import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';

/** Something that listens on a TCP port. */
export interface Listener {
  /** `loopback`: this computer only. `specific`: one address of the network. `any`: all of them. */
  readonly reach: 'loopback' | 'specific' | 'any';
  /** Whether a connection to 127.0.0.1 can end here. */
  readonly takesLoopback: boolean;
  /** The same for ::1. */
  readonly takesLoopback6: boolean;
  /** As a person writes it: `127.0.0.1`, `[::1]`, `*`. */
  readonly address: string;
  /** How precisely it is bound; the most precise one gets the connection. */
  readonly precision: number;
  /** Linux: inode of the socket. */
  readonly inode: string | null;
  /** Elsewhere: its process. */
  readonly pid: number | null;
}

const listening = '0A';
const loopback6 = '00000000000000000000000001000000';

/** Reads `/proc/net/tcp` or `/proc/net/tcp6` (proc(5)): who listens on a port. Pure. */
export function parseProcNet(text: string, port: number): Listener[] {
  return parseAllProcNet(text).flatMap(each => (each.port === port ? [each.listener] : []));
}

export interface PortListener {
  readonly port: number;
  readonly listener: Listener;
}

/** The same for every port. Pure. */
export function parseAllProcNet(text: string): PortListener[] {
  return text.split('\n').flatMap(line => {
    const fields = line.trim().split(/\s+/);
    const [address, portHex] = (fields[1] ?? '').split(':');
    if (address === undefined || fields[3] !== listening) return [];
    const listener = { ...placeOf(address.toUpperCase()), inode: fields[9] ?? null, pid: null };
    return [{ port: Number.parseInt(portHex ?? '', 16), listener }];
  });
}

/** The other end of a connection that this computer has with itself. */
export interface Peer {
  /** `0` until a process has accepted the connection. */
  readonly inode: string;
  readonly uid: number;
}

/**
 * Reads `/proc/net/tcp` or `/proc/net/tcp6`: the end at a port of 127.0.0.1 (or ::1) of the established
 * connection that comes from another port of it, made or about to be; null where there is none. Pure.
 */
export function findConnection(text: string, port: number, fromPort: number, six = false): Peer | null {
  const at = six ? loopback6 : '(?:0000000000000000FFFF0000)?0100007F';
  const end = (each: number): string => `${at}:${each.toString(16).toUpperCase().padStart(4, '0')}`;
  const row = new RegExp(`^ *\\d+: ${end(port)} ${end(fromPort)} 0[13] (.*)$`, 'm').exec(text)?.[1];
  if (row === undefined) return null;
  const [, , , uid, , inode] = row.trim().split(/\s+/);
  return uid === undefined || inode === undefined ? null : { inode, uid: Number(uid) };
}

type Place = Pick<Listener, 'reach' | 'takesLoopback' | 'takesLoopback6' | 'precision' | 'address'>;

/**
 * Addresses are hexadecimal, each 32-bit word in the byte order of the machine (little endian on all that we
 * run on).
 */
function placeOf(address: string): Place {
  const mapped = /^0000000000000000FFFF0000([0-9A-F]{8})$/.exec(address)?.[1];
  const four = mapped ?? (address.length === 8 ? address : null);
  const precision = four === null ? 0 : 1;
  const context = placeAt(four ?? address, precision);
  return { ...context, address: written(four ?? address) };
}

function placeAt(address: string, precision: number): Omit<Place, 'address'> {
  const at = { takesLoopback: false, takesLoopback6: false, precision };
  if (address === '0100007F') {
    return { ...at, reach: 'loopback', takesLoopback: true, precision: precision + 2 };
  }
  if (address === '00000000') return { ...at, reach: 'any', takesLoopback: true };
  if (address.length === 8) return { ...at, reach: address.endsWith('7F') ? 'loopback' : 'specific' };
  // It may be for IPv6 alone, which the table does not tell.
  if (/^0+$/.test(address)) return { ...at, reach: 'any', takesLoopback: true, takesLoopback6: true };
  return address === loopback6
    ? { ...at, reach: 'loopback', takesLoopback6: true, precision: precision + 2 }
    : { ...at, reach: 'specific' };
}

/** Only 127.0.0.0/8, ::1 and "all" are worth telling apart; another one is called as the table has it. */
function written(address: string): string {
  if (/^0+$/.test(address)) return '*';
  if (address === loopback6) return '[::1]';
  if (address.length !== 8) return 'an IPv6 address';
  return (address.match(/../g) ?? [])
    .map(byte => Number.parseInt(byte, 16))
    .toReversed()
    .join('.');
}

/** Reads `lsof -F pn`: a line `p<pid>`, then `n<address>:<port>` for each socket. Pure. */
export function parseLsof(text: string): Listener[] {
  let pid: number | null = null;
  const found: Listener[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    if (!line.startsWith('n')) continue;
    const address = line.slice(1, line.lastIndexOf(':'));
    found.push({ ...namedPlace(address), inode: null, pid });
  }
  return found;
}

/** Reads `netstat -ano -p TCP` of Windows. Pure. */
export function parseNetstat(text: string, port: number): Listener[] {
  return text.split(/\r?\n/).flatMap(line => {
    const match = /^\s*TCP\s+(\S+):(\d+)\s+\S+:0\s+\S+\s+(\d+)\s*$/i.exec(line);
    if (match?.[1] === undefined || Number(match[2]) !== port) return [];
    return [{ ...namedPlace(match[1]), inode: null, pid: Number(match[3]) }];
  });
}

function namedPlace(address: string): Place {
  const context = { address: address === '0.0.0.0' || address === '[::]' ? '*' : address, precision: 2 };
  if (address === '127.0.0.1') {
    return { ...context, reach: 'loopback', takesLoopback: true, takesLoopback6: false, precision: 3 };
  }
  if (address === '[::1]') {
    return { ...context, reach: 'loopback', takesLoopback: false, takesLoopback6: true };
  }
  if (address === '*' || address === '0.0.0.0' || address === '[::]') {
    const six = address !== '0.0.0.0';
    return { ...context, reach: 'any', takesLoopback: true, takesLoopback6: six, precision: six ? 0 : 1 };
  }
  const reach = address.startsWith('127.') ? 'loopback' : 'specific';
  return { ...context, reach, takesLoopback: false, takesLoopback6: false };
}

/** Who listens on a port of this computer. */
export async function listenersOn(port: number, platform: NodeJS.Platform): Promise<Listener[]> {
  if (platform === 'linux') {
    const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(path => readFile(path, 'latin1').catch(() => ''));
    return (await Promise.all(tables)).flatMap(text => parseProcNet(text, port));
  }
  if (platform === 'win32') {
    const tables = ['TCP', 'TCPv6'].map(protocol => output('netstat', ['-ano', '-p', protocol]));
    return (await Promise.all(tables)).flatMap(text => parseNetstat(text, port));
  }
  return parseLsof(await output('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpn']));
}

/**
 * Every port on which one of these processes listens beyond loopback. Linux tells of all ports; elsewhere
 * only the given ones are looked at.
 */
export async function networkPorts(
  pids: readonly number[],
  ports: readonly number[],
  platform: NodeJS.Platform,
): Promise<number[]> {
  const all =
    platform === 'linux'
      ? await allOnLinux()
      : await Promise.all(
          ports.map(port => listenersOn(port, platform).then(each => named(port, each))),
        ).then(each => each.flat());
  const beyond = all.filter(({ listener }) => listener.reach !== 'loopback');
  const ours: number[] = [];
  for (const { port, listener } of beyond) if (await holds(pids, listener)) ours.push(port);
  return [...new Set(ours)].sort((one, other) => one - other);
}

/** Where these processes listen, each as `[::1]:5173`. Windows is not asked. */
export async function placesOf(pids: readonly number[], platform: NodeJS.Platform): Promise<string[]> {
  const all = platform === 'linux' ? await allOnLinux() : platform === 'win32' ? [] : await allByLsof(pids);
  const ours: string[] = [];
  for (const { port, listener } of all) {
    if (await holds(pids, listener)) ours.push(`${listener.address}:${port}`);
  }
  return [...new Set(ours)].sort();
}

async function allOnLinux(): Promise<PortListener[]> {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(path => readFile(path, 'latin1').catch(() => ''));
  return (await Promise.all(tables)).flatMap(parseAllProcNet);
}

async function allByLsof(pids: readonly number[]): Promise<PortListener[]> {
  const text = await output('lsof', ['-nP', '-a', '-iTCP', '-sTCP:LISTEN', '-p', pids.join(), '-Fpn']);
  const ports = text.split('\n').flatMap(line => /^n.*:(\d+)$/.exec(line)?.[1] ?? []);
  return parseLsof(text).map((listener, index) => ({ port: Number(ports[index]), listener }));
}

function named(port: number, listeners: readonly Listener[]): PortListener[] {
  return listeners.map(listener => ({ port, listener }));
}

/** Those that a connection to 127.0.0.1 (or ::1) reaches: the most precisely bound ones. */
export function reached(listeners: readonly Listener[], six = false): readonly Listener[] {
  const candidates = listeners.filter(listener => (six ? listener.takesLoopback6 : listener.takesLoopback));
  const best = Math.max(...candidates.map(listener => listener.precision));
  return candidates.filter(listener => listener.precision === best);
}

/** Whether one of these processes holds the socket. */
export async function holds(pids: Iterable<number>, listener: Listener): Promise<boolean> {
  for (const pid of pids) {
    if (listener.pid === pid) return true;
    if (listener.inode === null) continue;
    const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = await Promise.all(names.map(name => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
    if (links.includes(`socket:[${listener.inode}]`)) return true;
  }
  return false;
}

function output(program: string, argv: readonly string[]): Promise<string> {
  return new Promise(resolve => {
    execFile(program, argv, { timeout: 4000, windowsHide: true }, (_error, stdout) => resolve(stdout));
  });
}
