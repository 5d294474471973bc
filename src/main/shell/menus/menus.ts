/** Turns the menu model into real menus. */
import type { NativeImage } from 'electron/common';
import { Menu, Tray, type MenuItemConstructorOptions } from 'electron/main';
import type { ServerInfo } from '../../../shared/model.ts';
import type { CoreState } from '../../../shared/window.ts';
import { trayBadge, trayItems, trayTitle, type Action, type Item, type SharingState } from './menu-model.ts';

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

/** The tray icon; its menu is rebuilt whenever a server changes. */
export type TrayImages = Readonly<Record<ReturnType<typeof trayBadge>, NativeImage>>;

export class TrayIcon {
  readonly #tray: Tray;
  readonly #images: TrayImages;
  readonly #act: (action: Action) => void;

  constructor(images: TrayImages, act: (action: Action) => void) {
    this.#tray = new Tray(images.none);
    this.#images = images;
    this.#act = act;
    this.#tray.on('click', () => act({ kind: 'home' }));
  }

  update(servers: readonly ServerInfo[], core: CoreState, sharing: SharingState): void {
    this.#tray.setImage(this.#images[trayBadge(sharing)]);
    this.#tray.setToolTip(trayTitle(servers, core, sharing));
    const items = menuTemplate(trayItems(servers, core, sharing), this.#act);
    this.#tray.setContextMenu(Menu.buildFromTemplate(items));
  }

  destroy(): void {
    this.#tray.destroy();
  }
}
