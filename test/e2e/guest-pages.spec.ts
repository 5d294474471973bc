/* Every view that a guest's browser has of Gatehouse, light and dark, narrow and wide, read by axe. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import path from 'node:path';
import { authority, type FakeGateway } from './support/fake-gateway.ts';
import {
  editor,
  invited,
  isOut,
  link,
  mayLeaveOut,
  me,
  refused,
  stillWaits,
  test,
  viewer,
  mustWait,
} from './support/guest-test.ts';

/** Where `npm run screenshots` wants them. */
const pictures = process.env['GATEHOUSE_PICTURES'];

test.skip(mayLeaveOut, 'Chromium is not installed.');

interface Room {
  readonly page: Page;
  readonly gateway: FakeGateway;
  readonly visit: (path: string) => Promise<void>;
}
type Show = (room: Room) => Promise<void>;

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });

async function join({ page, gateway, visit }: Room, plan: Partial<FakeGateway>): Promise<void> {
  Object.assign(gateway, plan);
  await visit(link);
  await page.getByRole('button', { name: 'Join' }).waitFor();
  const field = page.getByLabel('Your name');
  if (await field.isVisible()) await field.fill('Ada');
  await page.getByRole('button', { name: 'Join' }).click();
}

function refusal(reason: string, title: string): Show {
  return async ({ page, gateway, visit }) => {
    gateway.look = [refused(reason)];
    await visit(link);
    await expect(heading(page, title)).toBeFocused();
  };
}

function plain(path: string, title: string): Show {
  return async ({ page, visit }) => {
    await visit(path);
    await expect(heading(page, title)).toBeVisible();
  };
}

const views: Record<string, Show> = {
  'invitation-viewer': async ({ page, gateway, visit }) => {
    gateway.look = [invited(viewer)];
    await visit(link);
    await expect(heading(page, 'mira shares “thesis” with you')).toBeFocused();
  },
  'invitation-editor': async ({ page, gateway, visit }) => {
    gateway.look = [invited(editor)];
    await visit(link);
    await expect(page.getByLabel('Your name')).toBeVisible();
  },
  'name-missing-at-field': async room => {
    await join(room, { look: [invited(editor)], join: [refused('name-missing')] });
    await expect(room.page.getByRole('alert')).toBeVisible();
    await expect(room.page.getByLabel('Your name')).toBeFocused();
  },
  waiting: async room => {
    await join(room, { look: [invited(editor)], join: [mustWait], wait: [stillWaits] });
    await expect(heading(room.page, 'Waiting for mira')).toBeFocused();
  },
  'denied-after-waiting': async room => {
    const denied = { status: 200, body: { state: 'denied' } };
    await join(room, { look: [invited(viewer)], join: [mustWait], wait: [denied] });
    await expect(heading(room.page, 'mira did not let you in')).toBeFocused();
  },
  'not-now': async room => {
    const restarting = { status: 503, body: { message: '“thesis” is restarting.' } };
    await join(room, { look: [invited(viewer)], join: [restarting] });
    await expect(room.page.getByText('“thesis” is restarting.')).toBeVisible();
  },
  'too-many-tries': async ({ page, gateway, visit }) => {
    gateway.look = [{ status: 429, body: { message: 'Too many' }, headers: ['Retry-After', '600'] }];
    await visit(link);
    await expect(page.getByText('Try again in 10 min.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Try again' })).toBeDisabled();
  },
  odd: async ({ page, gateway, visit }) => {
    gateway.look = [{ status: 403, body: { message: 'A proxy says no' } }];
    await visit(link);
    await expect(heading(page, 'The computer gave an unexpected answer')).toBeFocused();
  },
  unreachable: async ({ page, gateway, visit }) => {
    gateway.down = true;
    await visit(link);
    await expect(heading(page, 'The computer does not answer')).toBeFocused();
    gateway.down = false;
  },
  'no-such-link': refusal('no-such-link', 'This link does not open anything'),
  revoked: refusal('revoked', 'This link has been revoked'),
  expired: refusal('expired', 'This link has expired'),
  'used-up': refusal('used-up', 'This link has been used'),
  denied: refusal('denied', 'The owner did not let you in'),
  'wait-over': refusal('wait-over', 'Nobody has answered'),
  'too-many-guests': refusal('too-many-guests', 'Too many guests at the moment'),
  'too-many-waiting': refusal('too-many-waiting', 'Too many guests are waiting'),
  'name-missing': refusal('name-missing', 'A name is needed'),
  'half-link': plain('/_gatehouse/join/Lk3fH2', 'Only half of the link has arrived'),
  certificate: async ({ page, visit }) => {
    await visit('/_gatehouse/certificate');
    for (const summary of await page.locator('summary').all()) await summary.click();
  },
  'certificate-supplied': plain('/supplied', 'This computer’s certificate'),
  left: plain('/_gatehouse/left', 'You have left'),
  outside: plain('/outside', 'You have no access'),
  banner: async ({ page, gateway, visit }) => {
    gateway.me = [me];
    await visit('/lab');
    await expect(page.getByRole('button', { name: 'Leave' })).toBeVisible();
  },
  'banner-small': async ({ page, gateway, visit }) => {
    gateway.me = [me];
    await visit('/lab');
    // It stays small in this tab.
    if (await page.getByRole('button', { name: 'Make this small' }).isVisible())
      await page.getByRole('button', { name: 'Make this small' }).press('Enter');
    await expect(page.getByRole('button', { name: 'Viewer: show your session' })).toBeVisible();
  },
  out: async ({ page, gateway, visit }) => {
    gateway.me = [isOut('revoked')];
    await visit('/lab');
    await expect(heading(page, 'The owner revoked your link')).toBeFocused();
  },
};

async function readByAxe(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return grave.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 880]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 720 } });
      test('in every view axe finds nothing serious, and nothing sticks out', async ({
        page,
        gateway,
        visit,
        openShadows,
      }) => {
        test.setTimeout(240_000);
        await openShadows();
        for (const [name, show] of Object.entries(views)) {
          await show({ page, gateway, visit });
          const file = `guest-${name}-${colorScheme}-${width}.png`;
          const picture = pictures === undefined ? test.info().outputPath(file) : path.join(pictures, file);
          await page.screenshot({ path: picture, fullPage: true });
          expect([name, await readByAxe(page)]).toEqual([name, []]);
          const [content, room] = await page.evaluate(() => [
            document.documentElement.scrollWidth,
            document.documentElement.clientWidth,
          ]);
          expect([name, content]).toEqual([name, room]);
        }
      });
    });
  }
}

test('the certificate page shows the fingerprint in groups and leads to the three files', async ({
  page,
  visit,
}) => {
  await visit('/_gatehouse/certificate');
  const shown = await page.locator('.fingerprint').first().innerText();
  expect(shown.replaceAll(/\s/g, '')).toBe(authority.fingerprint.replaceAll(':', ''));
  const files = await page
    .getByRole('link')
    .evaluateAll(links => links.map(each => each.getAttribute('href')));
  expect(files).toEqual(
    ['ca.crt', 'ca.mobileconfig', 'ca.pem'].map(file => `/_gatehouse/certificate/${file}`),
  );
});
