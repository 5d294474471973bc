/* A real browser before the door: Debian's Chromium. */
import { chromium, type Browser, type Page } from '@playwright/test';
import type { GuestClient } from './guest.ts';

export function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/**
 * The browser of a guest who has joined. The authority of the certificate is not installed there: other tests
 * look at that.
 */
export async function pageOf(browser: Browser, guest: GuestClient): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const at = guest.cookie.indexOf('=');
  const [name, value] = [guest.cookie.slice(0, at), guest.cookie.slice(at + 1)];
  await context.addCookies([{ name, value, url: guest.origin, secure: true, httpOnly: true }]);
  return context.newPage();
}

/** The first message of a WebSocket that the page opens, or `refused`. */
export function heardByPage(page: Page, target: string): Promise<unknown> {
  return page.evaluate(
    url =>
      new Promise(resolve => {
        const socket = new WebSocket(url);
        socket.addEventListener('message', event => resolve(event.data));
        socket.addEventListener('error', () => resolve('refused'));
      }),
    target,
  );
}
