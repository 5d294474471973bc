/*
 * Sharing from the app: the owner makes a link in a window, a guest comes in by it, the owner sees them and
 * takes it back.
 */
import { expect, type ElectronApplication, type Page } from '@playwright/test';
import { StoredGuestSession } from '../support/guest.ts';
import { eventually } from '../support/core.ts';
import { onlyServer, startJupyter, test, type App, type Desk } from './support/app.ts';

async function windowOf(electron: ElectronApplication, act: () => Promise<unknown>): Promise<Page> {
  const [page] = await Promise.all([electron.waitForEvent('window', { timeout: 30_000 }), act()]);
  await page.locator('h1').first().waitFor();
  return page;
}

async function authority(access: Desk): Promise<string> {
  return (await access.home.json<{ pem: string }>('ca', 'export')).pem;
}

async function shareWindow(app: App): Promise<Page> {
  await startJupyter(app);
  return windowOf(app.electron, () => app.page.getByRole('button', { name: /^Share /u }).click());
}

test('the owner makes a link, a guest joins by it and is listed, and the owner revokes it', async ({ access }) => {
  test.setTimeout(240_000);
  const app = await access.launch();
  const share = await shareWindow(app);
  await expect(share.getByRole('heading', { name: /^Share “/u })).toBeVisible({ timeout: 30_000 });
  await expect(share.getByText('The connection is always encrypted (TLS).')).toBeVisible();
  const make = share.getByRole('button', { name: 'Make link' });
  await expect(make).toBeDisabled();
  await share.getByLabel('Who is it for?').fill('Ada');
  await share.getByLabel('From which network').selectOption('127.0.0.1');
  await expect(make).toBeEnabled();

  // A role that runs code says so, and has to be acknowledged.
  await share.getByLabel(/^Editor/u).check();
  await expect(share.getByRole('group', { name: 'Danger' })).toContainText('any code as you');
  await expect(make).toBeDisabled();
  await share.getByLabel(/^I understand/u).check();
  await expect(make).toBeEnabled();
  await share.getByLabel(/^Viewer/u).check();
  await expect(share.getByRole('group', { name: 'Danger' })).toHaveCount(0);
  await expect(
    share.getByText('The link can be opened on this computer only.', { exact: false }).first(),
  ).toBeVisible();
  await make.click();

  const link = await share.getByLabel('Link', { exact: true }).inputValue();
  expect(link).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/_gatehouse\/join\/[a-z2-7]{12}#[\w-]{43}$/u);
  await expect(share.getByRole('img', { name: /QR/u })).toBeVisible();
  await share.getByRole('button', { name: 'Copy link' }).click();
  await expect(share.getByText(/^Copied/u)).toBeVisible();
  expect(await app.electron.evaluate(({ clipboard }) => clipboard.readText())).toBe(link);

  const guest = new StoredGuestSession(link, await authority(access));
  expect((await guest.join('Ada Ünal')).status).toBe(200);
  expect((await guest.page('/api/contents')).status).toBe(200);
  const people = await windowOf(app.electron, () => share.getByRole('button', { name: 'People' }).click());
  await expect(people.getByRole('region', { name: 'Guests' })).toContainText('Ada Ünal');
  await expect(app.page.getByText('shared: 1 link, 1 guest')).toBeVisible();

  await people.getByRole('button', { name: 'Revoke the link for Ada' }).click();
  await expect(people.getByRole('region', { name: 'Guests' })).toContainText('There are no guests');
  await eventually('the guest is out', 10_000, async () =>
    guest.page('/api/contents').then(
      ({ status }) => status !== 200,
      () => true,
    ),
  );
  await expect(app.page.getByText('Nothing is shared.', { exact: false })).toBeVisible();
});

test('the owner lets a waiting guest in from the window, and stopping revokes everything', async ({
  access,
}) => {
  test.setTimeout(240_000);
  const app = await access.launch();
  const share = await shareWindow(app);
  await share.getByLabel('Who is it for?').fill('Class');
  await share.getByLabel('From which network').selectOption('127.0.0.1');
  await share.getByLabel('I approve each guest myself').check();
  await share.getByRole('button', { name: 'Make link' }).click();
  const guest = new StoredGuestSession(
    await share.getByLabel('Link', { exact: true }).inputValue(),
    await authority(access),
  );
  const joinRequests = JSON.parse((await guest.join('Grace')).body) as { state: string; ticket: string };
  expect(joinRequests.state).toBe('wait');
  await expect(app.page.getByRole('button', { name: /^1 waiting to be let in/u })).toBeVisible();
  const people = await windowOf(app.electron, () =>
    app.page.getByRole('button', { name: /^1 waiting/u }).click(),
  );
  await people.getByRole('button', { name: 'Let Grace in', exact: true }).click();
  expect((await guest.join('Grace', joinRequests.ticket)).status).toBe(200);
  await expect(people.getByRole('region', { name: 'Guests' })).toContainText('Grace');
  await people.getByRole('button', { name: /^Stop sharing/u }).click();
  await people.getByRole('button', { name: 'Stop sharing', exact: true }).click();
  await expect(people.getByRole('region', { name: 'Guests' })).toContainText('There are no guests');
  const { id } = await onlyServer(access.home);
  expect(await access.home.json('links')).toEqual([]);
  expect(id).not.toBe('');
});
