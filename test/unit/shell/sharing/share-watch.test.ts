import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GuestSessionInfo } from '../../../../src/shared/share-model.ts';
import type { CoreLink } from '../../../../src/main/shell/core-link.ts';
import { ShareWatch } from '../../../../src/main/shell/sharing/share-watch.ts';
import type { ShareNotice } from '../../../../src/main/shell/sharing/share-notice.ts';

type Link = Pick<CoreLink, 'call' | 'state'>;

function watchOf(answers: Record<string, unknown[]>): {
  watch: ShareWatch;
  asked: string[];
  changes: number[];
  notices: ShareNotice[];
  link: { state: { core: string } };
} {
  const asked: string[] = [];
  const changes: number[] = [];
  const notices: ShareNotice[] = [];
  const link = {
    state: { core: 'ready', reason: '' },
    call: async (name: string) => {
      asked.push(name);
      return answers[name] ?? [];
    },
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const watch = new ShareWatch(link as unknown as Link, log, {
    changed: () => changes.push(watch.state.people),
    notify: notice => notices.push(notice),
  });
  return { watch, asked, changes, notices, link };
}

test('what has changed is asked for, and told when it is another', async () => {
  const answers: Record<string, unknown[]> = {
    'share.people': [{}, {}],
    'share.listeners': [{ server: 'a' }],
  };
  const { watch, changes } = watchOf(answers);
  watch.heard('share.changed', { server: 'a' });
  await expect.poll(() => watch.state).toEqual({ shared: new Set(['a']), people: 2, waiting: 0 });
  watch.heard('share.changed', { server: 'a' });
  answers['share.people'] = [];
  watch.heard('share.changed', { server: 'a' });
  await expect.poll(() => watch.state.people).toBe(0);
  expect(changes).toEqual([2, 0]);
});

test('many changes at once are few questions', async () => {
  const { watch, asked } = watchOf({});
  for (let turn = 0; turn < 50; turn++) watch.heard('share.changed', { server: null });
  await expect.poll(() => asked.length).toBe(6);
});

test('without a core there are no guests', () => {
  const { watch, asked, link } = watchOf({});
  link.state.core = 'lost';
  watch.look();
  expect(asked).toEqual([]);
  expect(watch.state.people).toBe(0);
});

test('the owner is notified of guests who join and who wait', () => {
  const { watch, notices } = watchOf({});
  const who = { name: 'Ada', role: 'viewer', serverName: 's', address: 'x', label: 'l' };
  watch.heard('share.joined', who as never);
  watch.heard('share.waiting', who as never);
  expect(notices.map(({ title }) => title)).toEqual(['Ada joined “s”', 'Ada is waiting to be let in']);
});

const person = (name: string): GuestSessionInfo => ({
  session: '0123456789ab',
  link: 'abc',
  server: 's',
  serverName: 'Thesis',
  label: 'class',
  name,
  role: 'viewer',
  address: '10.0.0.1',
  browser: '',
  since: '2027-01-15T08:00:00.000Z',
  lastSeen: '2027-01-15T08:00:00.000Z',
  endsAt: '2027-01-15T08:00:00.000Z',
  connections: 0,
});

describe('the owner’s bell', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('attack: somebody who joins twice a second for an hour rings it once, and then seldom with the number', () => {
    const { watch, notices } = watchOf({});
    for (let turn = 0; turn < 7200; turn++) {
      watch.heard('share.joined', person('Eve'));
      vi.advanceTimersByTime(500);
    }
    expect(notices[0]?.title).toBe('Eve joined “Thesis”');
    expect(notices[1]?.title).toBe('19 more guests joined “Thesis”');
    expect(notices.length).toBeLessThanOrEqual(13);
  });

  test('a second guest is told by name a moment later, and who comes later again is told at once', () => {
    const { watch, notices } = watchOf({});
    watch.heard('share.joined', person('Ada'));
    watch.heard('share.joined', person('Grace'));
    expect(notices.map(({ title }) => title)).toEqual(['Ada joined “Thesis”']);
    vi.advanceTimersByTime(10_000);
    expect(notices.map(({ title }) => title).slice(1)).toEqual(['Grace joined “Thesis”']);
    vi.advanceTimersByTime(60_000);
    watch.heard('share.joined', person('Mira'));
    expect(notices.map(({ title }) => title).slice(2)).toEqual(['Mira joined “Thesis”']);
  });

  test('joining hides nobody who waits, and nobody of another server', () => {
    const { watch, notices } = watchOf({});
    watch.heard('share.joined', person('Eve'));
    watch.heard('share.waiting', { ...person('Ada'), id: 'w' });
    watch.heard('share.joined', { ...person('Mira'), server: 'other', serverName: 'Other' });
    expect(notices.map(({ title }) => title)).toEqual([
      'Eve joined “Thesis”',
      'Ada is waiting to be let in',
      'Mira joined “Other”',
    ]);
  });
});
