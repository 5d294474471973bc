/**
 * From where a share link can be opened. The attack is a wrong belief: the owner thinks of the room, and the
 * listener is open to more. So what is bound, what is told and what is warned of come from one place, and a
 * name that is not there any more is an error, never "all".
 */
import { GatehouseError } from '../../errors.ts';
import type { ShareAddress } from '../../../../shared/share-model.ts';
import { isPrivateAddress, plainAddress, rangeContains, type AddressRange } from './address-range.ts';
import { urlHost } from '../../url-host.ts';
import {
  matchesName,
  reachedAddresses,
  type HostNames,
  type Interfaces,
  type ListenTarget,
} from './host-names.ts';

/**
 * @param listen `all`, `interface:NAME` or an address. Refuses what is not of this computer with
 *   `address-gone`.
 */
export function listenTargetOf(listen: string, interfaces: Interfaces): ListenTarget {
  if (listen === 'all') return { kind: 'all' };
  const name = /^interface:(.+)$/.exec(listen)?.[1];
  if (name !== undefined) {
    if (interfaces[name] === undefined) throw gone(`There is no network interface "${name}" now`);
    return { kind: 'interface', name };
  }
  const address = plainAddress(listen);
  if (address === null) throw gone(`"${listen}" is no address`);
  const here = Object.values(interfaces).flatMap(entries => entries ?? []);
  if (!here.some(entry => plainAddress(entry.address) === address)) {
    throw gone(`${address} is no address of this computer now`);
  }
  return { kind: 'address', address };
}

function gone(what: string): GatehouseError {
  return new GatehouseError('address-gone', `${what}, so nothing can be shared there.`, {
    kind: 'usage',
    nextStep: 'Choose another network: "all", an address of this computer, or interface:NAME.',
  });
}

/** What to bind. */
export function bindAddresses(place: ListenTarget, interfaces: Interfaces): readonly string[] {
  if (place.kind !== 'all') return reachedAddresses(interfaces, place);
  const all = Object.values(interfaces).flatMap(entries => entries ?? []);
  return all.some(entry => entry.address.includes(':')) ? ['0.0.0.0', '::'] : ['0.0.0.0'];
}

const loopback: readonly AddressRange[] = [
  { address: '127.0.0.0', prefix: 8 },
  { address: '::1', prefix: 128 },
];

function isLoopback(address: string): boolean {
  return loopback.some(range => rangeContains(range, address));
}

export interface NetworkExposure {
  readonly reach: 'loopback' | 'private' | 'public';
  readonly network: 'trusted' | 'unknown';
  /** One sentence. */
  readonly words: string;
}

/** @param trusted networks that the owner or the administrator trusts, `192.168.1.0/24` */
export function exposureOf(
  place: ListenTarget,
  interfaces: Interfaces,
  trusted: readonly string[],
): NetworkExposure {
  const outside = reachedAddresses(interfaces, place).filter(address => !isLoopback(address));
  if (outside.length === 0) {
    const words = 'The link can be opened on this computer only.';
    return { reach: 'loopback', network: 'trusted', words };
  }
  const ranges = trusted.map(rangeOf).filter(range => range !== null);
  const isTrusted = outside.every(address => ranges.some(range => rangeContains(range, address)));
  const isPublic = outside.some(address => !isPrivateAddress(address));
  const where =
    place.kind === 'all'
      ? 'from every network that this computer is in'
      : place.kind === 'interface'
        ? `from the network of ${place.name}`
        : `at ${place.address}`;
  return {
    reach: isPublic ? 'public' : 'private',
    network: isTrusted ? 'trusted' : 'unknown',
    words: `The link can be opened ${where}.`,
  };
}

function rangeOf(text: string): AddressRange | null {
  const [base = '', prefix = ''] = text.split('/');
  const address = plainAddress(base);
  return address === null ? null : { address, prefix: Number(prefix) };
}

/** Bridges of containers and virtual machines: real addresses, which no guest can reach. */
const virtual = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|cni|flannel)/;

export interface OriginFacts {
  readonly place: ListenTarget;
  readonly interfaces: Interfaces;
  /** What the certificate names; a guest's browser takes nothing else. */
  readonly certificate: HostNames;
  readonly trustedByAll: boolean;
  /** This computer's names, and those that the owner added. */
  readonly names: readonly string[];
  readonly port: number;
}

/** The addresses that may be given to a guest, the best first; only those that the certificate names. */
export function shareOrigins(facts: OriginFacts): readonly ShareAddress[] {
  const { place, interfaces, certificate, port } = facts;
  const reached = new Set(reachedAddresses(interfaces, place));
  const outside = [...reached].some(address => !isLoopback(address));
  const of = (host: string, where: string): ShareAddress => ({
    origin: new URL(`https://${urlHost(host)}:${port}`).origin,
    where,
  });
  const named = facts.names.filter(
    name => name !== 'localhost' && certificate.names.some(pattern => matchesName(pattern, name)),
  );
  const byName = outside
    ? named.map(name =>
        of(name, name.endsWith('.local') ? 'by name, where the network knows .local names' : 'by name'),
      )
    : [];
  const numbers = (wanted: (name: string, address: string) => boolean, where: string): ShareAddress[] =>
    Object.entries(interfaces).flatMap(([name, entries]) =>
      (entries ?? [])
        .map(entry => plainAddress(entry.address))
        .filter(
          address => address !== null && reached.has(address) && certificate.addresses.includes(address),
        )
        .filter(address => address !== null && wanted(name, address))
        .map(address => of(address ?? '', where)),
    );
  const real = (name: string, address: string): boolean => !isLoopback(address) && !virtual.test(name);
  const byNumber = [
    ...numbers((name, address) => real(name, address) && !address.includes(':'), 'in this network'),
    ...numbers((name, address) => real(name, address) && address.includes(':'), 'in this network, by IPv6'),
    ...numbers(
      (name, address) => !isLoopback(address) && virtual.test(name),
      'virtual machines and containers',
    ),
  ];
  const here = numbers((_name, address) => isLoopback(address), 'this computer only');
  return facts.trustedByAll ? [...byName, ...byNumber, ...here] : [...byNumber, ...byName, ...here];
}

/** What may be chosen for `listen`. */
export function listenChoices(
  interfaces: Interfaces,
): readonly { readonly listen: string; readonly words: string }[] {
  const own = Object.entries(interfaces).flatMap(([name, entries]) => {
    const addresses = (entries ?? [])
      .map(entry => plainAddress(entry.address))
      .filter(address => address !== null && !isLoopback(address) && !address.startsWith('fe80:'));
    return addresses.length === 0
      ? []
      : [{ listen: `interface:${name}`, words: `The network of ${name} (${addresses.join(', ')})` }];
  });
  return [
    { listen: 'all', words: 'Every network that this computer is in' },
    ...own,
    { listen: '127.0.0.1', words: 'This computer only' },
  ];
}
