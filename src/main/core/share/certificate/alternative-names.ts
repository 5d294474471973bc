import type { X509Certificate } from 'node:crypto';
import { plainAddress } from '../network/address-range.ts';
import { matchesName, type HostNames } from '../network/host-names.ts';

/**
 * What a certificate names in its SAN, wildcards as they are. Browsers look at nothing else (RFC 6125; CN is
 * not asked).
 */
export function alternativeNames(certificate: Pick<X509Certificate, 'subjectAltName'>): HostNames {
  const names = new Set<string>();
  const addresses = new Set<string>();
  // Node quotes a name that holds a comma or worse (CVE-2021-44532): no host name does, so all of it goes.
  const text = (certificate.subjectAltName ?? '').replaceAll(/"(?:[^"\\]|\\.)*"?/g, '"');
  for (const entry of text.split(', ')) {
    const address = plainAddress(after(entry, 'IP Address:'));
    if (address !== null) addresses.add(address);
    const name = after(entry, 'DNS:').toLowerCase();
    if (/^(\*\.)?[a-z0-9_.-]+$/.test(name)) names.add(name);
  }
  return { names: [...names], addresses: [...addresses] };
}

function after(entry: string, start: string): string {
  return entry.startsWith(start) ? entry.slice(start.length) : '';
}

/** Whether a guest who asked for this name or address finds it in the certificate. */
export function namesHost(host: HostNames, wanted: string): boolean {
  const address = plainAddress(wanted);
  if (address !== null) return host.addresses.includes(address);
  return host.names.some(pattern => matchesName(pattern, wanted.toLowerCase()));
}
