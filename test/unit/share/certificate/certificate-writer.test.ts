import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodeConstraints } from '../../../../src/main/core/share/certificate/encode-constraints.ts';
import { writeAuthority, writeLeaf } from '../../../../src/main/core/share/certificate/certificate-writer.ts';
import { constraintsFor } from '../../../../src/main/core/share/certificate/name-constraints.ts';
import { hostNames } from '../../../../src/main/core/share/network/host-names.ts';
import { noon } from '../../../support/certificates.ts';

const period = { from: noon, to: noon + 1_000_000 };
const host = hostNames(['a.local'], ['10.0.0.1', 'fd00::2']);
const constraints = constraintsFor(host);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('an authority says critically what it may not', async () => {
  const written = await writeAuthority({ name: 'Test', constraints, period });
  const der = hex(written.certificate);
  // OID, critical, value: basicConstraints CA with path length 0; keyCertSign and cRLSign; the name
  // constraints.
  expect(der).toContain('0603551d130101ff040830060101ff020100');
  expect(der).toContain('0603551d0f0101ff040403020106');
  expect(der).toContain('0603551d1e0101ff0481');
  expect(der).toContain(hex(encodeConstraints(constraints)));
});

test('a leaf may sign nothing, and holds names and addresses of both families', async () => {
  const authority = await writeAuthority({ name: 'Test', constraints, period });
  const written = await writeLeaf({ authority, commonName: 'a.local', host, period });
  const certificate = new X509Certificate(written.certificate);
  expect(hex(written.certificate)).toContain('0603551d0f0101ff040403020780');
  expect(certificate.checkHost('a.local')).toBe('a.local');
  expect(certificate.checkIP('fd00::2')).toBe('fd00::2');
  expect(certificate.checkIP('10.0.0.1')).toBe('10.0.0.1');
  expect(certificate.checkHost('b.local')).toBeUndefined();
});

test('the key of the authority is as it was after it has signed', async () => {
  const authority = await writeAuthority({ name: 'Test', constraints, period });
  const before = hex(authority.key.reveal());
  await writeLeaf({ authority, commonName: 'a.local', host, period });
  expect(hex(authority.key.reveal())).toBe(before);
});
