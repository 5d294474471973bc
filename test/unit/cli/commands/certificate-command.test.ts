import { expect, test } from 'vitest';
import { certificateText } from '../../../../src/main/cli/commands/certificate-command.ts';

test('a certificate says who trusts it', () => {
  const certificate = {
    kind: 'supplied',
    fingerprint: 'AA',
    validTo: '2027-01-01T00:00:00Z',
    trustedByAll: true,
    authority: null,
    findings: [{ message: 'Soon.', nextStep: 'Renew.' }],
  } as const;
  const text = certificateText(certificate);
  expect(text).toContain('every browser trusts it');
  expect(text).toContain('Soon.\n  Renew.');
});
