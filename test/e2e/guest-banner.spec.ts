/* What a guest sees of Gatehouse in the server's own pages. */
import { expect } from '@playwright/test';
import { isOut, mayLeaveOut, me, test } from './support/guest-test.ts';

test.skip(mayLeaveOut, 'Chromium is not installed.');
test.beforeEach(({ gateway }) => {
  gateway.me = [me];
});

test('it stays out of the page’s names and reach, under a policy that allows no style and no markup', async ({
  page,
  gateway,
  visit,
}) => {
  gateway.policy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
  await page.addInitScript(() => {
    Object.assign(globalThis, { namesBefore: Object.keys(globalThis) });
  });
  await visit('/lab');
  const host = page.locator('gatehouse-guest');
  await expect(host).toHaveCSS('position', 'fixed');
  const added = await page.evaluate(() => {
    const before = new Set<string>(Reflect.get(globalThis, 'namesBefore'));
    return Object.keys(globalThis).filter(name => !before.has(name) && name !== 'namesBefore');
  });
  expect([added, await host.evaluate(element => element.shadowRoot)]).toEqual([[], null]);
});

test('the title keeps the role when the page changes it', async ({ page, visit }) => {
  await visit('/lab');
  await expect(page).toHaveTitle('[Viewer] JupyterLab');
  await page.evaluate(() => {
    document.title = 'thesis.ipynb';
  });
  await expect(page).toHaveTitle('[Viewer] thesis.ipynb');
});

test('it is not in frames of the server’s own', async ({ page, gateway, visit }) => {
  await visit('/framing');
  const frame = page.frameLocator('iframe');
  await expect(frame.getByText("The server's own page.")).toBeVisible();
  await expect(frame.locator('gatehouse-guest')).toHaveCount(0);
  expect(gateway.asked.filter(line => line.includes('/_gatehouse/me'))).toEqual([]);
});

test('it leaves room for a status bar, and stays small once made so', async ({
  page,
  visit,
  openShadows,
}) => {
  await openShadows();
  await visit('/lab');
  const box = await page.getByRole('region', { name: 'Your session' }).boundingBox();
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(720 - 24);
  await page.getByRole('button', { name: 'Make this small' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Viewer: show your session' })).toBeFocused();
  await page.reload();
  await page.getByRole('button', { name: 'Viewer: show your session' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Make this small' })).toBeFocused();
});

test('leaving is one click; where it fails, that is said', async ({ page, gateway, visit, openShadows }) => {
  await openShadows();
  await visit('/lab');
  gateway.down = true;
  await page.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('status')).toHaveText('That did not work. Try again.');
  gateway.down = false;
  await page.getByRole('button', { name: 'Leave' }).click();
  await expect(page).toHaveURL(`${gateway.origin}/_gatehouse/left`);
  expect(gateway.posted.map(({ path }) => path)).toEqual(['/_gatehouse/leave']);
});

for (const [reason, title] of [
  ['revoked', 'The owner revoked your link'],
  ['ended', 'The owner removed you'],
  ['expired', 'Your link has expired'],
  ['idle', 'You were away for too long'],
  ['over', 'Your session has reached its time limit'],
  ['constructor', 'Your session has ended'],
] as const) {
  test(`thrown out, ${reason}: the page is replaced, and nothing is asked any more`, async ({
    page,
    gateway,
    visit,
    openShadows,
  }) => {
    await openShadows();
    await visit('/lab');
    await expect(page.getByRole('button', { name: 'Leave' })).toBeVisible();
    gateway.me = [isOut(reason)];
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect(page.getByRole('heading', { name: title })).toBeFocused();
    await expect(page.getByText('own page')).toHaveCount(0);
    await page.evaluate(() => {
      document.title = 'thesis.ipynb';
    });
    await expect(page).toHaveTitle(title);
    const asked = gateway.asked.length;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.evaluate(() => fetch('/after').then(answer => answer.status));
    expect(gateway.asked.slice(asked)).toEqual([expect.stringContaining('GET /after')]);
  });
}

test('without anything happening in the page it looks again by itself', async ({ page, gateway, visit }) => {
  await visit('/lab');
  await expect.poll(() => gateway.asked.filter(line => line.includes('/_gatehouse/me')).length).toBe(1);
  gateway.me = [isOut('ended')];
  await expect(page).toHaveTitle('The owner removed you');
});
