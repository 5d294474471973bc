import type { Locator, Page } from '@playwright/test';

/** The people window: who waits, the guests, the links, the shared servers. */
export class PeopleWindow {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get guests(): Locator {
    return this.page.getByRole('region', { name: 'Guests' });
  }

  letIn(guest: string): Locator {
    return this.page.getByRole('button', { name: `Let ${guest} in`, exact: true });
  }

  revoke(label: string): Locator {
    return this.page.getByRole('button', { name: `Revoke the link for ${label}` });
  }

  /** Stops sharing the one server that is shared, and confirms it. */
  async stopSharing(): Promise<void> {
    await this.page.getByRole('button', { name: /^Stop sharing/u }).click();
    await this.page.getByRole('button', { name: 'Stop sharing', exact: true }).click();
  }
}
