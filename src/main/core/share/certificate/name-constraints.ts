/**
 * Attack: somebody steals the key of the local authority that guests were asked to trust, and signs a
 * certificate for their bank. So the authority's own certificate says, critically (RFC 5280, 4.2.1.10), for
 * which names it may speak: this computer's, `.local`, and addresses that no public web site can have. Every
 * browser and TLS library refuses the rest.
 *
 * A permitted `name` also permits every `x.name`. A computer called `dev` would therefore hold a key to all
 * of the top-level domain `.dev`: a single label is permitted only where it can never become one, that is,
 * with a digit or a hyphen in it.
 */
import { isIP } from 'node:net';
import {
  isPrivateAddress,
  privateRanges,
  rangeContains,
  type AddressRange,
} from '../network/address-range.ts';
import { everyName, type HostNames } from '../network/host-names.ts';

export interface Constraints {
  readonly names: readonly string[];
  readonly ranges: readonly AddressRange[];
}

/** Reserved, so that nobody can own a web site under them: RFC 6761, RFC 6762, RFC 8375. */
const reservedNames: readonly string[] = ['localhost', 'local', 'home.arpa'];

/**
 * More names of one computer than this, or longer ones in all, do not fit into every keychain's entry; the
 * rest is told as not covered.
 */
const maxOwn = 12;
const maxOwnLetters = 400;

/** What an authority made now for this computer may speak for. */
export function constraintsFor(host: HostNames): Constraints {
  const fixed: Constraints = { names: reservedNames, ranges: privateRanges };
  const wanted = host.names.filter(name => !permits(fixed, name) && isOwnName(name)).slice(0, maxOwn);
  const own = wanted.filter((_name, index) => wanted.slice(0, index + 1).join('').length <= maxOwnLetters);
  // A public IPv6 address is mostly a temporary one (RFC 8981), and would be told to everybody who looks at
  // the certificate.
  const numbers = host.addresses.filter(address => isIP(address) === 4 && !isPrivateAddress(address));
  const exact = numbers.slice(0, maxOwn).map(address => ({ address, prefix: 32 }));
  return { names: [...reservedNames, ...own], ranges: [...privateRanges, ...exact] };
}

/**
 * False for a name that is, or may one day be, a top-level domain: those are letters only, or `xn--` (RFC
 * 6912).
 */
function isOwnName(name: string): boolean {
  return name.includes('.') || (/[\d-]/.test(name) && !name.startsWith('xn--'));
}

/** Whether a name or an address lies within; the same answer as a TLS library gives. */
export function permits(constraints: Constraints, name: string): boolean {
  if (isIP(name) !== 0) return constraints.ranges.some(range => rangeContains(range, name));
  return constraints.names.some(base => name === base || name.endsWith(`.${base}`));
}

export function coveredNames(constraints: Constraints, host: HostNames): HostNames {
  const within = (name: string): boolean => permits(constraints, name);
  return { names: host.names.filter(within), addresses: host.addresses.filter(within) };
}

export function uncoveredNames(constraints: Constraints, host: HostNames): readonly string[] {
  return everyName(host).filter(name => !permits(constraints, name));
}
