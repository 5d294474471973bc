/**
 * What sharing keeps: the ledger, the audit log, the certificate and the keys to all three, opened together
 * at the first use. Where one of them cannot be opened nothing is shared: a link that nobody can vouch for,
 * or whose use is not written down, is worse than none.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { MayWrite } from '../home/home-lock.ts';
import type { Log, Redactor, SecretStore } from '../ports.ts';
import { makeFolder } from '../make-folder.ts';
import { Audit, auditFolders } from './audit/audit.ts';
import { createAuthorityStore, type AuthorityStore } from './certificate/authority-store.ts';
import type { CertificateSource } from './certificate/certificate.ts';
import { openCertificate, type CertificateManager } from './certificate/certificate-manager.ts';
import type { GuestSessionLimits } from './ledger/guest-sessions.ts';
import { forgetOtherKey, openInstallationKey } from './ledger/installation-key.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { LockOwner } from './ledger/ledger-lock.ts';
import { onceOpened } from './once-opened.ts';
import { localSource } from './certificate/local-certificate.ts';
import type { HostNames } from './network/host-names.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { keptPassphrase } from './certificate/key-passphrase.ts';
import { suppliedSource } from './certificate/supplied-source.ts';
import { systemRoots } from './certificate/system-trust.ts';

export interface ShareStorageOptions {
  /** Private folders: for the ledger and the audit log, and for the count that is kept apart from it. */
  readonly data: string;
  readonly state: string;
  readonly secretStore: SecretStore;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly owner: Omit<LockOwner, 'ownsHome'>;
  readonly mayWrite: MayWrite;
  readonly limits: GuestSessionLimits;
  /** This computer's names and addresses now. */
  readonly host: () => HostNames;
  /** Files of a supplied certificate; null for the local authority. Asked again at each look. */
  readonly supplied: () => { readonly certificate: string; readonly key: string | null } | null;
  /** Names that the owner wants links to work with. */
  readonly wanted: () => readonly string[];
  readonly uid: number | null;
}

export interface ShareStorage {
  readonly ledger: Ledger;
  readonly audit: Audit;
  readonly authorities: AuthorityStore;
  /**
   * Opened with the first listener: a broken certificate file must not stop the owner from revoking a link.
   */
  readonly certificate: () => Promise<CertificateManager>;
  close(): Promise<void>;
}

function ledgerFileOf(data: string): string {
  return join(data, 'share-ledger.json');
}

/** Whether a ledger is on the disk: something was shared before. Opens nothing. */
export async function hasLedger(data: string): Promise<boolean> {
  return access(ledgerFileOf(data)).then(
    () => true,
    () => false,
  );
}

export async function openShareStorage(options: ShareStorageOptions): Promise<ShareStorage> {
  const { secretStore, redactor, log, mayWrite } = options;
  await mayWrite();
  const warn = (sentence: string): void => log.warn(sentence);
  const keys = await openInstallationKey(secretStore, redactor);
  const setAside: string[] = [];
  const ledger = await openLedger({
    file: ledgerFileOf(options.data),
    secretStore,
    keys: keys.current,
    otherKeys: keys.other === null ? [] : [keys.other],
    owner: { ...options.owner, ownsHome: true },
    mayWrite,
    limits: options.limits,
    warn: sentence => {
      setAside.push(sentence);
      warn(sentence);
    },
  });
  if (keys.other !== null) await forgetOtherKey(secretStore);
  const folder = join(options.data, 'audit');
  for (const each of auditFolders(folder)) await makeFolder(each);
  const audit = new Audit({
    folder,
    headFile: join(options.state, 'audit-head.json'),
    secretStore,
    keys: ledger.auditKeys(),
    maxBytes: 10_000_000,
    kept: 20,
    redactor,
    mayWrite,
    warn,
  });
  for (const reason of setAside) await audit.record({ event: 'ledger-set-aside', reason });
  const authorities = createAuthorityStore({ secretStore, redactor, host: options.host });
  const certificate = onceOpened(() => openShown(options, authorities, audit));
  return {
    ledger,
    audit,
    authorities,
    certificate: certificate.get,
    async close() {
      (await certificate.known())?.close();
      await ledger.close();
      await audit.close();
    },
  };
}

/** The certificate that guests are shown; each change of it is written down. */
async function openShown(
  options: ShareStorageOptions,
  authorities: AuthorityStore,
  audit: Audit,
): Promise<CertificateManager> {
  const source = chosenSource(options, authorities);
  const opened = await openCertificate(source, { clock: Date.now, log: options.log });
  opened.onChange(({ certificate, reason }) => {
    void audit.record({ event: 'certificate-changed', fingerprint: certificate.fingerprint, reason });
  });
  return opened;
}

/**
 * The setting may change while guests are in: the source that is chosen then begins anew, and its first
 * certificate replaces the old one.
 */
function chosenSource(options: ShareStorageOptions, authorities: AuthorityStore): CertificateSource {
  const { secretStore, redactor } = options;
  const local = localSource({ authorities, secretStore, redactor, host: options.host });
  let chosen = '';
  let source = local;
  const choose = (): boolean => {
    const files = options.supplied();
    const wanted = JSON.stringify(files);
    if (wanted === chosen) return false;
    chosen = wanted;
    source = files === null ? local : suppliedOf(options, files);
    return true;
  };
  return {
    async refresh(current, now) {
      const changed = choose();
      try {
        return await source.refresh(changed ? null : current, now);
      } catch (error) {
        // What could not be taken is tried again at the next look.
        if (changed) chosen = '';
        throw error;
      }
    },
    findings: (current, now) => source.findings(current, now),
  };
}

function suppliedOf(
  options: ShareStorageOptions,
  files: { readonly certificate: string; readonly key: string | null },
): CertificateSource {
  const host = options.host();
  return suppliedSource({
    files,
    passphrases: keptPassphrase({
      secretStore: options.secretStore,
      redactor: options.redactor,
      path: files.key ?? files.certificate,
      // The core has no screen: `gatehouse certificate --passphrase` keeps it.
      ask: () => Promise.resolve(null),
    }),
    wanted: options.wanted(),
    own: [...host.names, ...host.addresses],
    roots: systemRoots,
    uid: options.uid,
  });
}
