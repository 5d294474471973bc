/* The page of a share link, from the link to the server's page, in a guest's browser. */
import { expect } from '@playwright/test';
import {
  editor,
  invited,
  isIn,
  link,
  mayLeaveOut,
  secret,
  stillWaits,
  test,
  viewer,
  mustWait,
} from './support/guest-test.ts';

test.skip(mayLeaveOut, 'Chromium is not installed.');

const joinPath = '/_gatehouse/join/Lk3fH2';

test('the secret leaves the address bar at once, and is in no address that was asked for', async ({
  page,
  gateway,
  visit,
}) => {
  gateway.look = [invited(viewer)];
  gateway.join = [isIn];
  await visit(link);
  await expect(page.getByRole('heading', { name: 'mira shares “thesis” with you' })).toBeVisible();
  expect(page.url()).toBe(gateway.origin + joinPath);
  expect(await page.content()).not.toContain(secret);
  const kept = await page.evaluate(() => [
    history.state,
    Object.keys(localStorage),
    Object.keys(sessionStorage),
  ]);
  expect(kept).toEqual([null, [], []]);
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page).toHaveURL(`${gateway.origin}/lab`);
  expect(gateway.asked.join('\n')).not.toContain(secret);
  expect(gateway.posted).toEqual([
    { path: `${joinPath}/look`, body: { secret } },
    { path: joinPath, body: { secret, name: '', ticket: null } },
  ]);
  // Back leads before the link, not to it.
  await page.goBack();
  expect(page.url()).toBe('about:blank');
});

test('attack: words of the owner’s that are markup, and an answer that leads elsewhere', async ({
  page,
  gateway,
  visit,
}) => {
  const evil = '<img src=x onerror="document.title=1">$&';
  const words = {
    owner: evil,
    server: evil,
    computer: evil,
    title: evil,
    can: [evil],
    note: evil,
    until: evil,
  };
  gateway.look = [invited({ ...editor, ...words })];
  gateway.join = [{ status: 200, body: { state: 'in', next: '//evil.example/lab' } }];
  await visit(link);
  await expect(page.getByRole('heading', { name: `${evil} shares “${evil}” with you` })).toBeVisible();
  await expect(page.getByText(`${evil} approves each guest.`)).toBeVisible();
  expect(await page.locator('img').count()).toBe(0);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('Your name').press('Enter');
  await expect(page).toHaveURL(`${gateway.origin}/`);
});

test('a guest waits, the connection goes and comes, and the owner lets them in', async ({
  page,
  gateway,
  visit,
}) => {
  Object.assign(gateway, { look: [invited(editor)], join: [mustWait, isIn], wait: [stillWaits] });
  await visit(link);
  await page.getByLabel('Your name').fill('  Ada  ');
  await page.getByRole('button', { name: 'Join' }).click();
  const status = page.getByRole('status');
  await expect(status).toHaveText(/mira has been asked/);
  gateway.down = true;
  await expect(status).toHaveText(/connection to the computer is lost/);
  gateway.down = false;
  await expect(status).toHaveText(/mira has been asked/);
  gateway.wait = [{ status: 200, body: { state: 'given' } }];
  await expect(page).toHaveURL(`${gateway.origin}/lab`);
  const joins = gateway.posted.filter(({ path }) => path === joinPath);
  expect(joins.map(({ body }) => body)).toEqual([
    { secret, name: 'Ada', ticket: null },
    { secret, name: 'Ada', ticket: 'ticket-1' },
  ]);
});

test('a computer that does not answer is told, and the person tries again', async ({
  page,
  gateway,
  visit,
}) => {
  gateway.look = [invited(viewer)];
  gateway.down = true;
  await visit(link);
  await expect(page.getByRole('heading', { name: 'The computer does not answer' })).toBeFocused();
  gateway.down = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'mira shares “thesis” with you' })).toBeFocused();
});

test('the whole link, put into the tab that had half of it, goes on', async ({ page, gateway, visit }) => {
  gateway.look = [invited(viewer)];
  await visit(joinPath);
  await expect(page.getByRole('heading', { name: 'Only half of the link has arrived' })).toBeVisible();
  expect(gateway.posted).toEqual([]);
  // With a full stop behind it, as mail programs send it.
  await page.goto(`${gateway.origin}${link}.`);
  await expect(page.getByRole('heading', { name: 'mira shares “thesis” with you' })).toBeVisible();
  expect(gateway.posted[0]?.body).toEqual({ secret });
});

test('an empty name does not go out', async ({ page, gateway, visit }) => {
  gateway.look = [invited(editor)];
  await visit(link);
  await page.getByLabel('Your name').fill('   ');
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page.getByRole('alert')).toHaveText('Enter a name, so that the owner knows who you are.');
  expect(gateway.posted.map(({ path }) => path)).toEqual([`${joinPath}/look`]);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('the page says what is missing', async ({ page, visit }) => {
    await visit(link);
    await expect(page.locator('noscript h1')).toBeVisible();
    await expect(page.locator('noscript h1')).toHaveText('This link needs JavaScript');
  });
});
