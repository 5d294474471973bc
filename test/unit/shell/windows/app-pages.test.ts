import { expect, test } from 'vitest';
import { ownAddress, ownFile, ownHeaders } from '../../../../src/main/shell/windows/app-pages.ts';

test.each<[string, string | null]>([
  ['gatehouse://app/index.html', 'index.html'],
  ['gatehouse://app/index.html?view=logs&server=lab', 'index.html'],
  ['gatehouse://app/index.js', 'index.js'],
  ['gatehouse://app/index.css', 'index.css'],
  ['gatehouse://app/', null],
  ['gatehouse://app/../main/index.cjs', null],
  ['gatehouse://app/%2e%2e/index.html', null],
  ['gatehouse://app/a/index.html', null],
  ['gatehouse://other/index.html', null],
  ['gatehouse://app/index.cjs', null],
  ['gatehouse://app/.env.html', null],
  ['file:///index.html', null],
])('%s means %s', (address, wanted) => {
  expect(ownFile(address)?.name ?? null).toBe(wanted);
});

test('GHSA-vrj4-r4fw-9rfh: our pages run no inline script, make no markup of text and speak to nobody', () => {
  const policy = ownHeaders['Content-Security-Policy'] ?? '';
  for (const rule of [
    "default-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "frame-ancestors 'none'",
  ]) {
    expect(policy).toContain(rule);
  }
  expect(policy).not.toMatch(/unsafe|connect-src|\*/u);
});

test('a server is named in the query and cannot break out of it', () => {
  expect(ownAddress('logs', 'a&view=home#x')).toBe(
    'gatehouse://app/index.html?view=logs&server=a%26view%3Dhome%23x',
  );
});
