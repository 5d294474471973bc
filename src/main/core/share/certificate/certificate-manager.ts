/**
 * Holds the one certificate that is shown to guests, looks whether another one is due, and hands it to the
 * listeners without ending a connection. A new one that is bad changes nothing: the old one stays, and the
 * log says once what is wrong.
 */
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { errorInfo } from '../../errors.ts';
import type { Clock, Log } from '../../ports.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';
import type {
  CertificateChange,
  CertificateFinding,
  CertificateSource,
  ShareCertificate,
} from './certificate.ts';
import { tlsOptions } from './tls-options.ts';

/** What `tls.Server` and `https.Server` have. */
export interface TlsServer {
  setSecureContext(options: SecureContextOptions): void;
}

export interface CertificateManager {
  current(): ShareCertificate;
  /**
   * What is to be told of the certificate in use at this time; last of all, why its successor was not taken.
   */
  findings(): readonly CertificateFinding[];
  /** For `https.createServer`. */
  options(): SecureContextOptions;
  /** From now on this server shows the current certificate; ends with the answer's call. */
  attach(server: TlsServer): () => void;
  /** Told after a change is true and the servers show it. */
  onChange(listener: (change: CertificateChange) => void): () => void;
  /** Looks now: after the network changed, the computer woke up, or the owner asked. Throws nothing. */
  look(): Promise<void>;
  close(): void;
}

export interface CertificateManagerOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Between two looks. Ten seconds by default: a look costs a few `stat` calls or none. */
  readonly everyMs?: number;
}

/** Refuses as the source does when there is no good certificate to begin with: nothing is shared then. */
export async function openCertificate(
  source: CertificateSource,
  options: CertificateManagerOptions,
): Promise<CertificateManager> {
  const first = await source.refresh(null, options.clock());
  if (first === null) throw new TypeError('A source answers its first question with a certificate.');
  const holder = new Holder(source, first, options);
  const runExclusive = createKeyedMutex();
  const look = (): Promise<void> => runExclusive('look', () => holder.look());
  const timer = setInterval(() => void look(), options.everyMs ?? 10_000);
  timer.unref();
  return {
    current: () => holder.current,
    findings: () => holder.findings(),
    options: () => tlsOptions(holder.current),
    attach(server) {
      holder.servers.add(server);
      server.setSecureContext(tlsOptions(holder.current));
      return () => holder.servers.delete(server);
    },
    onChange(listener) {
      holder.listeners.add(listener);
      return () => holder.listeners.delete(listener);
    },
    look,
    close() {
      clearInterval(timer);
      holder.servers.clear();
      holder.listeners.clear();
    },
  };
}

class Holder {
  current: ShareCertificate;
  readonly servers = new Set<TlsServer>();
  readonly listeners = new Set<(change: CertificateChange) => void>();
  readonly #source: CertificateSource;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sayOnce: (findings: readonly CertificateFinding[]) => void;
  /** Why the last successor was not taken. */
  #refusal: CertificateFinding | null = null;

  constructor(
    source: CertificateSource,
    first: CertificateChange,
    { clock, log }: CertificateManagerOptions,
  ) {
    this.#source = source;
    this.#clock = clock;
    this.#log = log;
    this.#sayOnce = createSayer(log);
    this.current = first.certificate;
    log.info(first.reason, { fingerprint: this.current.fingerprint, until: this.current.validTo });
    this.#sayOnce(this.findings());
  }

  async look(): Promise<void> {
    try {
      const change = await this.#source.refresh(this.current, this.#clock());
      if (change !== null) this.#take(change);
      this.#refusal = null;
    } catch (error) {
      const { code, message, nextStep } = errorInfo(error);
      const kept = `${message} The certificate before it stays in use.`;
      this.#refusal = { weight: 'warn', code, message: kept, nextStep };
    }
    this.#sayOnce(this.findings());
  }

  findings(): readonly CertificateFinding[] {
    const now = this.#source.findings(this.current, this.#clock());
    return this.#refusal === null ? now : [...now, this.#refusal];
  }

  #take(change: CertificateChange): void {
    const options = tlsOptions(change.certificate);
    // Whatever OpenSSL does not take, it says here, before a listener has lost the old one.
    createSecureContext(options);
    this.current = change.certificate;
    for (const server of this.servers) server.setSecureContext(options);
    this.#log.info(change.reason, { fingerprint: this.current.fingerprint, until: this.current.validTo });
    for (const listener of this.listeners) tell(listener, change, this.#log);
  }
}

/** A look comes every ten seconds; the same words are not said twice in a row. */
function createSayer(log: Log): (findings: readonly CertificateFinding[]) => void {
  let said = '';
  return findings => {
    const words = findings.map(finding => `${finding.code} ${finding.message}`).join('\n');
    if (words !== said) for (const { message, nextStep } of findings) log.warn(message, { nextStep });
    said = words;
  };
}

function tell(listener: (change: CertificateChange) => void, change: CertificateChange, log: Log): void {
  try {
    listener(change);
  } catch (error) {
    log.error('Somebody who was told of the new certificate failed.', { error });
  }
}
