import { nativeImage, type NativeImage } from 'electron/common';
import picture from '../../../../build/icons/tray.png?inline';
import pictureIn from '../../../../build/icons/tray-in.png?inline';
import pictureWaiting from '../../../../build/icons/tray-waiting.png?inline';
import templatePicture from '../../../../build/icons/tray-template.png?inline';
import templateIn from '../../../../build/icons/tray-in-template.png?inline';
import templateWaiting from '../../../../build/icons/tray-waiting-template.png?inline';
import { errorInfo } from '../error-info.ts';
import type { Action } from './menu-model.ts';
import { TrayIcon } from './menus.ts';
import type { ShellLog } from '../shell-ports.ts';

/**
 * The tray icon; null where the desktop refuses one. It is made also where none was announced: some desktops
 * show it all the same.
 */
export function makeTray(expected: boolean, act: (action: Action) => void, log: ShellLog): TrayIcon | null {
  if (!expected) log.info('This desktop announces no tray; the home window offers the same.');
  try {
    const mac = process.platform === 'darwin';
    const image = (template: string, plain: string): NativeImage => {
      const made = nativeImage.createFromDataURL(mac ? template : plain);
      made.setTemplateImage(mac);
      return made;
    };
    const images = {
      none: image(templatePicture, picture),
      in: image(templateIn, pictureIn),
      waiting: image(templateWaiting, pictureWaiting),
    };
    return new TrayIcon(images, act);
  } catch (error) {
    log.warn(`There is no tray icon: ${errorInfo(error).message}`);
    return null;
  }
}
