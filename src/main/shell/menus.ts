/** Turns the menu model into real menus. */
import type { NativeImage } from 'electron/common';
import { Menu, Tray, type MenuItemConstructorOptions } from 'electron/main';
import type { ServerInfo } from '../../shared/model.ts';
import type { CoreState } from '../../shared/window.ts';
import { trayItems, trayTitle, type Action, type Item } from './menu-model.ts';

export function menuTemplate(
  items: readonly Item[],
  act: (action: Action) => void,
): MenuItemConstructorOptions[] {
  return items.map(item => {
    switch (item.kind) {
      case 'line':
        return { type: 'separator' };
      case 'text':
        return { label: item.label, enabled: false };
      case 'group':
        return { label: item.label, submenu: menuTemplate(item.items, act) };
      case 'action':
        return { label: item.label, enabled: item.enabled, click: () => act(item.action) };
      default:
        return item satisfies never;
    }
  });
}

/** The tray icon; its menu is made anew whenever a server changes. */
export class TrayIcon {
  readonly #tray: Tray;
  readonly #act: (action: Action) => void;

  constructor(image: NativeImage, act: (action: Action) => void) {
    this.#tray = new Tray(image);
    this.#act = act;
    this.#tray.on('click', () => act({ kind: 'home' }));
  }

  update(servers: readonly ServerInfo[], core: CoreState): void {
    this.#tray.setToolTip(trayTitle(servers, core));
    this.#tray.setContextMenu(Menu.buildFromTemplate(menuTemplate(trayItems(servers, core), this.#act)));
  }

  destroy(): void {
    this.#tray.destroy();
  }
}
