import { expect, test } from 'vitest';
import { aboutText } from '../../../../src/main/cli/commands/about-command.ts';

test('version, process and folders are printed in words', () => {
  const about = {
    version: '0.1.0',
    pid: 47,
    node: '24.1.0',
    home: '/home/mira/.gatehouse',
    secrets: 'keychain' as const,
    secretsSentence: 'Tokens are kept in the system keychain.',
    startedAt: '2026-11-22T12:00:00.000Z',
  };
  expect(aboutText(about)).toBe(
    'Gatehouse 0.1.0, process 47, since 2026-11-22T12:00:00.000Z, on Node 24.1.0\nSettings and records: /home/mira/.gatehouse\nTokens are kept in the system keychain.',
  );
});
