/*
 * The tray's menu, as the desktop would get it. Nothing in the app helps: what it hands to Electron is looked
 * at.
 */
import type { ElectronApplication } from '@playwright/test';
import type { Menu, MenuItem } from 'electron/main';
import { eventually } from '../../support/core.ts';

interface Shelf {
  trayMenu?: Menu | undefined;
}

/**
 * From now on the newest menu that the app builds for its tray icon is kept (the one that shows Gatehouse; no
 * other does). It is rebuilt whenever a window comes to the front or a server changes.
 */
export async function watchTray(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(({ app, BrowserWindow, Menu }) => {
    const original = Menu.buildFromTemplate.bind(Menu);
    Menu.buildFromTemplate = template => {
      const menu = original(template);
      if (menu.items.some(({ label }) => label === 'Show Gatehouse')) (globalThis as Shelf).trayMenu = menu;
      return menu;
    };
    app.emit('browser-window-focus', {}, BrowserWindow.getAllWindows()[0]);
  });
}

/**
 * The labels of the tray menu, `Server > Entry` for those of a server; those that cannot be clicked in
 * brackets.
 */
export function trayLabels(electron: ElectronApplication): Promise<readonly string[]> {
  return electron.evaluate(() => {
    const label = (item: MenuItem): string => (item.enabled ? item.label : `(${item.label})`);
    const items = (globalThis as Shelf).trayMenu?.items ?? [];
    return items
      .filter(item => item.type !== 'separator')
      .flatMap(item =>
        item.submenu
          ? item.submenu.items
              .filter(inner => inner.type !== 'separator')
              .map(inner => `${item.label} > ${label(inner)}`)
          : [label(item)],
      );
  });
}

/** Clicks an entry of a server, or one of the menu itself, once it can be clicked. */
export async function clickTray(electron: ElectronApplication, label: string): Promise<void> {
  await eventually(`the tray entry ${label}`, 20_000, () =>
    electron.evaluate((_modules, wanted) => {
      const items = (globalThis as Shelf).trayMenu?.items ?? [];
      const all = items.flatMap(item => item.submenu?.items ?? [item]);
      const found = all.find(item => item.label === wanted && item.enabled);
      found?.click();
      return found !== undefined;
    }, label),
  );
}
