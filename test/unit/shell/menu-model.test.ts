import { expect, test } from 'vitest';
import { trayItems, trayTitle, type Item } from '../../../src/main/shell/menu-model.ts';
import { serverInfo } from './server-info.ts';

function lines(items: readonly Item[]): readonly string[] {
  return items.flatMap(item => {
    if (item.kind === 'line') return ['-'];
    if (item.kind === 'group') return [item.label, ...lines(item.items).map(line => `  ${line}`)];
    return item.kind === 'action' && item.enabled ? [item.label] : [`(${item.label})`];
  });
}

const end = ['-', 'Show Gatehouse', 'About Gatehouse', '-', 'Quit'];

test('the tray offers everything for a server that runs', () => {
  expect(lines(trayItems([serverInfo({ state: 'ready' })], 'ready'))).toEqual([
    'thesis · running',
    '  Open',
    '  Copy Access Link',
    '  -',
    '  Stop',
    '  Restart',
    '  Logs',
    ...end,
  ]);
});

test.each([
  ['starting', ['Open', '(Copy Access Link)', 'Stop', '(Restart)', 'Logs']],
  ['restarting', ['Open', '(Copy Access Link)', 'Stop', 'Restart', 'Logs']],
  ['unhealthy', ['Open', 'Copy Access Link', 'Stop', 'Restart', 'Logs']],
  ['stopping', ['(Open)', '(Copy Access Link)', '(Stop)', '(Restart)', 'Logs']],
  ['stopped', ['(Open)', '(Copy Access Link)', '(Stop)', 'Start Again', 'Logs']],
  ['failed', ['(Open)', '(Copy Access Link)', '(Stop)', 'Start Again', 'Logs']],
] as const)('a server that is %s: %j', (state, wanted) => {
  const [group] = trayItems([serverInfo({ state })], 'ready');
  const inside = group?.kind === 'group' ? lines(group.items).filter(line => line !== '-') : [];
  expect(inside).toEqual(wanted);
});

test('no server, no core', () => {
  expect(lines(trayItems([], 'ready'))).toEqual(['(Nothing is running)', ...end]);
  expect(lines(trayItems([], 'connecting'))).toEqual(['(Gatehouse is starting…)', ...end]);
  expect(lines(trayItems([serverInfo({})], 'lost'))).toEqual([
    '(The core is not running)',
    'Start It Again',
    ...end,
  ]);
});

test('the tooltip names what runs', () => {
  const servers = [
    serverInfo({ name: 'a' }),
    serverInfo({ name: 'b' }),
    serverInfo({ name: 'c', state: 'stopped' }),
  ];
  expect(trayTitle(servers, 'ready')).toBe('Gatehouse: a, b running');
  expect(trayTitle([], 'ready')).toBe('Gatehouse: nothing is running');
  expect(trayTitle(servers, 'lost')).toBe('Gatehouse: the core is not running');
});
