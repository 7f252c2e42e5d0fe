import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import { administrator, type House, hostClient, makeAdministrator, openHouse, poolName, publishPool } from './house.ts';
import { looksAt, patience } from './looks.ts';

let house: House;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: readonly string[];

const madePool = 'north-edge';
const viewer = { email: 'viewer@example.com', password: 'nine lanterns by the lock' };

beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
  context = await openContext(browser, house.plane.url);
  await makeAdministrator(house, context);
  page = await context.newPage();
  complaints = complaintsOf(page);
  await signIn(page, administrator);
});
afterAll(async () => {
  await browser?.close();
  await house?.down();
});

async function signIn(on: Page, { email, password }: typeof administrator): Promise<void> {
  await on.goto('/pools');
  await on.getByLabel('E-mail').fill(email);
  await on.getByLabel('Password').fill(password);
  await on.getByRole('button', { name: 'Sign in' }).click();
  await on.getByRole('heading', { name: 'Pools', level: 1 }).waitFor(patience);
}

const see = (text: string | RegExp, on: Page | Locator = page) => on.getByText(text).first().waitFor(patience);
const gone = (text: string | RegExp) =>
  page
    .getByText(text)
    .first()
    .waitFor({ ...patience, state: 'detached' });
const button = (name: string | RegExp, on: Page | Locator = page) => on.getByRole('button', { name, exact: true });
const link = (name: string) => page.getByRole('link', { name, exact: true });
const section = (name: string, on: Page = page) => on.getByRole('region', { name, exact: true });
const askedFor = (on: Page = page) => new URL(on.url()).searchParams.get('act');

async function openSettings(name: string): Promise<void> {
  await page.goto('/pools');
  await link(name).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await see('When a member counts as lost');
}

test('without a pool the list says what one is for; adding one is a dialog with an address', async () => {
  await see('No pool yet');
  await looksAt(page).twice('setup-pools-none');
  await page.getByRole('link', { name: 'Add pool' }).first().click();
  expect(new URL(page.url()).search).toBe('?add=pool');
  await page.getByLabel('Generic Linux').check();
  await looksAt(page).twice('setup-add-pool');
  await page.getByLabel('HAProxy').check();
  await button('Next').click();
});

test('what the server refuses stands at its field', async () => {
  await page.getByLabel('Name').fill('-edge-');
  await button('Add pool').click();
  await see(/The name of the pool is not usable: .*a letter or digit at both ends/);
  await page.getByLabel('Name').fill(madePool);
  await page.getByLabel('Failover delay, in seconds').fill('5');
  await button('Add pool').click();
  await see(/The failover delay must be between 10 and 120 seconds/);
  await looksAt(page).twice('setup-add-pool-refused');
});

test('a new pool is landed in, under what is still missing, each step with its way', async () => {
  await page.getByLabel('Failover delay, in seconds').fill('20');
  await button('Add pool').click();
  await page.getByRole('heading', { name: madePool, level: 1 }).waitFor(patience);
  await see('0 of 6 done');
  await see('No member yet');
  await looksAt(page).all('setup-banner');
  await link('Connect DNS…').click();
  expect(askedFor()).toBe('add-name');
  await page.goBack();
  await link('Add member').click();
  expect(askedFor()).toBe('add-member');
});

test('a name that is taken is said before it is sent', async () => {
  await page.goto('/pools?add=pool');
  await button('Next').click();
  await page.getByLabel('Name').fill(madePool.toUpperCase());
  await see(`The pool ${madePool} has this name already.`);
  expect(await button('Add pool').isDisabled()).toBe(true);
});

