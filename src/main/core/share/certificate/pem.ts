/**
 * Takes apart what people call "a PEM file": certificates and keys in any order, with text, line ends and
 * byte marks of any system.
 */
import { Secret } from '../../secret.ts';

export interface PemKey {
  readonly text: Secret<string>;
  readonly encrypted: boolean;
}

export interface PemParts {
  /** Each with its own BEGIN and END line. */
  readonly certificates: readonly string[];
  readonly keys: readonly PemKey[];
  /** Labels of everything else: `CERTIFICATE REQUEST`. */
  readonly others: readonly string[];
}

const certificateLabels: ReadonlySet<string> = new Set(['CERTIFICATE', 'X509 CERTIFICATE']);

/** Linear in the text. A block without its end is left out. */
export function readPem(text: string): PemParts {
  const certificates: string[] = [];
  const keys: PemKey[] = [];
  const others: string[] = [];
  for (const { label, lines } of blocks(text)) {
    const whole = (name: string): string =>
      `-----BEGIN ${name}-----\n${lines.join('\n')}\n-----END ${name}-----\n`;
    if (certificateLabels.has(label)) certificates.push(whole('CERTIFICATE'));
    else if (label.endsWith('PRIVATE KEY')) {
      const encrypted =
        label.startsWith('ENCRYPTED') || lines.some(line => /^Proc-Type:.*ENCRYPTED/.test(line));
      keys.push({ text: new Secret(whole(label)), encrypted });
    } else others.push(label);
  }
  return { certificates, keys, others };
}

function* blocks(text: string): Generator<{ label: string; lines: readonly string[] }> {
  let label: string | null = null;
  let lines: string[] = [];
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.replace(/^\uFEFF/, '').trimEnd();
    const begin = /^-----BEGIN ([A-Z0-9 ]{1,40})-----$/.exec(line.trimStart())?.[1];
    if (begin !== undefined) {
      label = begin;
      lines = [];
    } else if (label !== null && line.trimStart() === `-----END ${label}-----`) {
      yield { label, lines };
      label = null;
    } else if (label !== null) lines.push(line);
  }
}
