/** Links, guests, waits and certificates as the owner sees them: without a hash, with times as ISO 8601. */
import type {
  AuditReport,
  AuthorityInfo,
  CertificateInfo,
  NewShareLink,
  GuestSessionInfo,
  ShareAddress,
  ShareLinkInfo,
  ShareWarning,
  JoinRequestInfo,
} from '../../../shared/share-model.ts';
import type { Secret } from '../secret.ts';
import type { JoinRequest } from './ledger/join-requests.ts';
import type { AuditFault, AuditVerdict } from './audit/audit-verify.ts';
import type { AuthorityExport } from './certificate/authority.ts';
import type { ShareCertificate } from './certificate/certificate.ts';
import type { CertificateManager } from './certificate/certificate-manager.ts';
import type { StoredGuestSession } from './ledger/guest-sessions.ts';
import type { ListedLink } from './ledger/ledger.ts';
import { makeLinkUrl } from './ledger/link-url.ts';
import { noAddress } from './share-errors.ts';

function iso(time: number): string {
  return new Date(time).toISOString();
}

export function describeLink(link: ListedLink, serverName: string, people: number): ShareLinkInfo {
  const {
    id,
    serverId,
    role,
    label,
    group,
    createdAt,
    expiresAt,
    usesLeft,
    approval,
    state,
    permissions,
    opens,
  } = link;
  const times = { createdAt: iso(createdAt), expiresAt: iso(expiresAt) };
  return {
    id,
    server: serverId,
    serverName,
    role,
    label,
    group,
    ...times,
    usesLeft,
    approval,
    state,
    permissions,
    opens,
    people,
  };
}

/**
 * With its secret, once. Refuses with `no-share-address` where the certificate names no address of this
 * computer.
 */
export function describeNewLink(
  link: ShareLinkInfo,
  secret: Secret<string>,
  addresses: readonly ShareAddress[],
  certificate: Pick<ShareCertificate, 'fingerprint' | 'authority'>,
  warnings: readonly ShareWarning[],
): NewShareLink {
  const [first, ...others] = addresses;
  if (first === undefined) throw noAddress();
  const urlAt = (origin: string): string => makeLinkUrl(origin, link.id, secret).reveal();
  return {
    ...link,
    url: urlAt(first.origin),
    otherUrls: others.map(({ origin, where }) => ({ url: urlAt(origin), where })),
    toolToken: `${link.id}.${secret.reveal()}`,
    fingerprint: certificate.fingerprint,
    authorityFingerprint: certificate.authority?.fingerprint ?? null,
    warnings,
  };
}

export function describeGuestSession(
  session: StoredGuestSession,
  label: string,
  serverName: string,
  connections: number,
): GuestSessionInfo {
  return {
    session: session.id,
    link: session.linkId,
    label,
    server: session.serverId,
    serverName,
    name: session.name,
    role: session.role,
    address: session.address,
    browser: session.browser,
    since: iso(session.createdAt),
    lastSeen: iso(session.lastSeen),
    endsAt: iso(session.endsAt),
    connections,
  };
}

export function describeJoinRequest(
  wait: JoinRequest,
  link: ListedLink,
  serverName: string,
): JoinRequestInfo {
  return {
    id: wait.id,
    link: wait.linkId,
    label: link.label,
    server: wait.serverId,
    serverName,
    role: link.role,
    name: wait.name,
    address: wait.address,
    browser: wait.browser,
    since: iso(wait.askedAt),
    endsAt: iso(wait.endsAt),
  };
}

export function describeAuthority({ name, fingerprint, validTo, pem }: AuthorityExport): AuthorityInfo {
  return { name, fingerprint, validTo, pem };
}

export function describeCertificate(manager: CertificateManager): CertificateInfo {
  const { kind, fingerprint, validTo, trustedByAll, authority } = manager.current();
  return {
    kind,
    fingerprint,
    validTo,
    trustedByAll,
    authority: authority === null ? null : describeAuthority(authority),
    findings: manager.findings().map(({ message, nextStep }) => ({ message, nextStep })),
  };
}

const faults: Record<AuditFault, string> = {
  changed: 'is not as it was written',
  removed: 'follows a line that was removed',
  reordered: 'is not in its place',
  cut: 'should follow: lines are missing at the end',
  'beginning-missing': 'is the first one left: lines are missing before it',
  'no-count': 'cannot be checked, because the count that is kept apart is gone or not ours',
  'old-key': 'was signed with a key that had been replaced by then',
};

export function describeAudit(verdict: AuditVerdict): AuditReport {
  if (verdict.whole) return { whole: true, lines: verdict.lines, faults: [] };
  const { file, line, reason } = verdict;
  const where = file === '' ? 'The audit log' : `Line ${line} of ${file}`;
  return { whole: false, lines: Math.max(0, line - 1), faults: [`${where} ${faults[reason]}.`] };
}
