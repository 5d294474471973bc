import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';

/** Something that listens on a TCP port. */
export interface Listener {
  /** `loopback`: this computer only. `specific`: one address of the network. `any`: all of them. */
  readonly reach: 'loopback' | 'specific' | 'any';
  /** Whether a connection to 127.0.0.1 can end here. */
  readonly takesLoopback: boolean;
  /** How precisely it is bound; the most precise one gets the connection. */
  readonly precision: number;
  /** Linux: inode of the socket. */
  readonly inode: string | null;
  /** Elsewhere: its process. */
  readonly pid: number | null;
}

const listening = '0A';

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
 * Reads `/proc/net/tcp` or `/proc/net/tcp6`: the end at a port of 127.0.0.1 of the established connection that comes from another port of it, made or about to be; null where there is none.
 * Pure.
 */
export function findConnection(text: string, port: number, fromPort: number): Peer | null {
  const four = (each: number): string => `0100007F:${each.toString(16).toUpperCase().padStart(4, '0')}`;
  const ends = `${four(port)} (?:0000000000000000FFFF0000)?${four(fromPort)}`;
  const row = new RegExp(`^ *\\d+: (?:0000000000000000FFFF0000)?${ends} 0[13] (.*)$`, 'm').exec(text)?.[1];
  if (row === undefined) return null;
  const [, , , uid, , inode] = row.trim().split(/\s+/);
  return uid === undefined || inode === undefined ? null : { inode, uid: Number(uid) };
}

/** Addresses are hexadecimal, each 32-bit word in the byte order of the machine (little endian on all that we run on). */
function placeOf(address: string): Pick<Listener, 'reach' | 'takesLoopback' | 'precision'> {
  const mapped = /^0000000000000000FFFF0000([0-9A-F]{8})$/.exec(address)?.[1];
  const four = mapped ?? (address.length === 8 ? address : null);
  const precision = four === null ? 0 : 1;
  if (four === '0100007F') return { reach: 'loopback', takesLoopback: true, precision: precision + 2 };
  if (four === '00000000') return { reach: 'any', takesLoopback: true, precision };
  if (four !== null)
    return { reach: four.endsWith('7F') ? 'loopback' : 'specific', takesLoopback: false, precision };
  if (/^0+$/.test(address)) return { reach: 'any', takesLoopback: true, precision };
  return {
    reach: /^0{24}01000000$/.test(address) ? 'loopback' : 'specific',
    takesLoopback: false,
    precision,
  };
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

function namedPlace(address: string): Pick<Listener, 'reach' | 'takesLoopback' | 'precision'> {
  if (address === '127.0.0.1') return { reach: 'loopback', takesLoopback: true, precision: 3 };
  if (address === '*' || address === '0.0.0.0' || address === '[::]') {
    return { reach: 'any', takesLoopback: true, precision: address === '0.0.0.0' ? 1 : 0 };
  }
  return {
    reach: address === '[::1]' || address.startsWith('127.') ? 'loopback' : 'specific',
    takesLoopback: false,
    precision: 2,
  };
}

/** Who listens on a port of this computer. */
export async function listenersOn(port: number, platform: NodeJS.Platform): Promise<Listener[]> {
  if (platform === 'linux') {
    const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(path => readFile(path, 'latin1').catch(() => ''));
    return (await Promise.all(tables)).flatMap(text => parseProcNet(text, port));
  }
  if (platform === 'win32') return parseNetstat(await output('netstat', ['-ano', '-p', 'TCP']), port);
  return parseLsof(await output('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpn']));
}

/** Every port on which one of these processes listens beyond loopback. Linux tells of all ports; elsewhere only the given ones are looked at. */
export async function networkPorts(
  pids: readonly number[],
  ports: readonly number[],
  platform: NodeJS.Platform,
): Promise<number[]> {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(path => readFile(path, 'latin1').catch(() => ''));
  const all =
    platform === 'linux'
      ? (await Promise.all(tables)).flatMap(parseAllProcNet)
      : await Promise.all(
          ports.map(port => listenersOn(port, platform).then(each => named(port, each))),
        ).then(each => each.flat());
  const beyond = all.filter(({ listener }) => listener.reach !== 'loopback');
  const ours: number[] = [];
  for (const { port, listener } of beyond) if (await holds(pids, listener)) ours.push(port);
  return [...new Set(ours)].sort((one, other) => one - other);
}

function named(port: number, listeners: readonly Listener[]): PortListener[] {
  return listeners.map(listener => ({ port, listener }));
}

/** Those that a connection to 127.0.0.1 reaches: the most precisely bound ones. */
export function reached(listeners: readonly Listener[]): readonly Listener[] {
  const candidates = listeners.filter(listener => listener.takesLoopback);
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
