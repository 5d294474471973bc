import { expect, test } from 'vitest';
import {
  auditReportText,
  auditText,
  certificateText,
  linksText,
  newLinkText,
  peopleText,
  previewText,
  revokedText,
  takenText,
  warningText,
} from '../../../src/main/cli/share-texts.ts';
import type {
  NewShareLink,
  GuestSessionInfo,
  ShareLinkInfo,
  SharePreview,
  JoinRequestInfo,
} from '../../../src/shared/sharing.ts';

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

test('a new link is told with all that is needed, and its secret once', () => {
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
  expect(newLinkText({ ...fresh, authorityFingerprint: null }, now)).not.toContain('telephone');
});

test('links are a table, ended ones by their state', () => {
  expect(linksText([], now)).toContain('`gatehouse share`');
  const [head, first, second] = linksText([link, { ...link, state: 'revoked', usesLeft: 3 }], now).split(
    '\n',
  );
  expect(head).toMatch(/^LINK +FOR +SERVER +ROLE +WORKS +USES LEFT +IN NOW$/);
  expect(first).toMatch(/abcdefghijkl +Ada +Thesis +viewer +for 1 day +any +2/);
  expect(second).toMatch(/revoked +3/);
});

const person: GuestSessionInfo = {
  session: '0123456789ab',
  link: link.id,
  label: 'Ada',
  server: link.server,
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
  link: link.id,
  label: 'Ada',
  server: link.server,
  serverName: 'Thesis',
  role: 'viewer',
  name: 'Grace',
  address: '10.0.0.8',
  browser: '',
  since: '2026-11-25T11:59:00.000Z',
  endsAt: '2026-11-25T12:09:00.000Z',
};

test('people: who is in, who waits, and what to do', () => {
  expect(peopleText([], [], now)).toBe('Nobody is in.');
  const text = peopleText([person], [waiting], now);
  expect(text).toMatch(
    /0123456789ab +\(no name\) +viewer +Thesis +Ada +10\.0\.0\.9, Firefox on Linux +1 hour/,
  );
  expect(text).toMatch(/fedcba987654 +Grace/);
  expect(text).toContain('`gatehouse admit ID`');
});

test('what was taken back is counted', () => {
  expect(takenText({ links: ['a'], sessions: 1 })).toBe('Link a is taken back; 1 visit has ended.');
  expect(takenText({ links: ['a', 'b'], sessions: 0 })).toBe('2 links are taken back; 0 visits have ended.');
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

test('the audit log and its judgement', () => {
  expect(auditText([])).toBe('Nothing has been shared yet.');
  expect(auditText([{ n: 1, at: 't', event: 'joined', name: 'A\u001b' }])).toBe(
    '    1  t  joined  name="A\\u001b"',
  );
  expect(auditReportText({ whole: true, lines: 3, faults: [] })).toContain('3 lines');
  expect(auditReportText({ whole: false, lines: 3, faults: ['Line 4 of a is wrong.'] })).toBe(
    'Line 4 of a is wrong.',
  );
});

test('a certificate says who trusts it', () => {
  const certificate = {
    kind: 'supplied',
    fingerprint: 'AA',
    validTo: '2027-01-01T00:00:00Z',
    trustedByAll: true,
    authority: null,
    findings: [{ message: 'Soon.', nextStep: 'Renew.' }],
  } as const;
  const text = certificateText(certificate);
  expect(text).toContain('every browser trusts it');
  expect(text).toContain('Soon.\n  Renew.');
});

test('a link to a message bus says what may be sent and what is shown, and with which token its clients come in', () => {
  const permissions = { send: ['recognizer_loop:utterance'], receive: [] };
  const words = linksText([link, { ...link, id: 'bcdefghijklm', permissions }], now);
  expect(words).toContain('bcdefghijklm  may send: recognizer_loop:utterance');
  expect(words).toContain('bcdefghijklm  is shown: nothing');
  expect(words).not.toContain('abcdefghijkl  may send');
  expect(newLinkText({ ...fresh, permissions }, now)).toContain('as secret as the link: abcdefghijkl.secret');
  expect(newLinkText(fresh, now)).not.toContain('abcdefghijkl.secret');
});

test('a link that had been taken back before is not said to be taken back now', () => {
  const both = { links: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'], sessions: 2 };
  expect(revokedText(both, new Set(['aaaaaaaaaaaa']))).toBe(
    'Link aaaaaaaaaaaa had been taken back before.\nLink bbbbbbbbbbbb is taken back; 2 visits have ended.',
  );
  expect(revokedText({ links: ['aaaaaaaaaaaa'], sessions: 0 }, new Set(['aaaaaaaaaaaa']))).toBe(
    'Link aaaaaaaaaaaa had been taken back before.',
  );
});
