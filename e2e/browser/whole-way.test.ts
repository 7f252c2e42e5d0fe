import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { wallMs } from '../src/platform/wall-clock.ts';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import { administrator, type House, openHouse } from './house.ts';
import { looksAt, patience } from './looks.ts';

/*
 * All that a new user does, in the browser alone: from the link in the terminal to a record that moves by itself. Only the hosts are others'
 * hands: they run the install line's agent, and one of them loses its HAProxy.
 */

const poolName = 'north-edge';

let house: House;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: readonly string[];

beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
  context = await openContext(browser, house.plane.url);
  page = await context.newPage();
  complaints = complaintsOf(page);
});
afterAll(async () => {
  await browser?.close();
  await house?.down();
});

const see = (text: string | RegExp) => page.getByText(text).first().waitFor(patience);
const heading = (name: string | RegExp) => page.getByRole('heading', { name }).first().waitFor(patience);
const dialog = (): Locator => page.getByRole('dialog');
const inDialog = (text: string | RegExp) => dialog().getByText(text).first().waitFor(patience);
const fill = (label: string | RegExp, text: string) => dialog().getByLabel(label, { exact: true }).fill(text);
const press = (name: string | RegExp) => dialog().getByRole('button', { name }).last().click();
const go = (name: string) => page.getByRole('link', { name, exact: true }).first().click();
const closed = () => dialog().waitFor({ ...patience, state: 'detached' });
const host = (index: number) => {
  const member = house.stage.members[index];
  if (member === undefined) throw new Error(`there is no host ${index}`);
  return member;
};

test('first run: the link from the terminal makes the administrator', async () => {
  const link = (await readFile(join(house.plane.dataDirectory, 'setup-link'), 'utf8')).trim();
  const { pathname, hash } = new URL(link);
  await page.goto(pathname + hash);
  await heading('Make the first administrator');
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Name').fill('Operator');
  await page.getByLabel('Password', { exact: true }).fill(administrator.password);
  await page.getByRole('button', { name: 'Create and continue' }).click();
  await heading('You are an administrator');
  await page.goto('/');
  await see('No pool yet');
});

test('a pool', async () => {
  await go('Add pool');
  await press('Next');
  await fill('Name', poolName);
  await press('Add pool');
  await heading(poolName);
  await see('0 of 6 done');
});

test('its DNS: the credential is made on the way, and the name managed', async () => {
  await go('Connect DNS…');
  const { address, port, key, zone } = house.stage.dns;
  await fill('Name', 'ns1');
  await fill('Primary name server', address);
  await fill('Port', String(port));
  await fill('Key name', key.name);
  await fill('Secret', key.secret);
  await fill('Zone', zone);
  await fill('Name in it', `www.${zone}`);
  await press('Try and save');
  await inDialog('ns1 is saved.');
  await looksAt(page).twice('whole-way-credential');
  await press('Go on with the name');
  await dialog().getByLabel('TTL in seconds').waitFor(patience);
  await fill('Name', `www.${zone}`);
  await fill('TTL in seconds', '30');
  await press('Manage the name');
  await inDialog('Nothing was written.');
  await press('Close');
  await closed();
});

test('its members: each by the line and the secret that the page shows', async () => {
  for (const index of [0, 1]) {
    await go('Overview');
    await go('Add member');
    await fill('Hostname', host(index).hostname);
    await fill('May call from', host(index).egress);
    await fill('Public IPv4', host(index).address);
    await press(/^Add /);
    const command = (await dialog().getByRole('group', { name: 'The install line' }).textContent(patience)) ?? '';
    await press('Show');
    const secret = (await dialog().locator('[data-secret]').textContent()) ?? '';
    const { url, caFile } = house.plane;
    await host(index).startAgent({ url, caFile, secret, command });
    await inDialog('It is there.');
    await press('Done');
    await closed();
  }
});

test('the first publish, with what stands there now', async () => {
  await go('Confirm the first publish…');
  const who = dialog().getByLabel('Who becomes active');
  await who.selectOption((await who.locator('option', { hasText: host(0).hostname }).getAttribute('value')) ?? '');
  const publish = dialog().getByRole('button', { name: `Publish ${host(0).hostname}` });
  await expect.poll(() => publish.isEnabled(), { timeout: 120_000 }).toBe(true); // ready after 30 s of health
  await publish.click();
  await inDialog('Every name server answers it');
  await press('Close');
  await closed();
});

test('automatic failover', async () => {
  await go('Switch failover on…');
  await inDialog('What happens from then on');
  await press('Switch it on');
  await inDialog(`Automatic failover of ${poolName} is on.`);
  await press('Close');
  await closed();
  await page.getByRole('link', { name: 'Overview', exact: true }).click();
  const card = page.getByRole('article').filter({ hasText: host(1).hostname });
  await card.getByText('Ready', { exact: true }).waitFor(patience);
  await looksAt(page).all('whole-way-calm');
});

test('HAProxy stops: the page shows the move without a reload, with the answer', async () => {
  const loaded = await page.evaluate('performance.timeOrigin');
  const [from, to] = [host(0), host(1)];
  await page.evaluate(watchFor, `${to.hostname}`);
  const answered = answeredBy(to.address);
  await from.stopHaproxy();
  const answeredAtMs = await answered;
  const shownAtMs = () => page.evaluate('globalThis.movedAtMs ?? null');
  await expect.poll(shownAtMs, patience).not.toBeNull();
  const tookMs = Math.round(Number(await shownAtMs()) - answeredAtMs);
  process.stdout.write(`the page showed the move ${tookMs} ms after the name server answered the new address\n`);
  await see(to.address);
  await looksAt(page).twice('whole-way-moved');
  expect(await page.evaluate('performance.timeOrigin')).toBe(loaded);
});

/** Runs in the page: notes when the second answer, "From where?", is this host. */
const watchFor = (hostname: string) => {
  const page = globalThis as unknown as {
    document: { querySelectorAll(css: string): ArrayLike<{ textContent: string | null }> };
    requestAnimationFrame(call: () => void): void;
    performance: { timeOrigin: number; now(): number };
    movedAtMs?: number;
  };
  const look = () => {
    const from = page.document.querySelectorAll('.answers .a')[1]?.textContent ?? '';
    if (from.includes(hostname)) page.movedAtMs = page.performance.timeOrigin + page.performance.now();
    else page.requestAnimationFrame(look);
  };
  look();
};

/** When the name server first answers this address. */
async function answeredBy(address: string): Promise<number> {
  const { dns } = house.stage;
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([`${dns.address}:${dns.port}`]);
  await vi.waitFor(async () => expect(await resolver.resolve4(`www.${dns.zone}`)).toEqual([address]), {
    timeout: 60_000,
    interval: 10,
  });
  return wallMs();
}

test('nothing was complained of', () => {
  expect(complaints).toEqual([]);
});
