/** The menu bar. Few shortcuts: the keys belong to the server's page. */
import type { MenuItemConstructorOptions } from 'electron/main';
import type { ServerInfo } from '../../../shared/model.ts';
import { serverItems, type Action, type SharingState } from './menu-model.ts';
import { menuTemplate } from './menus.ts';

export interface MenuFacts {
  readonly mac: boolean;
  readonly development: boolean;
  /** The server of the window in front; null where that is one of our own pages. */
  readonly server: ServerInfo | null;
  readonly sharing: SharingState;
}

export function applicationMenu(
  facts: MenuFacts,
  act: (action: Action) => void,
): MenuItemConstructorOptions[] {
  const server = facts.server;
  return [
    {
      label: facts.mac ? 'Gatehouse' : '&Gatehouse',
      submenu: [
        { label: 'Home', accelerator: 'CmdOrCtrl+Shift+H', click: () => act({ kind: 'home' }) },
        { label: 'People…', accelerator: 'CmdOrCtrl+Shift+P', click: () => act({ kind: 'people' }) },
        { label: 'About Gatehouse', click: () => act({ kind: 'about' }) },
        { type: 'separator' },
        { label: 'Close Window', role: 'close', accelerator: 'CmdOrCtrl+Shift+W' },
        { label: 'Quit Gatehouse', accelerator: 'CmdOrCtrl+Q', click: () => act({ kind: 'quit' }) },
      ],
    },
    ...(server === null
      ? []
      : [
          {
            label: facts.mac ? 'Server' : '&Server',
            submenu: menuTemplate(serverItems(server, facts.sharing), act),
          },
        ]),
    { role: 'editMenu' },
    { label: facts.mac ? 'View' : '&View', submenu: viewItems(facts.development, act) },
    { role: 'windowMenu' },
  ];
}

/** No role that loads: it would load the page's address, whatever process listens there now. */
function viewItems(development: boolean, act: (action: Action) => void): MenuItemConstructorOptions[] {
  return [
    { label: 'Back', accelerator: 'Alt+Left', click: () => act({ kind: 'back' }) },
    { label: 'Forward', accelerator: 'Alt+Right', click: () => act({ kind: 'forward' }) },
    { label: 'Reload', accelerator: 'F5', click: () => act({ kind: 'reload' }) },
    // As in browsers: a page that uses the key itself keeps it.
    ...['CmdOrCtrl+R', 'CmdOrCtrl+Shift+R'].map(accelerator => ({
      label: 'Reload',
      accelerator,
      visible: false,
      acceleratorWorksWhenHidden: true,
      click: () => act({ kind: 'reload' }),
    })),
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomIn', accelerator: 'CmdOrCtrl+=', visible: false, acceleratorWorksWhenHidden: true },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
    ...(development ? [{ role: 'toggleDevTools' } as const] : []),
  ];
}
