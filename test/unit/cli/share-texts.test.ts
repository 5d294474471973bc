import { expect, test } from 'vitest';
import { newLinkText, previewText, warningText } from '../../../src/main/cli/share-texts.ts';
import type { NewShareLink, ShareLinkInfo, SharePreview } from '../../../src/shared/share-model.ts';

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
const fresh: NewShareLink = {
  ...link,
  url: 'https://10.0.0.7:8443/_gatehouse/join/abcdefghijkl#secret',
  otherUrls: [{ url: 'https://lab.local:8443/_gatehouse/join/abcdefghijkl#secret', where: 'by name' }],
  toolToken: 'abcdefghijkl.secret',
  fingerprint: 'AA:BB',
  authorityFingerprint: 'CC:DD',
  warnings: [],
};

test('a new link is printed with all that is needed, and its secret once', () => {
  const text = newLinkText(fresh, now);
  expect(text).toContain(fresh.url);
  expect(text.split('secret')).toHaveLength(2);
  for (const part of [
    'works any number of times',
    'for 1 day',
    'https://lab.local:8443',
    'AA:BB',
    'CC:DD',
    '`gatehouse revoke abcdefghijkl`',
  ]) {
    expect(text).toContain(part);
  }
  expect(newLinkText({ ...fresh, usesLeft: 1 }, now)).toContain('works once');
  expect(newLinkText({ ...fresh, authorityFingerprint: null }, now)).not.toContain('compare by phone');
});

test('a role is told in words', () => {
  const preview = {
    serverName: 'Thesis',
    reach: 'The link can be opened on this computer only.',
    roles: [
      {
        role: 'viewer',
        title: 'Viewer',
        can: ['Read'],
        cannot: ['Run'],
        runsCode: false,
        note: 'Saved only.',
      },
    ],
  } as unknown as SharePreview;
  expect(previewText(preview, 'viewer')).toBe(
    'Sharing "Thesis" as Viewer. The link can be opened on this computer only.\n  + Read\n  - not: Run\n  Saved only.',
  );
  // Where the owner names types of messages, they say what the link permits.
  expect(previewText(preview, 'viewer', true)).toBe(
    'Sharing "Thesis" as Viewer. The link can be opened on this computer only.\n  Saved only.',
  );
  expect(warningText({ id: 'x', level: 'danger', text: 'Code.' })).toBe('DANGER   Code.');
});

test('a link to a message bus says what it permits, and which token its clients send', () => {
  const permissions = { send: ['recognizer_loop:utterance'], receive: [] };
  const text = newLinkText({ ...fresh, permissions }, now);
  expect(text).toContain('may send: recognizer_loop:utterance');
  expect(text).toContain('as secret as the link: abcdefghijkl.secret');
  expect(newLinkText(fresh, now)).not.toContain('abcdefghijkl.secret');
});
