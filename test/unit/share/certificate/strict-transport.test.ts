import { expect, test } from 'vitest';
import { hostNames } from '../../../../src/main/core/share/network/host-names.ts';
import { strictTransport } from '../../../../src/main/core/share/certificate/strict-transport.ts';
import { day, noon } from '../../../support/certificates.ts';

const good = {
  kind: 'supplied',
  trustedByAll: true,
  host: { names: ['lab.example.edu', '*.pool.example.edu'], addresses: ['192.0.2.7'] },
  validTo: new Date(noon + 90 * day).toISOString(),
} as const;

test('said only on a certificate that every guest trusts, for a name that it holds, no longer than it lasts', () => {
  const local = { ...good, kind: 'local', trustedByAll: false } as const;
  const untrusted = { ...good, trustedByAll: false };
  const long = { ...good, validTo: new Date(noon + 400 * day).toISOString() };
  const rows = [
    [good, 'lab.example.edu', { send: true, value: `max-age=${90 * 86_400}` }],
    [good, 'LAB.example.edu.', { send: true, value: `max-age=${90 * 86_400}` }],
    [good, 'pc7.pool.example.edu', { send: true, value: `max-age=${90 * 86_400}` }],
    [long, 'lab.example.edu', { send: true, value: `max-age=${180 * 86_400}` }],
    [null, 'lab.example.edu', { send: false, reason: 'no-tls' }],
    [local, 'lab.example.edu', { send: false, reason: 'local-authority' }],
    [untrusted, 'lab.example.edu', { send: false, reason: 'not-trusted' }],
    [good, '192.0.2.7', { send: false, reason: 'address' }],
    [good, '[::1]', { send: false, reason: 'address' }],
    [good, 'other.example.edu', { send: false, reason: 'other-name' }],
    [good, 'pool.example.edu', { send: false, reason: 'other-name' }],
    [good, 'a.b.pool.example.edu', { send: false, reason: 'other-name' }],
    [good, '*.pool.example.edu', { send: false, reason: 'other-name' }],
    [good, '', { send: false, reason: 'other-name' }],
    [good, null, { send: false, reason: 'other-name' }],
  ] as const;
  for (const [certificate, host, verdict] of rows) {
    expect(strictTransport(certificate, host, noon), String(host)).toEqual(verdict);
  }
  expect(strictTransport(good, 'lab.example.edu', noon + 90 * day)).toEqual({ send: false, reason: 'ends' });
  expect(strictTransport({ ...good, host: hostNames([], []) }, 'lab.example.edu', noon).send).toBe(false);
});
