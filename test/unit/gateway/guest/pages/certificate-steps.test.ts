import { expect, test } from 'vitest';
import { installSteps } from '../../../../../src/main/core/gateway/guest/pages/certificate-steps.ts';

test('each system has its steps, and the name of the authority is escaped', () => {
  const steps = installSteps('<b>');
  expect(steps.map(({ system }) => system.split(/[:,]/)[0])).toEqual([
    'Windows',
    'macOS',
    'iPhone and iPad',
    'Android',
    'Linux',
    'Debian and Ubuntu',
    'Firefox',
  ]);
  for (const { system, content } of steps)
    expect([system, content.html.includes('<b>')]).toEqual([system, false]);
});

test.each([
  ['Windows', 'certutil -user -addstore Root ca.crt'],
  ['macOS', 'security add-trusted-cert -r trustRoot'],
  ['iPhone', 'Certificate Trust Settings'],
  ['Linux', 'certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Gatehouse -i ca.pem'],
  ['Debian', 'update-ca-certificates'],
  ['Firefox', 'Trust this CA to identify websites'],
])('%s: %s', (system, words) => {
  const found = installSteps('Gatehouse').find(each => each.system.startsWith(system));
  expect(found?.content.html).toContain(words);
});
