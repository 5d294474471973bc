import { expect, test } from 'vitest';
import { joinedNotice, waitingNotice } from '../../../../src/main/shell/sharing/share-notice.ts';
import type { GuestSessionInfo, JoinRequestInfo } from '../../../../src/shared/sharing.ts';

const who = { name: 'Ada', role: 'editor', serverName: 'thesis', address: '10.0.0.7', label: 'review' };

test('who joins is named, with what they may do and where they come from', () => {
  expect(joinedNotice(who as GuestSessionInfo)).toEqual({
    title: 'Ada is in “thesis”',
    body: 'Ada edits and runs, by the link for review, from 10.0.0.7.',
  });
});

test('who waits is named, and what to do', () => {
  expect(waitingNotice(who as JoinRequestInfo)).toEqual({
    title: 'Ada waits to be let in',
    body: 'To “thesis” as editor, by the link for review, from 10.0.0.7. Click to answer.',
  });
});

test('a name is shortened, and its absence said', () => {
  expect(joinedNotice({ ...who, name: '' } as GuestSessionInfo).title).toBe('Somebody is in “thesis”');
  expect(joinedNotice({ ...who, name: '🦊'.repeat(100) } as GuestSessionInfo).title).toBe(
    `${'🦊'.repeat(60)} is in “thesis”`,
  );
});
