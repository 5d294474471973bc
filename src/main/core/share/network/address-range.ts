/** Blocks of internet addresses (RFC 4632, RFC 4291). */
import { isIP, SocketAddress } from 'node:net';
import ipaddr from 'ipaddr.js';

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

/**
 * The one spelling of an address: no zone, no brackets, IPv6 as in RFC 5952. Null for text that is no
 * address.
 */
export function plainAddress(text: string): string | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return null;
  return new SocketAddress({ address: bare, family: family === 4 ? 'ipv4' : 'ipv6' }).address;
}

/** 4 or 16 bytes; null for text that is no address. */
export function addressBytes(text: string): Uint8Array | null {
  const parsed = parse(text);
  return parsed === null ? null : Uint8Array.from(parsed.toByteArray());
}

/** The first address of the range with its prefix: `10.0.0.0/8`. Throws TypeError for a wrong address. */
export function networkOf({ address, prefix }: AddressRange): string {
  const parsed = parse(address);
  if (parsed === null) throw new TypeError(`Not an address: ${address}`);
  const { IPv4, IPv6 } = ipaddr;
  const first = (parsed.kind() === 'ipv4' ? IPv4 : IPv6).networkAddressFromCIDR(`${address}/${prefix}`);
  return `${first.toString()}/${prefix}`;
}

/** Never true across the families: `::ffff:10.0.0.1` is not in 10.0.0.0/8, as certificates see it. */
export function rangeContains(range: AddressRange, address: string): boolean {
  const base = parse(range.address);
  const parsed = parse(address);
  if (base === null || parsed === null || base.kind() !== parsed.kind()) return false;
  return parsed.match(base, range.prefix);
}

/** The library alone would also read `10.1` and `0x0a.0.0.1`, which other programs read in other ways. */
function parse(text: string): ReturnType<typeof ipaddr.parse> | null {
  const address = plainAddress(text);
  return address === null ? null : ipaddr.parse(address);
}

export function isPrivateAddress(address: string): boolean {
  return privateRanges.some(range => rangeContains(range, address));
}
