/**
 * Saves downloads into the user's Downloads folder, with progress on the window and a word when one is done.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BrowserWindow, DownloadItem, Session, WebContents } from 'electron/main';
import { numberedName, safeName } from './download-name.ts';

export interface EndedDownload {
  readonly name: string;
  /** May be shown in its folder once it is complete. */
  readonly file: string;
  readonly state: 'completed' | 'cancelled' | 'interrupted';
  /** Why it was interrupted; null where nothing is known. */
  readonly reason: string | null;
}

export interface DownloadPlace {
  folder(): string;
  windowOf(contents: WebContents): BrowserWindow | null;
  /** Tells the owner how it ended. */
  done(download: EndedDownload, window: BrowserWindow | null): void;
  /** Why a request for this address failed; null where nothing is known. */
  failure(url: string): string | null;
}

export function watchDownloads(session: Session, place: DownloadPlace): void {
  // Two downloads of one name may begin before the first has made its file.
  const taken = new Set<string>();
  session.on('will-download', (_event, item, contents) => {
    const name = safeName(item.getFilename());
    const file = freePath(place.folder(), name, taken);
    taken.add(file);
    item.setSavePath(file);
    const window = place.windowOf(contents);
    item.on('updated', () => showProgress(window, item));
    item.once('done', (_event, state) => {
      taken.delete(file);
      if (window?.isDestroyed() === false) window.setProgressBar(-1);
      const reason = state === 'interrupted' ? place.failure(item.getURL()) : null;
      place.done({ name: path.basename(file), file, state, reason }, window);
    });
  });
}

function showProgress(window: BrowserWindow | null, item: DownloadItem): void {
  if (window === null || window.isDestroyed()) return;
  const total = item.getTotalBytes();
  // Above 1 means "busy, no share known".
  window.setProgressBar(total > 0 ? item.getReceivedBytes() / total : 2);
}

function freePath(folder: string, name: string, taken: ReadonlySet<string>): string {
  for (let attempt = 0; ; attempt += 1) {
    const file = path.join(folder, numberedName(name, attempt));
    if (!taken.has(file) && !existsSync(file)) return file;
  }
}
