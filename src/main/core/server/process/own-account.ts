/**
 * Whether the other end of a connection within this computer belongs to the account that Gatehouse runs as.
 * What cannot be found out is no.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import type { OwnAccount } from '../../gateway-ports.ts';

/** Undefined where nothing tells. */
export function ownAccount(platform: NodeJS.Platform): OwnAccount | undefined {
  if (platform !== 'linux' && platform !== 'darwin') return undefined;
  return async ({ localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 }) => {
    const uid = process.getuid?.();
    if (uid === undefined) return false;
    const ends = {
      from: { address: remoteAddress, port: remotePort },
      to: { address: localAddress, port: localPort },
    };
    if (platform === 'linux') return (await uidOnLinux(ends)) === uid;
    return toldByLsof(await lsof(uid, remotePort), ends);
  };
}

interface End {
  readonly address: string;
  readonly port: number;
}

interface Ends {
  /** The account that connected. */
  readonly from: End;
  readonly to: End;
}

async function uidOnLinux(ends: Ends): Promise<number | null> {
  // What the kernel has accepted is in the table; a socket of IPv6 may speak IPv4.
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const uid = uidOf(await readFile(path, 'latin1').catch(() => ''), ends);
    if (uid !== null) return uid;
  }
  return null;
}

/**
 * Reads `/proc/net/tcp` or `/proc/net/tcp6` (proc(5)): whose the end is that has connected; null where there
 * is no such connection. Pure.
 */
export function uidOf(text: string, { from, to }: Ends): number | null {
  const [one, other] = [written(from), written(to)];
  if (one === null || other === null) return null;
  const row = new RegExp(
    `^ *\\d+: (?:${mapped})?${one} (?:${mapped})?${other} 01 \\S+ \\S+ \\S+ +(\\d+) `,
    'm',
  ).exec(text);
  return row?.[1] === undefined ? null : Number(row[1]);
}

const mapped = '0000000000000000FFFF0000';

/** Each word in the byte order of the machine. Of IPv6 only ::1 is ours. */
function written({ address, port }: End): string | null {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  if (address === '::1') return endianness() === 'LE' ? `00000000000000000000000001000000${end}` : null;
  const bytes = address.replace(/^::ffff:/, '').split('.');
  if (bytes.length !== 4) return null;
  const hex = bytes.map(byte => Number(byte).toString(16).toUpperCase().padStart(2, '0'));
  return (endianness() === 'LE' ? hex.toReversed() : hex).join('') + end;
}

function lsof(uid: number, port: number): Promise<string> {
  const argv = ['-nP', '-a', '-u', String(uid), `-iTCP:${port}`, '-sTCP:ESTABLISHED', '-Fn'];
  return new Promise(resolve => {
    execFile('lsof', argv, { timeout: 4000 }, (_error, stdout) => resolve(stdout));
  });
}

/** Reads `lsof -F n`, which lists the ends of one account: `n[::1]:5000->[::1]:6000`. Pure. */
export function toldByLsof(text: string, { from, to }: Ends): boolean {
  const end = ({ address, port }: End): string =>
    `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return text.split('\n').includes(`n${end(from)}->${end(to)}`);
}
