import { expect, test } from 'vitest';
import { logField, openRefusalLog } from '../../../src/main/core/gateway/refusal-log.ts';

test('CVE-2026-54338: a field is short and cannot begin a line, colour it or turn it round', () => {
  expect(logField('a\r\nb\u001b[31m\u202e\u0000é')).toBe('a\\u000d\\u000ab\\u001b[31m\\u202e\\u0000\\u00e9');
  expect(logField('x'.repeat(5000))).toHaveLength(200);
  expect(logField(null)).toBe('');
});

test('CVE-2026-54338: a flood of refusals becomes a number', () => {
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  let now = 1_000_000;
  const log = openRefusalLog({ info: note, warn: note, error: note }, () => now);
  for (let index = 0; index < 200; index += 1) log('wrong-credential', { path: '/' });
  expect(lines).toHaveLength(60);
  now += 60_000;
  log('wrong-credential', { path: '/' });
  expect(lines.slice(60)).toEqual(['140 more refusals were not written', 'refused: wrong-credential']);
});
