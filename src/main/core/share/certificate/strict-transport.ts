/**
 * Whether an answer may say "never speak to me without TLS, and let nobody click a warning away" (HSTS, RFC
 * 6797).
 *
 * Said on a certificate that the guest trusts, it stops a stranger on the network from stripping TLS. Said on
 * any other it does harm: it holds for the whole name, on every port, for other people's servers on this
 * computer too, and it takes away the guest's way past a warning on the day when the local authority is
 * replaced.
 */
import type { ShareCertificate } from './certificate.ts';
import { plainAddress } from '../network/address-range.ts';
import { matchesName, plainName } from '../network/host-names.ts';

export type StrictTransport =
  | { readonly send: true; readonly value: string }
  | {
      readonly send: false;
      readonly reason: 'no-tls' | 'local-authority' | 'not-trusted' | 'address' | 'other-name' | 'ends';
    };

/**
 * Never longer than the certificate lasts, and at most 180 days. Without `includeSubDomains`: those are not
 * ours.
 */
const maxSeconds = 180 * 86_400;

/** @param host the name in the guest's URL, without port; null where there was none */
export function strictTransport(
  certificate: Pick<ShareCertificate, 'kind' | 'trustedByAll' | 'host' | 'validTo'> | null,
  host: string | null,
  now: number,
): StrictTransport {
  if (certificate === null) return { send: false, reason: 'no-tls' };
  if (certificate.kind === 'local') return { send: false, reason: 'local-authority' };
  if (!certificate.trustedByAll) return { send: false, reason: 'not-trusted' };
  if (host === null) return { send: false, reason: 'other-name' };
  // RFC 6797, 8.1.1: a browser takes none from an address.
  if (plainAddress(host) !== null) return { send: false, reason: 'address' };
  const name = plainName(host);
  if (name === null || !certificate.host.names.some(pattern => matchesName(pattern, name)))
    return { send: false, reason: 'other-name' };
  const left = Math.floor((Date.parse(certificate.validTo) - now) / 1000);
  if (left <= 0) return { send: false, reason: 'ends' };
  return { send: true, value: `max-age=${Math.min(left, maxSeconds)}` };
}
