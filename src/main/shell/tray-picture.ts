import { nativeImage } from 'electron/common';
import picture from '../../../build/icons/tray.png?inline';
import templatePicture from '../../../build/icons/tray-template.png?inline';
import { errorInfo } from './error-info.ts';
import type { Action } from './menu-model.ts';
import { TrayIcon } from './menus.ts';
import type { ShellLog } from './ports.ts';

/** The tray icon; null where the desktop refuses one. It is made also where none was announced: some desktops show it all the same. */
export function makeTray(expected: boolean, act: (action: Action) => void, log: ShellLog): TrayIcon | null {
  if (!expected) log.info('This desktop announces no tray; the home window offers the same.');
  try {
    const mac = process.platform === 'darwin';
    const image = nativeImage.createFromDataURL(mac ? templatePicture : picture);
    image.setTemplateImage(mac);
    return new TrayIcon(image, act);
  } catch (error) {
    log.warn(`There is no tray icon: ${errorInfo(error).message}`);
    return null;
  }
}
