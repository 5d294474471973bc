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
  joinRequests,
} from './support/guest-test.ts';

test.skip(mayLeaveOut, 'Chromium is not installed.');

const joinPath = '/_gatehouse/join/Lk3fH2';

test('the secret leaves the address bar at once, and is in no address that was asked for', async ({
  page,
  door,
  visit,
}) => {
  door.look = [invited(viewer)];
  door.join = [isIn];
  await visit(link);
  await expect(page.getByRole('heading', { name: 'mira shares “thesis” with you' })).toBeVisible();
  expect(page.url()).toBe(door.origin + joinPath);
  expect(await page.content()).not.toContain(secret);
  const kept = await page.evaluate(() => [
    history.state,
    Object.keys(localStorage),
    Object.keys(sessionStorage),
  ]);
  expect(kept).toEqual([null, [], []]);
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page).toHaveURL(`${door.origin}/lab`);
  expect(door.asked.join('\n')).not.toContain(secret);
  expect(door.posted).toEqual([
    { path: `${joinPath}/look`, body: { secret } },
    { path: joinPath, body: { secret, name: '', ticket: null } },
  ]);
  // Back leads before the link, not to it.
  await page.goBack();
  expect(page.url()).toBe('about:blank');
});

test('attack: words of the owner’s that are markup, and an answer that leads elsewhere', async ({
  page,
  door,
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
  door.look = [invited({ ...editor, ...words })];
  door.join = [{ status: 200, body: { state: 'in', next: '//evil.example/lab' } }];
  await visit(link);
  await expect(page.getByRole('heading', { name: `${evil} shares “${evil}” with you` })).toBeVisible();
  await expect(page.getByText(`${evil} lets each guest in.`)).toBeVisible();
  expect(await page.locator('img').count()).toBe(0);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('Your name').press('Enter');
  await expect(page).toHaveURL(`${door.origin}/`);
});

test('a guest waits, the connection goes and comes, and the owner lets them in', async ({
  page,
  door,
  visit,
}) => {
  Object.assign(door, { look: [invited(editor)], join: [joinRequests, isIn], wait: [stillWaits] });
  await visit(link);
  await page.getByLabel('Your name').fill('  Ada  ');
  await page.getByRole('button', { name: 'Join' }).click();
  const status = page.getByRole('status');
  await expect(status).toHaveText(/mira has been asked/);
  door.down = true;
  await expect(status).toHaveText(/connection to the computer is lost/);
  door.down = false;
  await expect(status).toHaveText(/mira has been asked/);
  door.wait = [{ status: 200, body: { state: 'given' } }];
  await expect(page).toHaveURL(`${door.origin}/lab`);
  const joins = door.posted.filter(({ path }) => path === joinPath);
  expect(joins.map(({ body }) => body)).toEqual([
    { secret, name: 'Ada', ticket: null },
    { secret, name: 'Ada', ticket: 'ticket-1' },
  ]);
});

test('a computer that does not answer is told, and the person tries again', async ({ page, door, visit }) => {
  door.look = [invited(viewer)];
  door.down = true;
  await visit(link);
  await expect(page.getByRole('heading', { name: 'The computer does not answer' })).toBeFocused();
  door.down = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'mira shares “thesis” with you' })).toBeFocused();
});

test('the whole link, put into the tab that had half of it, goes on', async ({ page, door, visit }) => {
  door.look = [invited(viewer)];
  await visit(joinPath);
  await expect(page.getByRole('heading', { name: 'Only half of the link has arrived' })).toBeVisible();
  expect(door.posted).toEqual([]);
  // With a full stop behind it, as mail programs send it.
  await page.goto(`${door.origin}${link}.`);
  await expect(page.getByRole('heading', { name: 'mira shares “thesis” with you' })).toBeVisible();
  expect(door.posted[0]?.body).toEqual({ secret });
});

test('an empty name does not go out', async ({ page, door, visit }) => {
  door.look = [invited(editor)];
  await visit(link);
  await page.getByLabel('Your name').fill('   ');
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page.getByRole('alert')).toHaveText('Enter a name, so that the owner knows who you are.');
  expect(door.posted.map(({ path }) => path)).toEqual([`${joinPath}/look`]);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('the page says what is missing', async ({ page, visit }) => {
    await visit(link);
    await expect(page.locator('noscript h1')).toBeVisible();
    await expect(page.locator('noscript h1')).toHaveText('This link needs JavaScript');
  });
});
