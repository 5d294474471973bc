import { expect, test } from 'vitest';
import { mustLoad, showingAfter, windowTitle } from '../../../../src/main/shell/windows/window-content.ts';

test.each([
  [false, 200, true, 'page'],
  [false, 302, true, 'page'],
  [false, 404, true, 'page'],
  [false, 500, true, 'page'],
  [false, 401, true, 'stand-in'],
  [false, 502, true, 'stand-in'],
  [false, 503, true, 'stand-in'],
  [true, 0, true, 'stand-in'],
  [false, 200, false, 'stand-in'],
] as const)(
  'a load that failed: %s, with status %d, from the own listener: %s, leaves %s',
  (failed, status, own, wanted) => {
    expect(showingAfter({ failed, status, own })).toBe(wanted);
  },
);

test.each([
  ['ready', 'nothing', true],
  ['ready', 'stand-in', true],
  ['ready', 'page', false],
  ['restarting', 'page', false],
  ['restarting', 'stand-in', false],
  ['starting', 'nothing', false],
  ['failed', 'stand-in', false],
] as const)('a server that is %s in a window that shows %s is loaded: %s', (state, showing, wanted) => {
  expect(mustLoad(state, showing)).toBe(wanted);
});

test('the title says whose window it is and what is wrong', () => {
  expect(windowTitle('thesis', 'ready', 'JupyterLab')).toBe('thesis - JupyterLab');
  expect(windowTitle('thesis', 'restarting', 'JupyterLab')).toBe('thesis (restarting) - JupyterLab');
  expect(windowTitle('thesis', 'ready', '')).toBe('thesis');
});
