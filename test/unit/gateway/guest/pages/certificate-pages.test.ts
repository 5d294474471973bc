import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { certificatePage } from '../../../../../src/main/core/gateway/guest/pages/certificate-pages.ts';
import type { GuestAuthority } from '../../../../../src/main/core/share-ports.ts';

const evil = `<img src=x onerror=alert(1)>"'&`;
const authority: GuestAuthority = {
  name: evil,
  fingerprint: `AB:CD:${'00:'.repeat(29)}EF`,
  validTo: '2031-11-24T00:00:00.000Z',
  pem: 'PEM',
  der: Buffer.from([0x30, 0x82]),
};
const text = (body: string) => body.replace(/<style>[^]*?<\/style>/, '').replaceAll(/<[^>]*>/g, '');

test.each([
  ['with an authority', authority],
  ['with nothing to install', null],
])('%s: escaped, without script, with the one style that its policy allows', (_name, given) => {
  const { status, body, headers } = certificatePage(given, evil, evil);
  expect(status).toBe(200);
  expect(body).not.toMatch(/<script|<img|onerror=alert\(1\)>"| style=/i);
  expect(body.match(/<h1>/g)).toHaveLength(1);
  const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(headers[headers.indexOf('Content-Security-Policy') + 1]).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
  );
});

test('the whole fingerprint stands there in groups of four, and the three files are linked', () => {
  const { body } = certificatePage(authority, 'FF:EE', 'mira.local');
  expect(text(body)).toContain('ABCD 0000 0000');
  expect(body.match(/<span>[0-9A-F]{4} <\/span>/g)).toHaveLength(17);
  for (const file of ['ca.crt', 'ca.pem', 'ca.mobileconfig'])
    expect(body).toContain(`<a href="/_gatehouse/certificate/${file}">`);
});

test('it says how to compare, why, what the authority can certify, and until when', () => {
  const said = text(certificatePage(authority, 'FF:EE', 'mira.local').body).replaceAll(/\s+/g, ' ');
  for (const words of [
    'do not use the channel that the link came by',
    'service workers, the clipboard',
    'cannot vouch for your bank',
    'expires on 24 November 2031',
  ])
    expect(said).toContain(words);
});

test('every system tells how to remove it again', () => {
  const { body } = certificatePage(authority, 'FF:EE', 'mira.local');
  const systems = body.match(/<details>[^]*?<\/details>/g) ?? [];
  expect(systems.map(each => text(each).includes('To remove it:'))).toEqual(
    Array.from({ length: 7 }, () => true),
  );
});

test('where there is nothing to install, nothing is offered', () => {
  const { body } = certificatePage(null, 'FFEE:0011', 'mira.local');
  expect(body).not.toMatch(/ca\.crt|<details>/);
  expect(text(body)).toContain('Nothing has to be installed.');
  expect(text(body)).toContain('FFEE 0011');
});
