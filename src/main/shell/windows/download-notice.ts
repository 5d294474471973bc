/** Tells the owner how a download ended. */
import { shell } from 'electron/common';
import { dialog, Notification, type BrowserWindow } from 'electron/main';
import type { EndedDownload } from './downloads.ts';

/**
 * A file that was saved is announced, and a click shows it in its folder. It is never opened: it may be a
 * program. A download that failed is told in its window, because a notification is easily missed.
 */
export function notifyDownload(download: EndedDownload, window: BrowserWindow | null): void {
  if (download.state === 'interrupted') tellFailure(download, window);
  if (download.state !== 'completed' || !Notification.isSupported()) return;
  const notice = new Notification({
    title: 'Saved to Downloads',
    body: `${download.name}\nClick to show it in its folder.`,
  });
  notice.on('click', () => shell.showItemInFolder(download.file));
  notice.show();
}

function tellFailure({ name, reason }: EndedDownload, window: BrowserWindow | null): void {
  const message = {
    type: 'warning',
    message: `“${name}” could not be downloaded`,
    detail: `${reason === null ? 'The download was interrupted.' : `Reason: ${reason}.`} Nothing was saved. Try it again from the page.`,
    buttons: ['OK'],
  } as const;
  const shown =
    window === null || window.isDestroyed()
      ? dialog.showMessageBox({ ...message, buttons: [...message.buttons] })
      : dialog.showMessageBox(window, { ...message, buttons: [...message.buttons] });
  shown.catch(() => undefined);
}
