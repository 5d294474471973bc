/**
 * The certificate authority of this installation: what a guest installs once, so that the browser trusts this
 * computer's share links.
 *
 * Attack: whoever has its key can stand between the guests and anything that the authority may speak for. So
 * the key lives in the keeper of secrets and nowhere else, it may speak for very little
 * (`name-constraints.ts`), and it ends.
 */
import { X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { GatehouseError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { constraintsFor, type Constraints } from './name-constraints.ts';
import type { Written } from './certificate-writer.ts';
import type { HostNames } from '../network/host-names.ts';

export interface Authority {
  readonly certificate: X509Certificate;
  /** PKCS#8, DER. */
  readonly key: Secret<Buffer>;
  readonly constraints: Constraints;
}

const dayMs = 86_400_000;

/** Long enough that a class installs it once, short enough that a forgotten one ends. */
const authorityDays = 5 * 365;

/** From here on the owner is told, so that guests can be asked in time. */
const endingDays = 45;

/** How far guests' clocks may be behind ours: a day, which is also every mistaken time zone. */
export const clockSlackMs = dayMs;

/** Makes a new one: guests have to install it. */
export async function makeAuthority(host: HostNames, now: number): Promise<Authority> {
  const { writeAuthority } = await import('./certificate-writer.ts');
  const constraints = constraintsFor(host);
  const written = await writeAuthority({
    name: authorityName(host),
    constraints,
    period: { from: now - clockSlackMs, to: now + authorityDays * dayMs },
  });
  return { certificate: new X509Certificate(written.certificate), key: written.key, constraints };
}

/** What the guest's list of authorities shows. The end tells two of the same computer apart. */
function authorityName(host: HostNames): string {
  const first = host.names.find(name => name !== 'localhost')?.split('.')[0] ?? 'this computer';
  const tail = Buffer.from(crypto.getRandomValues(new Uint8Array(2)))
    .toString('hex')
    .toUpperCase();
  return `Gatehouse on ${first.slice(0, 40)} (${tail})`;
}

export type AuthorityState = 'valid' | 'ending' | 'expired' | 'not-yet-valid';

export function authorityState(authority: Authority, now: number): AuthorityState {
  const { validFromDate, validToDate } = authority.certificate;
  if (now < validFromDate.getTime()) return 'not-yet-valid';
  if (now >= validToDate.getTime()) return 'expired';
  return now >= validToDate.getTime() - endingDays * dayMs ? 'ending' : 'valid';
}

/** What the certificate page and `ca export` hand out. No secret. */
export interface AuthorityExport {
  /** SHA-256, `AB:CD:...`, to compare by telephone. */
  readonly fingerprint: string;
  readonly name: string;
  readonly validFrom: string;
  readonly validTo: string;
  /** For people and Linux: `application/x-pem-file`. */
  readonly pem: string;
  /** For Windows, Android, macOS and iOS: `application/x-x509-ca-cert`. */
  readonly der: Buffer;
}

export function exportAuthority({ certificate }: Authority): AuthorityExport {
  return {
    fingerprint: certificate.fingerprint256,
    name: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject,
    validFrom: certificate.validFromDate.toISOString(),
    validTo: certificate.validToDate.toISOString(),
    pem: certificate.toString(),
    der: certificate.raw,
  };
}

export function asWritten(authority: Authority): Written {
  return { certificate: authority.certificate.raw, key: authority.key };
}

const keptShape = z.object({
  key: z.base64(),
  certificate: z.base64(),
  names: z.array(z.string()),
  ranges: z.array(z.string().regex(/^[0-9a-f:.]+\/\d+$/)),
});

/**
 * One value, so that a certificate is never kept without its key. Below 2,500 bytes, which is what Windows'
 * store takes.
 */
export function packAuthority(authority: Authority): Secret<string> {
  const kept: z.infer<typeof keptShape> = {
    key: authority.key.reveal().toString('base64'),
    certificate: authority.certificate.raw.toString('base64'),
    names: [...authority.constraints.names],
    ranges: authority.constraints.ranges.map(range => `${range.address}/${range.prefix}`),
  };
  return new Secret(JSON.stringify(kept));
}

/** Refuses with `authority-damaged`. */
export function unpackAuthority(packed: Secret<string>): Authority {
  try {
    const kept = keptShape.parse(JSON.parse(packed.reveal()));
    const certificate = new X509Certificate(Buffer.from(kept.certificate, 'base64'));
    const ranges = kept.ranges.map(range => {
      const [address = '', prefix = ''] = range.split('/');
      return { address, prefix: Number(prefix) };
    });
    const key = new Secret(Buffer.from(kept.key, 'base64'));
    return { certificate, key, constraints: { names: kept.names, ranges } };
  } catch {
    // The cause is left out on purpose: a parser's message may quote what it could not read, and that is a
    // key.
    throw new GatehouseError('authority-damaged', 'The kept certificate authority cannot be read.', {
      nextStep: 'Make a new one; guests then install it once more.',
    });
  }
}