test('a setting that is saved is seen on another page without a reload, and none is overwritten unseen', async () => {
  await openSettings(madePool);
  await looksAt(page).twice('setup-settings');
  const other = await context.newPage();
  await other.goto(page.url());
  const [mine, theirs] = [page, other].map((on) => section('When a member counts as lost', on));
  if (mine === undefined || theirs === undefined) throw new Error('two pages');
  // A page behind another is drawn once a second.
  await page.bringToFront();
  const delay = (on: Locator) => on.getByLabel('Failover delay, in seconds');
  await delay(mine).fill('25');
  await see('Not saved. Now: 20 s, grace 1 s.', mine);
  await button('Save delays', mine).click();
  await see('Saved. Now: 25 s, grace 1 s.', mine);
  await see('Now: 25 s, grace 1 s.', theirs);
  await delay(mine).fill('30');
  await other.bringToFront();
  await delay(theirs).fill('40');
  await button('Save delays', theirs).click();
  await page.bringToFront();
  await see(/Changed meanwhile, not by you here: it is 40 s, grace 1 s now\./, mine);
  expect(await delay(mine).inputValue()).toBe('30');
  expect(await button('Save delays', mine).isDisabled()).toBe(true);
  await looksAt(page).twice('setup-settings-conflict');
  await button('Keep mine', mine).click();
  await button('Save delays', mine).click();
  await see('Now: 30 s, grace 1 s.', theirs);
  await other.close();
});

test('a pool that was opened by its name stays open when the name is changed', async () => {
  await page.goto(`/pools/${madePool}/settings`);
  await expect.poll(() => new URL(page.url()).pathname, patience).toMatch(/^\/pools\/[^/]{12}\/settings$/);
  const name = section('Name');
  await name.getByLabel('Name of the pool').fill(`${madePool}-2`);
  await button('Save name', name).click();
  await see(`Saved. Now: ${madePool}-2.`, name);
  await name.getByLabel('Name of the pool').fill(madePool);
  await button('Save name', name).click();
  await see(`Saved. Now: ${madePool}.`, name);
});

test('values that do not fit are refused with the reason, and undone', async () => {
  const delays = section('When a member counts as lost');
  await delays.getByLabel('Failover delay, in seconds').fill('10');
  await delays.getByLabel('HAProxy grace, in seconds').fill('12');
  await button('Save delays', delays).click();
  await see(
    /less than the failover delay of 10\.0 s, else a host without HAProxy is left later than a dead one/,
    delays,
  );
  await button('Undo', delays).click();
  await see('Now: 30 s, grace 1 s.', delays);
  const failback = section('Failback');
  await failback.getByLabel('Automatic').check();
  await failback.getByLabel('After so many minutes of unbroken health').fill('15');
  await failback.getByLabel('Only in a window of the day').check();
  await failback.getByLabel('From, UTC').fill('23:00');
  await see('Not saved: the window needs both times.', failback);
  await failback.getByLabel('To, UTC').fill('02:30');
  await see(/It goes over midnight UTC\./, failback);
  await button('Save failback', failback).click();
  await see('Saved. Now: automatic after 15 min, 23:00 to 02:30 UTC.', failback);
});

test('converting a pool says first what changes', async () => {
  const preset = section('Preset');
  await preset.getByLabel('Generic Linux').check();
  await see(/Heartbeats alone count/, preset);
  await looksAt(page).twice('setup-conversion');
  await button('Convert to Generic Linux', preset).click();
  await see('Saved. Now: Generic Linux.', preset);
  await see('Generic pool');
});

test('a member that was never heard is added and not enrolled, however long its name is', async () => {
  const hostname = `${Array.from({ length: 3 }, () => 'a-label-of-sixty-characters-that-somebody-chose-for-one-host').join('.')}.example.com`;
  const client = await hostClient(house, context);
  // A member of a generic pool is not monitored unless it is said.
  const address = '192.0.2.99';
  await client.members.add(madePool, { hostname, allowedEgress: [address], publicIpv4: address, monitored: true });
  await page.getByRole('link', { name: 'Overview' }).click();
  await see('Member added');
  await see('1 of 6 done');
  await looksAt(page).twice('setup-banner-long');
  await page.getByRole('link', { name: 'Settings' }).click();
  const preset = section('Preset');
  await preset.getByLabel('HAProxy').check();
  await see(`${hostname} has reported no HAProxy: it would be unknown, and no candidate.`, preset);
  await button('Undo', preset).click();
});

