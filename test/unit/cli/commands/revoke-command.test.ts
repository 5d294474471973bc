import { expect, test } from 'vitest';
import { resultText } from '../../../../src/main/cli/commands/revoke-command.ts';
import { revokedText } from '../../../../src/main/cli/revoked-text.ts';

test('links and guest sessions are counted', () => {
  expect(revokedText({ links: ['a'], sessions: 1 })).toBe('Link a is revoked; 1 guest session has ended.');
  expect(revokedText({ links: ['a', 'b'], sessions: 0 })).toBe(
    '2 links are revoked; 0 guest sessions have ended.',
  );
});

test('a link that was already revoked is not reported as revoked now', () => {
  const both = { links: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'], sessions: 2 };
  expect(resultText(both, new Set(['aaaaaaaaaaaa']))).toBe(
    'Link aaaaaaaaaaaa was already revoked.\nLink bbbbbbbbbbbb is revoked; 2 guest sessions have ended.',
  );
  expect(resultText({ links: ['aaaaaaaaaaaa'], sessions: 0 }, new Set(['aaaaaaaaaaaa']))).toBe(
    'Link aaaaaaaaaaaa was already revoked.',
  );
});
