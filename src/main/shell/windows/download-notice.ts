import { shell } from 'electron/common';
import { Notification } from 'electron/main';

const words = {
  completed: 'Saved to Downloads',
  cancelled: 'Download cancelled',
  interrupted: 'Download failed',
} as const;

/** Says that a download is done; a click shows it in its folder. It is never opened: it may be a program. */
export function notifyDownload(name: string, file: string, state: keyof typeof words): void {
  if (!Notification.isSupported()) return;
  const notice = new Notification({ title: words[state], body: name });
  if (state === 'completed') notice.on('click', () => shell.showItemInFolder(file));
  notice.show();
}
