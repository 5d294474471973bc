import { Notification } from 'electron/main';
import type { ShareNotice } from './share-notice.ts';

/** A click shows who is there. */
export function notifyShare(notice: ShareNotice, show: () => void): void {
  if (!Notification.isSupported()) return;
  const shown = new Notification({ ...notice });
  shown.on('click', show);
  shown.show();
}
