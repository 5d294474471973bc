import { expect, test } from 'vitest';
import { linksText } from '../../../../src/main/cli/commands/links-command.ts';
import type { ShareLinkInfo } from '../../../../src/shared/share-model.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const link: ShareLinkInfo = {
  id: 'abcdefghijkl',
  server: 'thesis-1234',
  serverName: 'Thesis',
  role: 'viewer',
  label: 'Ada',
  group: null,
  createdAt: '2026-11-25T12:00:00.000Z',
  expiresAt: '2026-11-26T12:00:00.000Z',
  usesLeft: null,
  approval: false,
  state: 'open',
  permissions: null,
  opens: null,
  people: 2,
};

test('links are a table, ended ones by their state', () => {
  expect(linksText([], now)).toContain('`gatehouse share`');
  const [head, first, second] = linksText([link, { ...link, state: 'revoked', usesLeft: 3 }], now).split(
    '\n',
  );
  expect(head).toMatch(/^LINK +FOR +SERVER +ROLE +WORKS +USES LEFT +IN NOW$/);
  expect(first).toMatch(/abcdefghijkl +Ada +Thesis +viewer +for 1 day +any +2/);
  expect(second).toMatch(/revoked +3/);
});

test('what a link to a message bus permits is listed below the table', () => {
  const permissions = { send: ['recognizer_loop:utterance'], receive: [] };
  const words = linksText([link, { ...link, id: 'bcdefghijklm', permissions }], now);
  expect(words).toContain('bcdefghijklm  may send: recognizer_loop:utterance');
  expect(words).toContain('bcdefghijklm  may receive: nothing');
  expect(words).not.toContain('abcdefghijkl  may send');
});
