import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { PeopleWindow } from './people-window.ts';
import { ShareWindow } from './share-window.ts';
import { windowAfter } from './window-after.ts';

/** The home window: servers, installations, and the question whether a folder is trusted. */
export class HomeWindow {
  readonly page: Page;
  readonly #electron: ElectronApplication;

  constructor(electron: ElectronApplication, page: Page) {
    this.#electron = electron;
    this.page = page;
  }

  get heading(): Locator {
    return this.page.getByRole('heading', { name: 'Gatehouse' });
  }

  get alert(): Locator {
    return this.page.getByRole('alert');
  }

  get found(): Locator {
    return this.page.getByRole('region', { name: 'Found on this computer' });
  }

  get running(): Locator {
    return this.page.getByRole('region', { name: 'Running' });
  }

  /** Starts the first JupyterLab that was found. */
  get startButton(): Locator {
    return this.page.getByRole('button', { name: /^Start JupyterLab/u }).first();
  }

  get startInFolder(): Locator {
    return this.page.getByRole('button', { name: 'Start in a folder…' });
  }

  /** What the card of a shared server says about its guests. */
  shared(links: string, guests: string): Locator {
    return this.page.getByText(`shared: ${links}, ${guests}`);
  }

  get nothingShared(): Locator {
    return this.page.getByText('Nothing is shared.', { exact: false });
  }

  get waitingGuest(): Locator {
    return this.page.getByRole('button', { name: /^1 waiting to be let in/u });
  }

  get trustQuestion(): Locator {
    return this.page.getByRole('group', {
      name: 'Do you trust the authors of the files in this folder?',
    });
  }

  get trust(): Locator {
    return this.page.getByRole('button', { name: 'Yes, trust them' });
  }

  get startWithoutTrust(): Locator {
    return this.page.getByRole('button', { name: 'No, start it without trust' });
  }

  get cancel(): Locator {
    return this.page.getByRole('button', { name: 'Cancel' });
  }

  card(server: string): ServerCard {
    return new ServerCard(this.page.getByRole('article', { name: server }));
  }

  /** Clicks Start on the JupyterLab that was found and answers with its window. */
  async startJupyter(): Promise<Page> {
    const lab = await windowAfter(this.#electron, () => this.startButton.click({ timeout: 30_000 }), 60_000);
    await lab.locator('.jp-Launcher').waitFor({ timeout: 60_000 });
    return lab;
  }

  /** Opens the window of a server that runs. */
  open(server: string): Promise<Page> {
    const button = this.page.getByRole('button', { name: `Open ${server}` });
    return windowAfter(this.#electron, () => button.click());
  }

  /** Opens the share window of the one server that runs. */
  async share(): Promise<ShareWindow> {
    const button = this.page.getByRole('button', { name: /^Share /u });
    const page = await windowAfter(this.#electron, () => button.click());
    await page.locator('h1').first().waitFor();
    return new ShareWindow(this.#electron, page);
  }

  /** Opens the window with the guest who is waiting. */
  async answerWaitingGuest(): Promise<PeopleWindow> {
    const page = await windowAfter(this.#electron, () => this.waitingGuest.click());
    await page.locator('h1').first().waitFor();
    return new PeopleWindow(page);
  }
}

/** One server in the home window. */
class ServerCard {
  readonly card: Locator;

  constructor(card: Locator) {
    this.card = card;
  }

  get trustAuthors(): Locator {
    return this.card.getByRole('button', { name: /^Trust the authors/u });
  }

  get restart(): Locator {
    return this.card.getByRole('button', { name: /^Restart/u });
  }
}
