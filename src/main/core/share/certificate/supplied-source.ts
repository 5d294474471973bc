/**
 * Follows the files of a supplied certificate. They are looked at by `stat` rather than by a watch of the
 * system: that sees a rename, a link turned elsewhere (certbot) or a folder swapped (containers), and works
 * on network disks. What has changed is read once it has been the same at two looks: key and certificate are
 * replaced one after the other.
 */
import { stat } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { systemCode } from '../../files.ts';
import type {
  CertificateChange,
  CertificateFinding,
  CertificateSource,
  ShareCertificate,
} from './certificate.ts';
import { dateFindings } from './supplied-checks.ts';
import { asError, readSupplied, type SuppliedOptions } from './supplied.ts';

/** What is told of one in use whatever was found when it was read. */
const ofDates: ReadonlySet<string> = new Set(['certificate-ends-soon']);

export function suppliedSource(options: SuppliedOptions): CertificateSource {
  const paths = [options.files.certificate, options.files.key ?? options.files.certificate];
  /** As the files were when they were read. */
  let read = '';
  /** As they were at the last look. */
  let seen = '';
  let refusal: unknown = null;

  /** Nobody sits before the computer when files change in the night: only what is kept opens a new key. */
  const unasked: SuppliedOptions = {
    ...options,
    passphrases: { ...options.passphrases, ask: () => Promise.resolve(null) },
  };

  async function load(current: ShareCertificate | null, now: number): Promise<CertificateChange | null> {
    const { certificate, findings } = await readSupplied(current === null ? options : unasked, now);
    if (certificate === null) throw asError(findings);
    if (current !== null && certificate.chain === current.chain) return null;
    const reason =
      current === null ? 'The supplied certificate is used.' : 'The certificate files have changed.';
    return { certificate, reason };
  }

  return {
    async refresh(current, now) {
      const state = await stateOf(paths);
      const steady = state === seen || current === null;
      seen = state;
      if (!steady) return null;
      if (state === read && !isOfTime(refusal)) {
        if (refusal !== null) throw refusal;
        return null;
      }
      try {
        const change = await load(current, now);
        // Replaced while it was read: what was read may be half of each.
        if (current !== null && (await stateOf(paths)) !== state) return null;
        read = state;
        refusal = null;
        return change;
      } catch (error) {
        read = state;
        refusal = error;
        throw error;
      }
    },
    findings: (current, now) => [
      ...current.findings.filter(finding => !ofDates.has(finding.code)),
      ...dateFindings(options.files.certificate, [new X509Certificate(current.chain)], now).map(asWarning),
    ],
  };
}

/** It is in use, whatever its date. */
function asWarning(finding: CertificateFinding): CertificateFinding {
  return { ...finding, weight: 'warn' };
}

/** One that is not valid yet becomes so without its file being touched. */
function isOfTime(refusal: unknown): boolean {
  return systemCode(refusal) === 'certificate-not-yet-valid';
}

async function stateOf(paths: readonly string[]): Promise<string> {
  const states = await Promise.all(
    paths.map(async path => {
      try {
        const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path);
        return [dev, ino, size, mtimeMs, ctimeMs].join();
      } catch (error) {
        return systemCode(error);
      }
    }),
  );
  return states.join(';');
}
