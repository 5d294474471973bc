/**
 * A guest's browser, Debian's Chromium, before a fake gateway. A test fails when the page throws, or its own
 * policy keeps it from something.
 */
import { existsSync } from 'node:fs';
import { expect, test as base } from '@playwright/test';
import { openFakeGateway, type FakeGateway, type Said } from './fake-gateway.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

export const mayLeaveOut = executablePath === undefined && process.env['CI'] !== 'true';

export const secret = 'c2VjcmV0LW9mLXRoaXMtbGluay0wMTIzNDU2Nzg5';
export const link = `/_gatehouse/join/Lk3fH2#${secret}`;

const until = new Date(Date.now() + 26 * 3_600_000).toISOString();

export const viewer = {
  owner: 'mira',
  computer: 'mira-laptop',
  server: 'thesis',
  role: 'viewer',
  title: 'Viewer',
  can: ['Read notebooks and files', 'See outputs of kernels that run'],
  cannot: ['Run, edit, start or stop anything'],
  runsCode: false,
  note: 'This server does not share edits live: you see what was last saved.',
  until,
  asksName: false,
  approval: false,
};
export const editor = {
  ...viewer,
  role: 'editor',
  title: 'Editor',
  can: ['Edit notebooks and files', 'Run cells'],
  cannot: ['Open terminals', 'Shut the server down'],
  runsCode: true,
  note: null,
  asksName: true,
  approval: true,
};

export const invited = (invitation: object): Said => ({ status: 200, body: { state: 'open', invitation } });
export const refused = (reason: string): Said => ({ status: 403, body: { state: 'no', reason } });
export const mustWait: Said = { status: 202, body: { state: 'wait', ticket: 'ticket-1', endsAt: until } };
export const stillWaits: Said = { status: 200, body: { state: 'waiting' } };
export const isIn: Said = { status: 200, body: { state: 'in', next: '/lab' } };
export const me: Said = {
  status: 200,
  body: { name: 'Ada', role: 'viewer', title: 'Viewer', until, server: 'thesis' },
};
export const isOut = (reason: string): Said => ({ status: 401, body: { reason } });

interface GuestFixtures {
  readonly gateway: FakeGateway;
  /** Loads the page again, even where only the fragment differs. */
  readonly visit: (path: string) => Promise<void>;
  /** So that a test and axe can read the banner, which is closed to the page. */
  readonly openShadows: () => Promise<void>;
}

export const test = base.extend<GuestFixtures>({
  timezoneId: 'Europe/Vienna',
  launchOptions: {
    ...(executablePath === undefined ? {} : { executablePath }),
    // As root there is no sandbox to be had; the other flags keep Chromium from calling home.
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  },
  gateway: async ({ browserName: _browserName }, use) => {
    const gateway = await openFakeGateway();
    await use(gateway);
    gateway.close();
  },
  page: async ({ page }, use) => {
    const faults: string[] = [];
    page.on('pageerror', error => faults.push(String(error)));
    page.on('console', message => {
      if (/Content Security Policy|Trusted/i.test(message.text())) faults.push(message.text());
    });
    await use(page);
    expect(faults).toEqual([]);
  },
  visit: async ({ page, gateway }, use) => {
    await use(async path => {
      await page.goto('about:blank');
      await page.goto(gateway.origin + path);
    });
  },
  openShadows: async ({ context }, use) => {
    await use(async () => {
      await context.addInitScript(() => {
        const attach = Reflect.get(Element.prototype, 'attachShadow');
        Element.prototype.attachShadow = function attachOpen(options) {
          return Reflect.apply(attach, this, [{ ...options, mode: 'open' }]);
        };
      });
    });
  },
});
