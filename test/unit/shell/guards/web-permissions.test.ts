import { expect, test } from 'vitest';
import { permission, permissionNames, question } from '../../../../src/main/shell/guards/web-permissions.ts';

const own = 'http://lab.localhost:4100';

test.each<[string, string | null, boolean | null, string]>([
  ['clipboard-sanitized-write', own, null, 'allow'],
  ['fullscreen', own, null, 'allow'],
  ['notifications', own, null, 'ask'],
  ['notifications', own, true, 'allow'],
  ['notifications', own, false, 'deny'],
  ['media', own, null, 'ask'],
  ['clipboard-read', own, null, 'ask'],
  ['geolocation', own, null, 'deny'],
  ['geolocation', own, true, 'deny'],
  ['usb', own, null, 'deny'],
  ['a permission of next year', own, true, 'deny'],
  ['constructor', own, null, 'deny'],
  ['clipboard-sanitized-write', 'https://evil.example', null, 'deny'],
  ['media', 'https://evil.example', true, 'deny'],
  ['clipboard-sanitized-write', null, null, 'deny'],
])('%s for %s, remembered %s: %s', (name, asking, remembered, wanted) => {
  expect(permission(own, { permission: name, asking, remembered })).toBe(wanted);
});

test('whatever is asked for is asked in words', () => {
  const asked = permissionNames().filter(
    name => permission(own, { permission: name, asking: own, remembered: null }) === 'ask',
  );
  expect(asked.length).toBeGreaterThan(0);
  for (const name of asked)
    expect(question('thesis', name).message).toMatch(/^“thesis” wants to (?:use|show|read) /u);
});
