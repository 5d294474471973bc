import { expect, test } from 'vitest';
import {
  nothingShared,
  trayBadge,
  trayItems,
  trayTitle,
  type Item,
} from '../../../../src/main/shell/menus/menu-model.ts';
import { serverInfo } from '../server-info.ts';

function lines(items: readonly Item[]): readonly string[] {
  return items.flatMap(item => {
    if (item.kind === 'line') return ['-'];
    if (item.kind === 'group') return [item.label, ...lines(item.items).map(line => `  ${line}`)];
    return item.kind === 'action' && item.enabled ? [item.label] : [`(${item.label})`];
  });
}

const rest = ['Show Gatehouse', 'About Gatehouse', '-', 'Quit'];
const end = ['-', 'People…', ...rest];

test('the tray offers everything for a server that runs', () => {
  expect(lines(trayItems([serverInfo({ state: 'ready' })], 'ready', nothingShared))).toEqual([
    'thesis · running',
    '  Open',
    '  New Window',
    '  Open in My Browser',
    '  Copy Access Link',
    '  Share…',
    '  -',
    '  Stop',
    '  Restart',
    '  Logs',
    ...end,
  ]);
});

test.each([
  [
    'starting',
    [
      'Open',
      '(New Window)',
      '(Open in My Browser)',
      '(Copy Access Link)',
      '(Share…)',
      'Stop',
      '(Restart)',
      'Logs',
    ],
  ],
  [
    'restarting',
    [
      'Open',
      '(New Window)',
      '(Open in My Browser)',
      '(Copy Access Link)',
      '(Share…)',
      'Stop',
      'Restart',
      'Logs',
    ],
  ],
  [
    'unhealthy',
    ['Open', 'New Window', 'Open in My Browser', 'Copy Access Link', 'Share…', 'Stop', 'Restart', 'Logs'],
  ],
  [
    'stopping',
    [
      '(Open)',
      '(New Window)',
      '(Open in My Browser)',
      '(Copy Access Link)',
      '(Share…)',
      '(Stop)',
      '(Restart)',
      'Logs',
    ],
  ],
  [
    'stopped',
    [
      '(Open)',
      '(New Window)',
      '(Open in My Browser)',
      '(Copy Access Link)',
      '(Share…)',
      '(Stop)',
      'Start Again',
      'Logs',
    ],
  ],
  [
    'failed',
    [
      '(Open)',
      '(New Window)',
      '(Open in My Browser)',
      '(Copy Access Link)',
      '(Share…)',
      '(Stop)',
      'Start Again',
      'Logs',
    ],
  ],
] as const)('a server that is %s: %j', (state, wanted) => {
  const [group] = trayItems([serverInfo({ state })], 'ready', nothingShared);
  const inside = group?.kind === 'group' ? lines(group.items).filter(line => line !== '-') : [];
  expect(inside).toEqual(wanted);
});

test('no server, no core', () => {
  expect(lines(trayItems([], 'ready', nothingShared))).toEqual(['(Nothing is running)', ...end]);
  expect(lines(trayItems([], 'connecting', nothingShared))).toEqual([
    '(Gatehouse is starting…)',
    '-',
    '(People…)',
    ...rest,
  ]);
  expect(lines(trayItems([serverInfo({})], 'lost', nothingShared))).toEqual([
    '(The core is not running)',
    'Start It Again',
    '-',
    '(People…)',
    ...rest,
  ]);
});

test('the tooltip names what runs', () => {
  const servers = [
    serverInfo({ name: 'a' }),
    serverInfo({ name: 'b' }),
    serverInfo({ name: 'c', state: 'stopped' }),
  ];
  expect(trayTitle(servers, 'ready', nothingShared)).toBe('Gatehouse: a, b running');
  expect(trayTitle([], 'ready', nothingShared)).toBe('Gatehouse: nothing is running');
  expect(trayTitle(servers, 'lost', nothingShared)).toBe('Gatehouse: the core is not running');
});

test('the tray stops sharing and counts guests', () => {
  const sharing = { shared: new Set([serverInfo({}).id]), people: 2, waiting: 1 };
  const all = lines(trayItems([serverInfo({ state: 'ready' })], 'ready', sharing));
  expect(all).toContain('  Stop Sharing…');
  expect(all).toContain('People… (2 guests, 1 waiting)');
  expect(trayTitle([serverInfo({ state: 'ready' })], 'ready', sharing)).toBe(
    'Gatehouse: thesis running\n1 guest is waiting to be let in\n2 guests have joined',
  );
});

test.each([
  [0, 0, 'none'],
  [1, 0, 'in'],
  [0, 1, 'waiting'],
  [3, 2, 'waiting'],
] as const)('%d guests and %d waiting show as %s', (people, waiting, badge) => {
  expect(trayBadge({ shared: new Set(), people, waiting })).toBe(badge);
});
