import { expect, test } from 'vitest';
import type { CoreLink } from '../../../src/main/shell/core-link.ts';
import { ShareWatch } from '../../../src/main/shell/share-watch.ts';
import type { ShareNotice } from '../../../src/main/shell/share-notice.ts';

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

test('without a core nobody is in', () => {
  const { watch, asked, link } = watchOf({});
  link.state.core = 'lost';
  watch.look();
  expect(asked).toEqual([]);
  expect(watch.state.people).toBe(0);
});

test('the owner is told who joins and who waits', () => {
  const { watch, notices } = watchOf({});
  const who = { name: 'Ada', role: 'viewer', serverName: 's', address: 'x', label: 'l' };
  watch.heard('share.joined', who as never);
  watch.heard('share.waiting', who as never);
  expect(notices.map(({ title }) => title)).toEqual(['Ada is in “s”', 'Ada waits to be let in']);
});
