/**
 * The short-lived certificate that the share listener shows, signed by the local authority for this
 * computer's names.
 */
import { X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { Secret } from '../../secret.ts';
import { asWritten, clockSlackMs, type Authority } from './authority.ts';
import { coveredNames } from './name-constraints.ts';
import { keyFits, keyFromDer } from './key-match.ts';
import { everyName, hostNames, type HostNames } from '../network/host-names.ts';

export interface Leaf {
  readonly certificate: X509Certificate;
  /** PKCS#8, DER. */
  readonly key: Secret<Buffer>;
  /** What it names: of this computer's names those that the authority may speak for. */
  readonly host: HostNames;
}

const dayMs = 86_400_000;

/** From its start, which lies a day back, to its end. */
export const leafDays = 30;

/**
 * @param title common name of its subject; the name that people know the computer by when absent. Everybody
 *   who connects may read it.
 */
export async function issueLeaf(
  authority: Authority,
  host: HostNames,
  now: number,
  title?: string,
): Promise<Leaf> {
  const { writeLeaf } = await import('./certificate-writer.ts');
  const covered = coveredNames(authority.constraints, host);
  const { validFromDate, validToDate } = authority.certificate;
  const from = Math.max(now - clockSlackMs, validFromDate.getTime());
  const to = Math.min(from + leafDays * dayMs, validToDate.getTime());
  const written = await writeLeaf({
    authority: asWritten(authority),
    commonName: title ?? commonName(covered),
    host: covered,
    period: { from, to },
  });
  return { certificate: new X509Certificate(written.certificate), key: written.key, host: covered };
}

/**
 * The name that people know the computer by. Nothing is decided by it since RFC 6125; the alternative names
 * hold every name.
 */
function commonName(host: HostNames): string {
  const fitting = host.names.filter(name => name.length <= 64 && name !== 'localhost');
  const best = fitting.find(name => !name.endsWith('.local')) ?? fitting[0];
  return best ?? host.addresses[0] ?? 'localhost';
}

export type LeafDue = 'names-changed' | 'ends-soon' | 'not-yet-valid' | 'other-authority';

/**
 * Why a new one has to be issued now; null when this one is still right. A third of its life is left for a
 * computer that sleeps.
 */
export function leafDue(leaf: Leaf, authority: Authority, host: HostNames, now: number): LeafDue | null {
  if (!leaf.certificate.verify(authority.certificate.publicKey)) return 'other-authority';
  const from = leaf.certificate.validFromDate.getTime();
  const to = leaf.certificate.validToDate.getTime();
  if (now < from) return 'not-yet-valid';
  const last = to >= authority.certificate.validToDate.getTime();
  // The authority's end bounds the last one: a new one would end at the same moment.
  if (now >= (last ? to : to - (to - from) / 3)) return 'ends-soon';
  // A name that has gone stays until the next one: a network that comes and goes must not make guests accept
  // one after the other.
  const known = new Set(everyName(leaf.host));
  const wanted = everyName(coveredNames(authority.constraints, host));
  return wanted.every(name => known.has(name)) ? null : 'names-changed';
}

const keptShape = z.object({
  key: z.base64(),
  certificate: z.base64(),
  names: z.array(z.string()),
  addresses: z.array(z.string()),
});

export function packLeaf(leaf: Leaf): Secret<string> {
  const kept: z.infer<typeof keptShape> = {
    key: leaf.key.reveal().toString('base64'),
    certificate: leaf.certificate.raw.toString('base64'),
    names: [...leaf.host.names],
    addresses: [...leaf.host.addresses],
  };
  return new Secret(JSON.stringify(kept));
}

/** Null when it cannot be read: another one is issued, nobody has to be asked. */
export function unpackLeaf(packed: Secret<string>): Leaf | null {
  try {
    const kept = keptShape.parse(JSON.parse(packed.reveal()));
    const certificate = new X509Certificate(Buffer.from(kept.certificate, 'base64'));
    const key = Buffer.from(kept.key, 'base64');
    if (!keyFits(certificate, keyFromDer(key))) return null;
    return { certificate, key: new Secret(key), host: hostNames(kept.names, kept.addresses) };
  } catch {
    return null;
  }
}
