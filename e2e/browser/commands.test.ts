import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { complaintsOf, launchBrowser, openContext, sizes } from './browser.ts';
import { administrator, type House, hostClient, makeAdministrator, openHouse, poolName, publishPool } from './house.ts';
import { looksAt, patience } from './looks.ts';

let house: House;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: readonly string[];

beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
  context = await openContext(browser, house.plane.url);
  await makeAdministrator(house, context);
  const client = await hostClient(house, context);
  await publishPool(house, client);
  await client.pools.add({ name: 'another-edge' });
  await context.request.post('/api/v1/session', { data: administrator, headers: { origin: house.plane.url } });
  page = await context.newPage();
  complaints = complaintsOf(page);
  await page.goto('/pools');
  await page.getByText('Live', { exact: true }).waitFor(patience);
});
afterAll(async () => {
  await browser?.close();
  await house?.down();
});

const heading = (name: string, level = 1) => page.getByRole('heading', { name, level }).waitFor(patience);
const palette = () => page.getByRole('combobox', { name: 'Search or run a command' });

test('the palette finds a host by its address, and opens its page', async () => {
  await page.keyboard.press('Control+k');
  await palette().fill('192.0.2.12');
  await page.getByRole('option', { name: /m2\./ }).waitFor(patience);
  await looksAt(page).twice('palette');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/members\//, patience);
});

test('a verb of the palette opens its preview, at an address of its own, and changes nothing', async () => {
  await page.getByRole('button', { name: 'Search or run a command' }).click();
  await palette().fill('make m2 active');
  await page.keyboard.press('Enter');
  await page.waitForURL(/act=make-active/, patience);
  await page.goBack();
});

test('keys go from page to page, from pool to pool and along a list', async () => {
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await heading('Pools');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const first = await page.getByRole('heading', { level: 1 }).textContent(patience);
  await page.keyboard.press(']');
  await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent(), patience).not.toBe(first);
  await page.getByRole('button', { name: 'Other pools' }).click();
  await looksAt(page).twice('pool-switch');
  await page.getByRole('option', { name: poolName }).click();
  await heading(poolName);
  await page.keyboard.press('t');
  await page.waitForURL(/traffic=table/, patience);
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.waitForURL(/\/members$/, patience);
});

test('the question mark tells the keys, and Escape leaves them', async () => {
  await page.keyboard.press('?');
  await heading('Keys', 2);
  await looksAt(page).twice('keys');
  await page.keyboard.press('Control+k'); // over a dialog there is never a second one
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count(), patience).toBe(0);
});

test('on a phone the account’s menu opens the palette', async () => {
  await page.setViewportSize(sizes.phone);
  await page.getByRole('button', { name: /account menu/ }).click();
  await page.getByRole('menuitem', { name: 'Search or run a command' }).click();
  await expect
    .poll(() => palette().evaluate((field) => field === field.ownerDocument.activeElement), patience)
    .toBe(true);
  await page.keyboard.press('Escape');
  await page.setViewportSize(sizes.desk);
});

test('nothing was complained of', () => {
  expect(complaints).toEqual([]);
});
