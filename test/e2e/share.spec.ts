/*
 * Sharing from the app: the owner makes a link in a window, a guest joins by it, the owner sees the guest and
 * revokes the link.
 */
import { expect } from '@playwright/test';
import { GuestClient } from '../support/guest.ts';
import { eventually, type TestHome } from '../support/core.ts';
import type { ShareWindow } from './pages/share-window.ts';
import { test, type App } from './support/app.ts';

async function authority(home: TestHome): Promise<string> {
  return (await home.json<{ pem: string }>('ca', 'export')).pem;
}

async function openShareWindow({ homeWindow }: App): Promise<ShareWindow> {
  await homeWindow.startJupyter();
  return homeWindow.share();
}

test('the owner makes a link, a guest joins by it and is listed, and the owner revokes it', async ({
  app,
  home,
}) => {
  test.setTimeout(240_000);
  const share = await openShareWindow(app);
  await expect(share.heading).toBeVisible({ timeout: 30_000 });
  await expect(share.encryption).toBeVisible();
  await expect(share.make).toBeDisabled();
  await share.fill('Ada');
  await expect(share.make).toBeEnabled();

  // A role that runs code says so, and has to be acknowledged.
  await share.role('Editor').check();
  await expect(share.danger).toContainText('any code as you');
  await expect(share.make).toBeDisabled();
  await share.acknowledgement.check();
  await expect(share.make).toBeEnabled();
  await share.role('Viewer').check();
  await expect(share.danger).toHaveCount(0);
  await expect(share.reach('The link can be opened on this computer only.')).toBeVisible();
  await share.make.click();

  const link = await share.link();
  expect(link).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/_gatehouse\/join\/[a-z2-7]{12}#[\w-]{43}$/u);
  await expect(share.qrCode).toBeVisible();
  await share.copy.click();
  await expect(share.copied).toBeVisible();
  expect(await app.electron.evaluate(({ clipboard }) => clipboard.readText())).toBe(link);

  const guest = new GuestClient(link, await authority(home));
  expect((await guest.join('Ada Ünal')).status).toBe(200);
  expect((await guest.page('/api/contents')).status).toBe(200);
  const people = await share.people();
  await expect(people.guests).toContainText('Ada Ünal');
  await expect(app.homeWindow.shared('1 link', '1 guest')).toBeVisible();

  await people.revoke('Ada').click();
  await expect(people.guests).toContainText('There are no guests');
  await eventually('the guest is out', 10_000, async () =>
    guest.page('/api/contents').then(
      ({ status }) => status !== 200,
      () => true,
    ),
  );
  await expect(app.homeWindow.nothingShared).toBeVisible();
});

test('the owner lets a waiting guest in from the window, and stopping revokes everything', async ({
  app,
  home,
}) => {
  test.setTimeout(240_000);
  const share = await openShareWindow(app);
  await share.fill('Class');
  await share.approval.check();
  await share.make.click();
  const guest = new GuestClient(await share.link(), await authority(home));
  const answer = JSON.parse((await guest.join('Grace')).body) as { state: string; ticket: string };
  expect(answer.state).toBe('wait');
  await expect(app.homeWindow.waitingGuest).toBeVisible();
  const people = await app.homeWindow.answerWaitingGuest();
  await people.letIn('Grace').click();
  expect((await guest.join('Grace', answer.ticket)).status).toBe(200);
  await expect(people.guests).toContainText('Grace');
  await people.stopSharing();
  await expect(people.guests).toContainText('There are no guests');
  expect(await home.json('links')).toEqual([]);
});
