/**
 * The local authority's certificate in the three forms that systems take. It is public: whoever connects is
 * shown it anyway.
 *
 * A configuration profile is a property list (Apple, "Configuration Profile Reference", payload
 * com.apple.security.root). It is not signed: nobody could check the signature before the authority in it is
 * trusted.
 */
import { createHash } from 'node:crypto';
import type { GuestAuthority } from '../../../share-ports.ts';
import { fileAnswer, type Answer } from '../../http-answer.ts';
import { markup } from '../../html.ts';

export const certificatePath = '/_gatehouse/certificate';

/** Without `attachment`: Firefox and iOS offer to install it at once, others save it under this name. */
export function authorityDer(authority: GuestAuthority): Answer {
  return fileAnswer('application/x-x509-ca-cert', authority.der, named('inline', 'ca.crt'));
}

export function authorityPem(authority: GuestAuthority): Answer {
  return fileAnswer('application/x-pem-file', authority.pem, named('attachment', 'ca.pem'));
}

export function authorityProfile(authority: GuestAuthority): Answer {
  const { name, der } = authority;
  const about = 'Lets this device recognise a computer that shares something with you by Gatehouse.';
  const body = markup`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadVersion</key><integer>1</integer>
  <key>PayloadIdentifier</key><string>gatehouse.authority.${tail(der)}</string>
  <key>PayloadUUID</key><string>${uuid(der, 'profile')}</string>
  <key>PayloadDisplayName</key><string>${name}</string>
  <key>PayloadDescription</key><string>${about}</string>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadType</key><string>com.apple.security.root</string>
      <key>PayloadVersion</key><integer>1</integer>
      <key>PayloadIdentifier</key><string>gatehouse.authority.${tail(der)}.certificate</string>
      <key>PayloadUUID</key><string>${uuid(der, 'certificate')}</string>
      <key>PayloadDisplayName</key><string>${name}</string>
      <key>PayloadCertificateFileName</key><string>ca.crt</string>
      <key>PayloadContent</key><data>${der.toString('base64')}</data>
    </dict>
  </array>
</dict>
</plist>
`;
  return fileAnswer('application/x-apple-aspen-config', body.html, named('attachment', 'ca.mobileconfig'));
}

function named(disposition: 'inline' | 'attachment', file: string): readonly string[] {
  return ['Content-Disposition', `${disposition}; filename="${file}"`];
}

function tail(der: Buffer): string {
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

/**
 * The same for the same certificate, so that installing it twice leaves one profile (RFC 9562, version 8).
 */
function uuid(der: Buffer, part: string): string {
  const bytes = createHash('sha256').update(part).update(der).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
