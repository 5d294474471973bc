import { expect, test } from 'vitest';
import {
  nextStepFor,
  reasonFrom,
  withoutCredentials,
} from '../../../../src/main/core/profiles/managed/reasons.ts';

test.each<[string, string]>([
  [
    'Looking in indexes: https://zoe:p4ss@pypi.lab.example/simple',
    'Looking in indexes: https://***@pypi.lab.example/simple',
  ],
  ['https://token@h/x and http://a:b@i/y', 'https://***@h/x and http://***@i/y'],
  ['git+ssh://git@host/x', 'git+ssh://***@host/x'],
  ['https://zoe:p%40ss@h', 'https://***@h'],
  ['https://zoe:p@ss@h/x', 'https://***@h/x'],
  ['https://zoe:p/a@ss@h/x', 'https://***@h/x'],
  ['https://host/simple/a@1.0', 'https://host/simple/a@1.0'],
  ['mail zoe@example.org', 'mail zoe@example.org'],
])('%s', (text, wanted) => {
  expect(withoutCredentials(text)).toBe(wanted);
});

test('the reason is what the installer calls an error, or its last words', () => {
  expect(reasonFrom(['Collecting x', 'ERROR: No matching distribution found for x', 'WARNING: later'])).toBe(
    'No matching distribution found for x',
  );
  expect(reasonFrom(['  × No solution found:', '  ╰─▶ Because there are no versions of x'])).toBe(
    'No solution found: Because there are no versions of x',
  );
  expect(reasonFrom(['error: Failed to fetch', '  Caused by: dns error'])).toBe(
    'Failed to fetch Caused by: dns error',
  );
  expect(reasonFrom(['something', 'the last words', ''])).toBe('the last words');
  expect(reasonFrom([])).toMatch(/without a message/);
  expect(reasonFrom(['ERROR: https://zoe:hunter2@h'])).not.toContain('hunter2');
  expect(reasonFrom([`ERROR: ${'x'.repeat(5000)}`]).length).toBeLessThanOrEqual(600);
});

test.each<[string, RegExp]>([
  ['OSError: [Errno 28] No space left on device', /disk is full/],
  ['ensurepip is not available', /apt install python3-venv/],
  ['SSLError(SSLCertVerificationError', /SSL_CERT_FILE/],
  ['ProxyError("Cannot connect to proxy")', /HTTPS_PROXY/],
  ['HTTP error 401 Client Error', /name and password/],
  ['ERROR: No matching distribution found for jupyterlab', /PIP_INDEX_URL/],
  ['Temporary failure in name resolution', /network/],
  ['PermissionError: Permission denied', /right to write/],
  ['who knows', /Try again/],
])('%s', (line, wanted) => {
  expect(nextStepFor([line])).toMatch(wanted);
});
