import { expect, test } from 'vitest';
import { peopleText } from '../../../../src/main/cli/commands/people-command.ts';
import type { GuestSessionInfo, JoinRequestInfo } from '../../../../src/shared/share-model.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const person: GuestSessionInfo = {
  session: '0123456789ab',
  link: 'abcdefghijkl',
  label: 'Ada',
  server: 'thesis-1234',
  serverName: 'Thesis',
  name: '',
  role: 'viewer',
  address: '10.0.0.9',
  browser: 'Firefox on Linux',
  since: '2026-11-25T11:00:00.000Z',
  lastSeen: '2026-11-25T11:30:00.000Z',
  endsAt: '2026-11-26T11:00:00.000Z',
  connections: 1,
};
const waiting: JoinRequestInfo = {
  id: 'fedcba987654',
  link: 'abcdefghijkl',
  label: 'Ada',
  server: 'thesis-1234',
  serverName: 'Thesis',
  role: 'viewer',
  name: 'Grace',
  address: '10.0.0.8',
  browser: '',
  since: '2026-11-25T11:59:00.000Z',
  endsAt: '2026-11-25T12:09:00.000Z',
};

test('guests who are in, guests who wait, and what to do', () => {
  expect(peopleText([], [], now)).toBe('No guest is in.');
  const text = peopleText([person], [waiting], now);
  expect(text).toMatch(
    /0123456789ab +\(no name\) +viewer +Thesis +Ada +10\.0\.0\.9, Firefox on Linux +1 hour/,
  );
  expect(text).toMatch(/fedcba987654 +Grace/);
  expect(text).toContain('`gatehouse admit ID`');
});
