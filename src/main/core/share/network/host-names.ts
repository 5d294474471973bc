/** Under which names and addresses this computer can be reached by a guest. */
import { domainToASCII } from 'node:url';
import { isPrivateAddress, plainAddress, rangeContains } from './address-range.ts';

export interface HostNames {
  /** Lower case, ASCII (RFC 5890), without the last dot; sorted. */
  readonly names: readonly string[];
  /** In the form that `plainAddress` gives; sorted. */
  readonly addresses: readonly string[];
}

/** Where the share listener listens. */
export type ListenTarget =
  | { readonly kind: 'all' }
  | { readonly kind: 'interface'; readonly name: string }
  | { readonly kind: 'address'; readonly address: string };

/** What `os.networkInterfaces()` answers, as far as it is used. */
export type Interfaces = Readonly<Record<string, readonly { readonly address: string }[] | undefined>>;

/** More would only make the certificate long; a computer with hundreds of container bridges has them. */
const maxAddresses = 48;

const linkLocal = { address: 'fe80::', prefix: 10 };

/**
 * A host name as certificates hold it, or null for what is none: RFC 1123 labels, 253 characters, no
 * wildcard, no address.
 */
export function plainName(text: string): string | null {
  const bare = text.trim().replace(/\.$/, '');
  // `domainToASCII` reads a host as a URL does: it would cut `a/b` to `a` and unpack `%2e`.
  if (/[^\w.\u{80}-\u{10ffff}-]/u.test(bare)) return null;
  const name = domainToASCII(bare).toLowerCase();
  if (name === '' || name.length > 253 || plainAddress(name) !== null) return null;
  const labels = name.split('.');
  return labels.every(label => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label)) ? name : null;
}

export function hostNames(names: Iterable<string>, addresses: Iterable<string>): HostNames {
  const clean = <T>(values: Iterable<T>, plain: (value: T) => string | null): string[] => {
    const kept = [...values].map(plain).filter(value => value !== null);
    return [...new Set(kept)].sort();
  };
  return { names: clean(names, plainName), addresses: clean(addresses, plainAddress) };
}

/**
 * This computer's names: the host name, its first label under `.local` (multicast DNS, RFC 6762),
 * `localhost`, and what the owner added; and its addresses, as far as the listener is reached under them.
 * IPv6 link-local ones are left out: they need a zone, and browsers take none in a URL.
 */
export function machineNames(options: {
  readonly hostname: string;
  readonly interfaces: Interfaces;
  readonly place: ListenTarget;
  /** Names and addresses that the owner configured, such as that of a router in front. */
  readonly extra: readonly string[];
}): HostNames {
  const host = plainName(options.hostname);
  const first = host?.split('.')[0];
  const names = ['localhost', ...options.extra];
  if (host !== null) names.push(host);
  if (first !== undefined) names.push(`${first}.local`);
  const extra = options.extra.filter(entry => plainAddress(entry) !== null);
  const own = reachedAddresses(options.interfaces, options.place);
  return hostNames(names, ['127.0.0.1', '::1', ...extra, ...own]);
}

/** Every address under which a listener at this place can be reached. */
export function reachedAddresses(interfaces: Interfaces, place: ListenTarget): string[] {
  if (place.kind === 'address') return [place.address];
  const chosen = place.kind === 'all' ? Object.values(interfaces) : [interfaces[place.name]];
  const addresses = chosen.flatMap(list => list ?? []).map(entry => entry.address);
  const reachable = addresses.filter(address => !rangeContains(linkLocal, address));
  const isPublic = (address: string): number => (isPrivateAddress(address) ? 0 : 1);
  return reachable.sort((a, b) => isPublic(b) - isPublic(a)).slice(0, maxAddresses);
}

export function everyName(host: HostNames): readonly string[] {
  return [...host.names, ...host.addresses];
}

/**
 * Whether a name in a certificate, perhaps with a first label `*`, is this name (RFC 6125, 6.4.3: the star is
 * one whole label).
 */
export function matchesName(pattern: string, name: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === name;
  const dot = name.indexOf('.');
  return dot > 0 && name.slice(dot) === pattern.slice(1);
}
