import { expect, test } from 'vitest';
import { joinedNotice, waitingNotice } from '../../../../src/main/shell/sharing/share-notice.ts';
import type { GuestSessionInfo, JoinRequestInfo } from '../../../../src/shared/share-model.ts';

const who = { name: 'Ada', role: 'editor', serverName: 'thesis', address: '10.0.0.7', label: 'review' };

test('a notification names the guest who joined, what they may do and their address', () => {
  expect(joinedNotice(who as GuestSessionInfo)).toEqual({
    title: 'Ada joined “thesis”',
    body: 'Ada can edit and run code. Link for review, from 10.0.0.7.',
  });
});

test('a notification names the guest who waits, and says how to answer', () => {
  expect(waitingNotice(who as JoinRequestInfo)).toEqual({
    title: 'Ada is waiting to be let in',
    body: 'To “thesis” as editor. Link for review, from 10.0.0.7. Click to answer.',
  });
});

test('a name is shortened, and its absence said', () => {
  expect(joinedNotice({ ...who, name: '' } as GuestSessionInfo).title).toBe('Somebody joined “thesis”');
  expect(joinedNotice({ ...who, name: '🦊'.repeat(100) } as GuestSessionInfo).title).toBe(
    `${'🦊'.repeat(60)} joined “thesis”`,
  );
});
