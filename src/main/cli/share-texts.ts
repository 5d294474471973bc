/** What `gatehouse share` prints before and after it makes a link. Pure: from values to text. */
import type { Role } from '../../shared/model.ts';
import type { NewShareLink, SharePreview, ShareWarning } from '../../shared/share-model.ts';
import { durationWords } from '../core/duration.ts';
import { permissionWords } from './permission-words.ts';

/**
 * What the link would permit, before it is made.
 * @param ownTypes whether the owner names types of messages: they replace what the role usually permits
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
    ...link.otherUrls.map(({ url, where }) => `  ${where}: use ${new URL(url).origin} instead`),
  ];
  if (authorityFingerprint !== null) {
    lines.push(
      `Before a guest installs this computer's authority (${new URL(link.url).origin}/_gatehouse/certificate), compare by phone:`,
      `  ${authorityFingerprint}`,
    );
  }
  lines.push('The certificate that guests are shown now:', `  ${fingerprint}`);
  lines.push(`Revoke the link with \`gatehouse revoke ${id}\`; see who is in with \`gatehouse people\`.`);
  return lines.join('\n');
}

/** A message bus has no page to sign in at: its clients send the token. */
function permissionLines(link: NewShareLink): readonly string[] {
  const words = permissionWords(link);
  if (words.length === 0) return [];
  const token = `Its clients send this token, as secret as the link: ${link.toolToken}`;
  return [...words.map(line => `  ${line}`), token];
}