test('a pool that is published misses the switch alone; who leaves it off puts the banner away, in this browser', async () => {
  await publishPool(house, await hostClient(house, context));
  await page.goto('/pools');
  await link(poolName).click();
  await see('5 of 6 done');
  await see(/credential “name-server”/);
  await see(new RegExp(`www\\.${house.stage.dns.zone}, TTL 30 s`));
  await looksAt(page).twice('setup-banner-published');
  await button('Leave it off and put this away').click();
  await gone(`Setting up ${poolName}`);
  await page.reload();
  await page.getByRole('heading', { name: poolName, level: 1 }).waitFor(patience);
  expect(await page.getByText(`Setting up ${poolName}`).count()).toBe(0);
});

test('switching failover on says what it means, off what no longer happens', async () => {
  await openSettings(poolName);
  await link('Switch it on…').click();
  expect(askedFor()).toBe('failover');
  await see('What happens from then on');
  await see(/Clients are back after about 60 s: failover delay 30 s \+ TTL 30 s/);
  await looksAt(page).twice('setup-failover-on');
  await button('Switch it on').click();
  await see(`Automatic failover of ${poolName} is on.`);
  await button('Close', page.getByRole('contentinfo').or(page.locator('footer')))
    .last()
    .click();
  await link('Switch it off…').click();
  await see(/its record stays until a person makes another member active/);
  await looksAt(page).twice('setup-failover-off');
  await button('Switch it off').click();
  await see(`Automatic failover of ${poolName} is off.`);
});

test('while the active member is unhealthy, switching on asks for the move, and then it moves', async () => {
  const [active, standby] = house.stage.members;
  if (active === undefined || standby === undefined) throw new Error('the house has no standby');
  await active.stopHaproxy();
  const { pathname } = new URL(page.url());
  await page.goto(`${pathname}?act=failover`);
  await see(/This will move (now|as soon as)/);
  expect(await button('Switch it on').isDisabled()).toBe(true);
  await looksAt(page).twice('setup-failover-moves');
  await page.getByLabel(`Yes, move the records to ${standby.hostname} at once`).check();
  await button('Switch it on').click();
  await see(`Automatic failover of ${poolName} is on.`);
  await page.goto('/pools');
  const row = page.getByRole('listitem').filter({ hasText: poolName });
  await see('Failover', row.locator('.pl'));
  await see(standby.hostname, row.locator('.pf'));
  await looksAt(page).all('setup-pools');
  const downloads = page.waitForEvent('download');
  await button('CSV').click();
  expect((await downloads).suggestedFilename()).toBe('pools.csv');
});

test('a viewer sees every value, and why nothing can be changed', async () => {
  const client = await hostClient(house, context);
  const { link: invited } = await client.invitations.invite({
    email: viewer.email,
    grants: [{ role: 'viewer', pool: null }],
  });
  await client.invitations.accept({ secret: new URL(invited).hash.slice(1), ...viewer });
  const others = await openContext(browser, house.plane.url);
  page = await others.newPage();
  await signIn(page, viewer);
  const add = page.getByRole('link', { name: /^Add pool\b.*Administrators of all pools may do this\.$/ });
  expect(await add.getAttribute('aria-disabled')).toBe('true');
  await openSettings(poolName);
  const delays = section('When a member counts as lost');
  expect(await delays.getByLabel('Failover delay, in seconds').isDisabled()).toBe(true);
  await see('Now: 30 s, grace 1 s. Operators of this pool may do this.', delays);
  await see(/Administrators of this pool may do this\./, section('Preset'));
  await looksAt(page).twice('setup-settings-viewer');
});

test('nothing was complained of', () => {
  // The browser itself tells the console of each refusal that was provoked here.
  expect(complaints.filter((one) => !one.includes('status of 422'))).toEqual([]);
});
