import type { Client } from '@serverctl/contract';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import { administrator, type House, hostClient, makeAdministrator, openHouse, poolName, publishPool } from './house.ts';
import { looksAt, patience } from './looks.ts';

/*
 * What a page says when what it asks for does not come: slow, refused, or a provider that is gone. A lost server and an ended session are in
 * dashboard.test.ts.
 */

const viewer = { email: 'viewer@example.com', password: 'nine lanterns under the bridge' };

let house: House;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let client: Client;
let complaints: readonly string[];

beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
  context = await openContext(browser, house.plane.url);
  await makeAdministrator(house, context);
  client = await hostClient(house, context);
  await publishPool(house, client);
  await signIn(context, administrator);
  page = await context.newPage();
  complaints = complaintsOf(page);
});
afterAll(async () => {
  house?.stage.nameServer.resume();
  await browser?.close();
  await house?.down();
});

async function signIn(who: BrowserContext, data: typeof administrator): Promise<void> {
  const reply = await who.request.post('/api/v1/session', { data, headers: { origin: house.plane.url } });
  expect(reply.ok()).toBe(true);
}

async function openPool(): Promise<void> {
  await page.goto('/pools');
  await page.getByRole('link', { name: poolName, exact: true }).click();
  await page.getByRole('heading', { name: poolName, level: 1 }).waitFor(patience);
}

test('a slow API: what is being read is said, the live part is there, and then the rest', async () => {
  const gate = Promise.withResolvers<void>();
  await page.route('**/api/v1/pools/*/promotions*', async (route) => {
    await gate.promise;
    await route.continue();
  });
  await openPool();
  await page.getByText('Reading the promotions').first().waitFor(patience);
  await page.getByRole('article').first().getByText('Healthy', { exact: true }).waitFor(patience);
  await looksAt(page).twice('state-slow');
  gate.resolve();
  await page.getByRole('link', { name: 'First publish' }).first().waitFor(patience);
  expect(await page.getByText('Reading the promotions').count()).toBe(0);
  await page.unrouteAll();
});

test('a read that fails says what failed, and Try now reads it again', async () => {
  await page.route('**/api/v1/pools/*/promotions*', (route) => route.abort());
  await page.reload();
  await page.getByText('The promotions could not be read').first().waitFor(patience);
  await page.getByText('The control plane does not answer.').first().waitFor(patience);
  await looksAt(page).twice('state-failed');
  await page.unrouteAll();
  // It may have been read again by itself: then there is nothing to press.
  await page
    .getByRole('button', { name: 'Try now' })
    .first()
    .click({ timeout: 2_000 })
    .catch(() => undefined);
  await page.getByRole('link', { name: 'First publish' }).first().waitFor(patience);
});

test('what one may not read is refused in words, with who may and a request to copy', async () => {
  const { link } = await client.invitations.invite({
    email: viewer.email,
    grants: [{ role: 'viewer', pool: poolName }],
  });
  const theirs = await openContext(browser, house.plane.url);
  const data = { secret: new URL(link).hash.slice(1), password: viewer.password };
  expect((await theirs.request.post('/api/v1/invitations/accept', { data })).ok()).toBe(true);
  await signIn(theirs, viewer);
  const other = await theirs.newPage();
  await other.goto('/account/users');
  await other.getByText('Not allowed').first().waitFor(patience);
  await other.getByRole('button', { name: 'Copy a request' }).first().waitFor(patience);
  await looksAt(other).twice('state-refused');
  await theirs.close();
});

test('a provider that is gone: the pool is blocked, says why, and goes on by itself when it is back', async () => {
  await openPool();
  await page.getByRole('article').nth(1).getByText('Ready', { exact: true }).waitFor({ timeout: 120_000 });
  house.stage.nameServer.pause();
  const [, next] = house.stage.members;
  await client.promotions.promote(poolName, { to: next?.hostname ?? '', reason: 'while the name server is gone' });
  const note = page.locator('.pool-notes').getByText('Blocked', { exact: true });
  await note.waitFor({ timeout: 120_000 });
  await looksAt(page).twice('state-provider-down');
  house.stage.nameServer.resume();
  await vi.waitFor(
    async () =>
      expect((await client.pools.get(poolName)).status.bindings.map(({ state }) => state)).toEqual(['published']),
    { timeout: 120_000, interval: 500 },
  );
  await note.waitFor({ state: 'detached', timeout: 120_000 });
});

test('nothing was complained of', () => {
  // The read that was cut off.
  expect(complaints.filter((one) => !one.includes('ERR_FAILED'))).toEqual([]);
});
