/** Blocks of internet addresses (RFC 4632, RFC 4291), as bytes, because certificates compare bytes. */
import { isIP, SocketAddress } from 'node:net';

export interface AddressRange {
  /** In the form that `plainAddress` gives. */
  readonly address: string;
  /** Leading bits that count: 0 to 32 for IPv4, 0 to 128 for IPv6. */
  readonly prefix: number;
}

/**
 * Addresses that no public web site can have: loopback, link-local, private (RFC 1918, RFC 4193) and the
 * carriers' shared block (RFC 6598), in which private overlay networks live.
 */
export const privateRanges: readonly AddressRange[] = [
  { address: '127.0.0.0', prefix: 8 },
  { address: '10.0.0.0', prefix: 8 },
  { address: '172.16.0.0', prefix: 12 },
  { address: '192.168.0.0', prefix: 16 },
  { address: '169.254.0.0', prefix: 16 },
  { address: '100.64.0.0', prefix: 10 },
  { address: '::1', prefix: 128 },
  { address: 'fc00::', prefix: 7 },
  { address: 'fe80::', prefix: 10 },
];

/** The one spelling of an address: no zone, no brackets, IPv6 as in RFC 5952. Null for what is no address. */
export function plainAddress(text: string): string | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return null;
  return new SocketAddress({ address: bare, family: family === 4 ? 'ipv4' : 'ipv6' }).address;
}

/** 4 or 16 bytes; null for what is no address. */
export function addressBytes(text: string): Uint8Array<ArrayBuffer> | null {
  const address = plainAddress(text);
  if (address === null) return null;
  if (isIP(address) === 4) return Uint8Array.from(address.split('.'), Number);
  // RFC 5952 lets the last 32 bits be written as IPv4.
  const groups = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, a, b, c, d) => {
    const pair = (high: string, low: string): string => (Number(high) * 256 + Number(low)).toString(16);
    return `${pair(String(a), String(b))}:${pair(String(c), String(d))}`;
  });
  const [head = '', tail] = groups.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const words = [...before, ...zeros, ...after].map(word => Number.parseInt(word, 16));
  return Uint8Array.from(words.flatMap(word => [word >> 8, word & 0xff]));
}

/** As many leading ones as the prefix says: 255.240.0.0 for 12 of 32. */
export function maskBytes(prefix: number, bits: 32 | 128): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: bits / 8 }, (_none, index) => {
    const ones = Math.min(8, Math.max(0, prefix - index * 8));
    return (0xff << (8 - ones)) & 0xff;
  });
}

/** Never true across the families: `::ffff:10.0.0.1` is not in 10.0.0.0/8, as certificates see it. */
export function rangeContains(range: AddressRange, address: string): boolean {
  const base = addressBytes(range.address);
  const bytes = addressBytes(address);
  if (base === null || bytes === null || base.length !== bytes.length) return false;
  const mask = maskBytes(range.prefix, base.length === 4 ? 32 : 128);
  return bytes.every((byte, index) => ((byte ^ (base[index] ?? 0)) & (mask[index] ?? 0xff)) === 0);
}

export function isPrivateAddress(address: string): boolean {
  return privateRanges.some(range => rangeContains(range, address));
}
