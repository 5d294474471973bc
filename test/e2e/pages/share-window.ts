import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { PeopleWindow } from './people-window.ts';
import { windowAfter } from './window-after.ts';

/** The share window: a form, then the link. */
export class ShareWindow {
  readonly page: Page;
  readonly #electron: ElectronApplication;

  constructor(electron: ElectronApplication, page: Page) {
    this.#electron = electron;
    this.page = page;
  }

  get heading(): Locator {
    return this.page.getByRole('heading', { name: /^Share “/u });
  }

  get encryption(): Locator {
    return this.page.getByText('The connection is always encrypted (TLS).');
  }

  get label(): Locator {
    return this.page.getByLabel('Who is it for?');
  }

  get network(): Locator {
    return this.page.getByLabel('From which network');
  }

  get approval(): Locator {
    return this.page.getByLabel('I approve each guest myself');
  }

  get danger(): Locator {
    return this.page.getByRole('group', { name: 'Danger' });
  }

  get acknowledgement(): Locator {
    return this.page.getByLabel(/^I understand/u);
  }

  get make(): Locator {
    return this.page.getByRole('button', { name: 'Make link' });
  }

  get qrCode(): Locator {
    return this.page.getByRole('img', { name: /QR/u });
  }

  get copy(): Locator {
    return this.page.getByRole('button', { name: 'Copy link', exact: true });
  }

  get copied(): Locator {
    return this.page.getByText(/^Copied/u);
  }

  /** Where the link can be opened, in words. */
  reach(words: string): Locator {
    return this.page.getByText(words, { exact: false }).first();
  }

  role(title: 'Viewer' | 'Editor' | 'Full'): Locator {
    return this.page.getByLabel(new RegExp(`^${title}`, 'u'));
  }

  /** Fills what every link needs; reachable from this computer only. */
  async fill(label: string): Promise<void> {
    await this.label.fill(label);
    await this.network.selectOption('127.0.0.1');
  }

  /** The link, once it is made. */
  link(): Promise<string> {
    return this.page.getByLabel('Link', { exact: true }).inputValue();
  }

  async people(): Promise<PeopleWindow> {
    const button = this.page.getByRole('button', { name: 'People' });
    const page = await windowAfter(this.#electron, () => button.click());
    await page.locator('h1').first().waitFor();
    return new PeopleWindow(page);
  }
}
