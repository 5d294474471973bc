import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { sendRawAnswer, type Answer } from '../../../../../src/main/core/gateway/http-answer.ts';
import {
  authorityDer,
  authorityPem,
  authorityProfile,
} from '../../../../../src/main/core/gateway/guest/pages/certificate-downloads.ts';
import type { GuestAuthority } from '../../../../../src/main/core/share-ports.ts';

const der = Buffer.from(Array.from({ length: 256 }, (_value, at) => at));
const authority: GuestAuthority = {
  name: 'Gatehouse on <mira> & co',
  fingerprint: 'AB:CD',
  validTo: '2031-11-24T00:00:00.000Z',
  pem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  der,
};

async function sent(answer: Answer): Promise<Buffer> {
  const socket = new PassThrough();
  sendRawAnswer(socket, answer);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks);
  return whole.subarray(whole.indexOf('\r\n\r\n') + 4);
}

test.each([
  ['DER', authorityDer(authority), 'application/x-x509-ca-cert', 'inline; filename="ca.crt"'],
  ['PEM', authorityPem(authority), 'application/x-pem-file', 'attachment; filename="ca.pem"'],
  [
    'profile',
    authorityProfile(authority),
    'application/x-apple-aspen-config',
    'attachment; filename="ca.mobileconfig"',
  ],
])('%s has its media type and name', (_name, { status, headers }, type, disposition) => {
  expect([status, headers[1], headers[headers.indexOf('Content-Disposition') + 1]]).toEqual([
    200,
    type,
    disposition,
  ]);
  expect(headers).toContain('nosniff');
});

test('every byte of the DER arrives as it is', async () => {
  expect((await sent(authorityDer(authority))).equals(der)).toBe(true);
});

test('the PEM is untouched', async () => {
  expect((await sent(authorityPem(authority))).toString()).toBe(authority.pem);
});

test('the profile holds the certificate, escaped names, and the same identity each time', () => {
  const { body } = authorityProfile(authority);
  const data = /<data>(.*)<\/data>/.exec(body)?.[1] ?? '';
  expect(Buffer.from(data, 'base64').equals(der)).toBe(true);
  expect(body).toContain('<string>com.apple.security.root</string>');
  expect(body).toContain('<string>Gatehouse on &#60;mira&#62; &#38; co</string>');
  const ids = [...body.matchAll(/UUID<\/key><string>(.*)<\/string>/g)].map(([, id]) => id);
  expect(ids).toEqual(
    ids.map(() =>
      expect.stringMatching(/^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/),
    ),
  );
  expect(new Set(ids).size).toBe(2);
  expect(authorityProfile(authority).body).toBe(body);
  expect(authorityProfile({ ...authority, der: Buffer.from('other') }).body).not.toContain(ids[0]);
});
