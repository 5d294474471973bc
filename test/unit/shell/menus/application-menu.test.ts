import type { MenuItemConstructorOptions } from 'electron/main';
import { expect, test, vi } from 'vitest';
import { applicationMenu } from '../../../../src/main/shell/menus/application-menu.ts';
import { nothingShared, trayItems, type Action } from '../../../../src/main/shell/menus/menu-model.ts';
import { serverInfo } from '../server-info.ts';

// `menus.ts` makes real menus of the templates; only its templates are looked at here.
vi.mock('electron/main', () => ({ Menu: {}, Tray: null }));
const { menuTemplate } = await import('../../../../src/main/shell/menus/menus.ts');

/**
 * Electron's roles that ask for nothing over the network. One that is not here needs a reason, or goes
 * through the navigation guard.
 */
const harmless = new Set([
  'close',
  'editMenu',
  'windowMenu',
  'resetZoom',
  'zoomIn',
  'zoomOut',
  'togglefullscreen',
  'toggleDevTools',
]);

function all(items: readonly MenuItemConstructorOptions[]): readonly MenuItemConstructorOptions[] {
  return items.flatMap(item => [item, ...(Array.isArray(item.submenu) ? all(item.submenu) : [])]);
}

const acted: Action[] = [];
const act = (action: Action): void => void acted.push(action);

test('no menu has a role of Electron’s that loads a page: such a role passes no rule of ours', () => {
  const states = ['stopped', 'starting', 'ready', 'unhealthy', 'restarting', 'stopping', 'failed'] as const;
  const servers = [null, ...states.map(state => serverInfo({ state }))];
  const items = servers.flatMap(server =>
    [true, false].flatMap(flag => [
      ...all(applicationMenu({ mac: flag, development: flag, server, sharing: nothingShared }, act)),
      ...all(menuTemplate(trayItems(server === null ? [] : [server], 'ready', nothingShared), act)),
    ]),
  );
  const roles = new Set(items.flatMap(({ role }) => (role === undefined ? [] : [role])));
  expect([...roles].filter(role => !harmless.has(role))).toEqual([]);
  expect(roles.size).toBeGreaterThan(4);
});

test('Reload is an action of ours', () => {
  const menu = all(
    applicationMenu({ mac: false, development: false, server: null, sharing: nothingShared }, act),
  );
  const reload = menu.find(({ label }) => label === 'Reload');
  const click = reload?.click as (() => void) | undefined;
  click?.();
  expect(acted).toEqual([{ kind: 'reload' }]);
});
