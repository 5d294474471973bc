/** What sharing says to a person at a terminal. Pure: from values to text. */
import { durationWords } from '../core/duration.ts';
import type {
  AuditLine,
  AuditReport,
  AuthorityInfo,
  CertificateInfo,
  NewShareLink,
  GuestSessionInfo,
  ShareLinkInfo,
  SharePreview,
  ShareWarning,
  RevokeResult,
  JoinRequestInfo,
} from '../../shared/sharing.ts';
import type { Role } from '../../shared/model.ts';
import { table } from './print.ts';

/** What the link would mean, before it is made. */
/**
 * @param ownTypes whether the owner names types of messages: then these say what the link permits, and not
 *   the role's usual words
 */
export function previewText(preview: SharePreview, role: Role, ownTypes = false): string {
  const offer = preview.roles.find(one => one.role === role);
  const lines = [`Sharing "${preview.serverName}" as ${offer?.title ?? role}. ${preview.reach}`];
  if (!ownTypes) {
    for (const can of offer?.can ?? []) lines.push(`  + ${can}`);
    for (const cannot of offer?.cannot ?? []) lines.push(`  - not: ${cannot}`);
  }
  if (offer?.note !== undefined && offer.note !== null) lines.push(`  ${offer.note}`);
  return lines.join('\n');
}

const marks: Record<ShareWarning['level'], string> = { danger: 'DANGER', warning: 'warning', note: 'note' };

export function warningText({ level, text }: ShareWarning): string {
  return `${marks[level].padEnd(8)} ${text}`;
}

export function newLinkText(link: NewShareLink, now: number): string {
  const { id, label, role, expiresAt, usesLeft, fingerprint, authorityFingerprint } = link;
  const uses = usesLeft === null ? 'any number of times' : usesLeft === 1 ? 'once' : `${usesLeft} times`;
  const lines = [
    link.url,
    '',
    `Link ${id} for ${label}: ${role}, works ${uses}, for ${durationWords(Date.parse(expiresAt) - now)}.`,
    ...permissionLines(link),
    ...link.otherUrls.map(({ url, where }) => `  ${where}: ${new URL(url).origin} instead`),
  ];
  if (authorityFingerprint !== null) {
    lines.push(
      `Compare by telephone before a guest installs this computer's authority (${new URL(link.url).origin}/_gatehouse/certificate):`,
      `  ${authorityFingerprint}`,
    );
  }
  lines.push('The certificate that a guest is shown now:', `  ${fingerprint}`);
  lines.push(`Take it back with \`gatehouse revoke ${id}\`; see who is in with \`gatehouse people\`.`);
  return lines.join('\n');
}

export function linksText(links: readonly ShareLinkInfo[], now: number): string {
  if (links.length === 0) return 'No links. Make one with `gatehouse share`.';
  const rows = links.map(link => [
    link.id,
    link.label,
    link.serverName,
    link.role,
    link.state === 'open' ? `for ${durationWords(Date.parse(link.expiresAt) - now)}` : link.state,
    link.usesLeft === null ? 'any' : String(link.usesLeft),
    String(link.people),
  ]);
  const shown = table([['LINK', 'FOR', 'SERVER', 'ROLE', 'WORKS', 'USES LEFT', 'IN NOW'], ...rows]);
  const permitted = links.flatMap(link => permissionWords(link).map(words => `${link.id}  ${words}`));
  return permitted.length === 0 ? shown : [shown, '', ...permitted].join('\n');
}

/** A bus has no page on which its clients could come in: they show the token. */
function permissionLines(link: NewShareLink): readonly string[] {
  const words = permissionWords(link);
  return words.length === 0
    ? []
    : [
        ...words.map(line => `  ${line}`),
        `Its clients show this token, as secret as the link: ${link.toolToken}`,
      ];
}

function permissionWords({ permissions }: Pick<ShareLinkInfo, 'permissions'>): readonly string[] {
  if (permissions === null) return [];
  const words = (types: readonly string[]): string => (types.length === 0 ? 'nothing' : types.join(', '));
  return [`may send: ${words(permissions.send)}`, `is shown: ${words(permissions.receive)}`];
}

export function peopleText(
  people: readonly GuestSessionInfo[],
  waiting: readonly JoinRequestInfo[],
  now: number,
): string {
  const parts: string[] = [];
  if (people.length === 0) parts.push('Nobody is in.');
  else {
    const rows = people.map(person => [
      person.session,
      person.name === '' ? '(no name)' : person.name,
      person.role,
      person.serverName,
      person.label,
      [person.address, person.browser].filter(text => text !== '').join(', '),
      durationWords(now - Date.parse(person.since)),
    ]);
    parts.push(table([['SESSION', 'NAME', 'ROLE', 'SERVER', 'LINK FOR', 'FROM', 'SINCE'], ...rows]));
  }
  if (waiting.length > 0) {
    const rows = waiting.map(one => [one.id, one.name, one.role, one.serverName, one.label, one.address]);
    parts.push(
      '',
      table([['WAITS', 'NAME', 'ROLE', 'SERVER', 'LINK FOR', 'FROM'], ...rows]),
      'Let them in with `gatehouse admit ID`, or not with `gatehouse deny ID`.',
    );
  }
  return parts.join('\n');
}

export function takenText({ links, sessions }: RevokeResult): string {
  const what = links.length === 1 ? `Link ${links[0]} is` : `${links.length} links are`;
  const who = sessions === 1 ? '1 visit has' : `${sessions} visits have`;
  return `${what} taken back; ${who} ended.`;
}

/** @param before links that had been taken back before */
export function revokedText({ links, sessions }: RevokeResult, before: ReadonlySet<string>): string {
  const now = links.filter(link => !before.has(link));
  const lines = links
    .filter(link => before.has(link))
    .map(link => `Link ${link} had been taken back before.`);
  if (now.length > 0) lines.push(takenText({ links: now, sessions }));
  return lines.join('\n');
}

export function auditText(lines: readonly AuditLine[]): string {
  if (lines.length === 0) return 'Nothing has been shared yet.';
  return lines
    .map(({ n, at, event, ...fields }) => {
      const facts = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      return `${String(n).padStart(5)}  ${String(at)}  ${String(event)}  ${facts.join(' ')}`;
    })
    .join('\n');
}

export function auditReportText({ whole, lines, faults }: AuditReport): string {
  if (whole) return `The audit log is whole: ${lines} lines, each sealed by the next.`;
  return faults.join('\n');
}

export function authorityText({ name, fingerprint, validTo }: AuthorityInfo): string {
  return `${name}, until ${validTo.slice(0, 10)}\nSHA-256 ${fingerprint}`;
}

export function certificateText(certificate: CertificateInfo): string {
  const { kind, fingerprint, validTo, trustedByAll, authority, findings } = certificate;
  const lines = [
    kind === 'supplied'
      ? 'A certificate of yours is shown to guests.'
      : 'A certificate that Gatehouse makes is shown to guests.',
    `SHA-256 ${fingerprint}`,
    `until ${validTo.slice(0, 10)}; ${trustedByAll ? 'every browser trusts it' : 'browsers warn of it until its authority is installed'}`,
  ];
  if (authority !== null) lines.push(`Its authority: ${authorityText(authority)}`);
  for (const { message, nextStep } of findings) lines.push(`${message}\n  ${nextStep}`);
  return lines.join('\n');
}
