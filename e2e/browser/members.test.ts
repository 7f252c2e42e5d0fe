import type { Client } from '@serverctl/contract';
import { installPaths } from '@serverctl/contract/agent';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import { administrator, type House, hostClient, makeAdministrator, openHouse, poolName } from './house.ts';
import { looksAt, patience } from './looks.ts';

// A new standby is ready after 30 s of health, and a slow machine needs its time for the pictures.
vi.setConfig({ testTimeout: 240_000 });

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
  page = await context.newPage();
  complaints = complaintsOf(page);
  const { dns } = house.stage;
  const { credential } = await client.credentials.add({
    name: 'name-server',
    settings: {
      provider: 'rfc2136',
      host: dns.address,
      port: dns.port,
      keyName: dns.key.name,
      algorithm: dns.key.algorithm,
      secret: dns.key.secret,
    },
  });
  await client.pools.add({ name: poolName });
  const name = `www.${dns.zone}`;
  await client.bindings.add(poolName, { name, zone: dns.zone, credentialId: credential.id, ttlSeconds: 30 });
});
afterAll(async () => {
  await browser?.close();
  await house?.down();
});

const see = (text: string | RegExp) => page.getByText(text).first().waitFor(patience);
const dialog = () => page.getByRole('dialog');
// The cross in the corner is called as the button at the foot: that one comes last.
const press = (name: string | RegExp) => dialog().getByRole('button', { name }).last().click();
const twice = (name: string) => looksAt(page).twice(`members-${name}`);
const all = (name: string) => looksAt(page).all(`members-${name}`);
const at = async (path: string) => {
  await page.goto(`/pools/${(await client.pools.get(poolName)).id}${path}`);
  await page.getByRole('heading', { name: poolName, level: 1 }).waitFor(patience);
};
const nth = (index: number) => {
  const member = house.stage.members[index];
  if (member === undefined) throw new Error('the house has fewer members');
  return member;
};
const until = (holds: () => Promise<boolean>) => expect.poll(holds, { timeout: 120_000 }).toBe(true);
const statusOf = async (index: number) => (await client.members.get(poolName, nth(index).hostname)).status;
const idOf = async (index: number) => (await statusOf(index)).id;

test('a pool without members says what they are for, and opens the form', async () => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password').fill(administrator.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Pools', level: 1 }).waitFor(patience);
  await at('/members');
  await see('No member yet');
  await twice('none');
  await page.getByRole('link', { name: 'Add member' }).click();
  await dialog().getByLabel('Hostname').waitFor(patience);
  expect(new URL(page.url()).searchParams.get('act')).toBe('add-member');
});

test('what is wrong with a form is told at its fields together, and what stood in the form stays', async () => {
  await dialog().getByLabel('Hostname').fill('lb7');
  await dialog().getByLabel('May call from').fill('127.0.0.1\n300.1.1.1');
  await dialog().getByLabel('Public IPv4').fill('999.1.1.1');
  await press(/^Add /);
  await dialog().getByText('300.1.1.1: Neither an address nor a CIDR range').waitFor(patience);
  await dialog().getByText('lb7: Not a full hostname').waitFor(patience);
  await dialog().getByText('999.1.1.1: Not an IPv4 address').waitFor(patience);
  expect(await dialog().getByLabel('May call from').getAttribute('aria-invalid')).toBe('true');
  expect(await dialog().getByLabel('Hostname').inputValue()).toBe('lb7');
  await twice('add-refused');
  await dialog().getByLabel('Hostname').fill(nth(0).hostname);
  await dialog().getByLabel('Public IPv4').fill(nth(0).address);
});

test('line and secret stand apart, and each step of the host is shown when it was seen, and no sooner', async () => {
  await dialog().getByLabel('May call from').fill('127.0.0.1');
  await press(/^Add /);
  await dialog().getByText('What we see').waitFor(patience);
  const line = (await dialog().getByRole('group', { name: 'The install line' }).textContent()) ?? '';
  expect(line).toContain(installPaths.script);
  await dialog().getByText('Waiting for the host to fetch the install script').waitFor(patience);
  const secretBox = dialog().locator('[data-secret]');
  expect(await secretBox.textContent()).toContain('hidden');
  await all('add-line');
  await press('Show');
  const secret = (await secretBox.textContent()) ?? '';
  expect(line).not.toContain(secret);
  await press('Hide');
  await context.request.get(`${installPaths.script}?read`);
  await dialog().getByText('Waiting for the host to fetch the install script').waitFor(patience);
  await context.request.get(installPaths.script);
  await dialog().getByText('Install script fetched').last().waitFor(patience);
  await context.request.get(installPaths.agent.x64);
  await dialog()
    .getByText(/^Agent .* downloaded/)
    .last()
    .waitFor(patience);
  await twice('add-downloaded');
  await nth(0).startAgent({ url: house.plane.url, caFile: house.plane.caFile, secret, command: line });
  await dialog().getByText('It is there.').waitFor(patience);
  await dialog()
    .getByText(/heard \d/)
    .waitFor(patience);
  await dialog().getByText('The secret was used').waitFor(patience);
  expect(await page.content()).not.toContain(secret);
  await twice('add-there');
  await press('Done');
});

test('the card is live without a reload, and leads to the member', async () => {
  await page.getByRole('link', { name: 'Overview' }).click();
  const card = page.getByRole('article').filter({ hasText: nth(0).hostname });
  await card.getByText('Healthy', { exact: true }).waitFor(patience);
  await twice('card-live');
});

test('the order of standby is changed by Alt and an arrow, and by its buttons', async () => {
  for (const index of [1, 2]) {
    const { hostname, address, egress } = nth(index);
    const added = await client.members.add(poolName, { hostname, allowedEgress: [egress], publicIpv4: address });
    await nth(index).startAgent({ ...added.enrolment, url: house.plane.url, caFile: house.plane.caFile });
  }
  await client.firstPublish.confirm(poolName, { memberId: nth(0).hostname, confirmNotReady: true });
  await until(async () => (await statusOf(1)).ready && (await statusOf(2)).ready);
  await at('/members');
  await page.getByRole('table').waitFor(patience);
  const names = () => page.locator('.roster-name').allTextContents();
  expect(await names()).toEqual([0, 1, 2].map((index) => nth(index).hostname));
  await all('roster');
  await page.getByRole('button', { name: `${nth(2).hostname} earlier` }).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(names, patience).toEqual([0, 2, 1].map((index) => nth(index).hostname));
  await expect
    .poll(() => page.evaluate('document.activeElement?.getAttribute("aria-label")'), patience)
    .toBe(`${nth(2).hostname} earlier`);
  await page.getByRole('button', { name: `${nth(2).hostname} later` }).click();
  await expect.poll(names, patience).toEqual([0, 1, 2].map((index) => nth(index).hostname));
  expect((await client.pools.get(poolName)).activeMemberId).toBe(await idOf(0));
});

test('where failback is automatic, an order that moves records is confirmed in words, and nothing moves before that', async () => {
  await client.pools.set(poolName, { automaticFailover: true, failback: { policy: 'automatic', afterMinutes: 30 } });
  await page.getByText('records go to the first one once it has been healthy for 30 min').waitFor(patience);
  const names = () => page.locator('.roster-name').allTextContents();
  await page.getByRole('button', { name: `${nth(1).hostname} earlier` }).click();
  await dialog()
    .getByText(`Records go from ${nth(0).hostname} to ${nth(1).hostname} after 30 min of health from now`)
    .waitFor(patience);
  await all('order-moves');
  await press('Keep the order');
  expect(await names()).toEqual([0, 1, 2].map((index) => nth(index).hostname));
  await page.getByRole('button', { name: `${nth(0).hostname} later` }).click();
  await press('Change the order');
  await dialog().getByText('is 2 of 3 now').waitFor(patience);
  await press('Close');
  expect(await names()).toEqual([1, 0, 2].map((index) => nth(index).hostname));
  const id = await idOf(2);
  await at(`/members/${id}?act=edit-member&member=${id}`);
  await dialog().getByLabel('Priority').fill('1');
  const save = dialog().getByRole('button', { name: 'Save the changes' });
  expect(await save.isDisabled()).toBe(true);
  await dialog()
    .getByRole('checkbox', { name: /^Records go from/ })
    .check();
  expect(await save.isDisabled()).toBe(false);
  await twice('edit-moves-later');
  await press('Keep it as it is');
  await at('/members');
  await page.getByRole('button', { name: `${nth(0).hostname} earlier` }).click();
  await expect.poll(names, patience).toEqual([0, 1, 2].map((index) => nth(index).hostname));
  await client.pools.set(poolName, { automaticFailover: false, failback: { policy: 'manual' } });
  expect((await client.pools.get(poolName)).activeMemberId).toBe(await idOf(0));
});

test('a list that somebody else changed while the form was open is not overwritten', async () => {
  const id = await idOf(2);
  const { egress } = nth(2);
  await at(`/members/${id}?act=edit-member&member=${id}`);
  await dialog().getByLabel('May call from').fill(`${egress}\n198.51.100.7`);
  await client.members.set(poolName, id, { allowedEgress: [egress, '203.0.113.9'] });
  await press('Save the changes');
  await dialog().getByText(`It is now May call from: ${egress}, 203.0.113.9`).waitFor(patience);
  expect((await client.members.get(poolName, id)).allowedEgress).toEqual([egress, '203.0.113.9']);
  await twice('edit-meanwhile');
  await press('Take the lists as they are now');
  expect(await dialog().getByLabel('May call from').inputValue()).toBe(`${egress}\n203.0.113.9`);
  await press('Keep it as it is');
});

test('a form that is closed while it works says on the page what came of it', async () => {
  await at('/members?act=add-member');
  await dialog().getByLabel('Hostname').fill('lb9.example.com');
  await dialog().getByLabel('May call from').fill('198.51.100.9');
  const held = Promise.withResolvers<void>();
  await page.route('**/members', async (route) => {
    if (route.request().method() === 'POST') await held.promise;
    await route.continue();
  });
  await press(/^Add /);
  await dialog().getByText('You may close this: it goes on.').waitFor(patience);
  await press('Close');
  held.resolve();
  await see(/Add lb9\.example\.com to .*its secret is gone: make it a new install line/);
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Seen' }).click();
  await client.members.remove(poolName, 'lb9.example.com');
});

test('who changes an allowed address by mistake sees the member refused, and allows what was seen', async () => {
  await at(`/members/${await idOf(1)}`);
  await page.getByText('What is known').waitFor(patience);
  await all('one');
  await page.getByRole('link', { name: 'Change…' }).click();
  await dialog().getByLabel('May call from').fill('198.51.100.7');
  await twice('edit');
  await press('Save the changes');
  await dialog().getByText('These are the settings').waitFor(patience);
  await press('Close');
  await page.getByRole('link', { name: 'Allow address…' }).waitFor(patience);
  await at('/members');
  await page.getByText('127.0.0.1').first().waitFor(patience);
  await twice('roster-refused');
  await at('');
  await page
    .getByRole('article')
    .filter({ hasText: nth(1).hostname })
    .getByRole('link', { name: 'Allow address…' })
    .click();
  await dialog()
    .getByRole('heading', { name: /Allow 127\.0\.0\.1/ })
    .waitFor(patience);
  await twice('allow');
  await press('Allow 127.0.0.1');
  await dialog().getByText('may be seen from 127.0.0.1 from now on').waitFor(patience);
  await press('Close');
  await page
    .getByRole('article')
    .filter({ hasText: nth(1).hostname })
    .getByText('Healthy', { exact: true })
    .waitFor(patience);
});

test('a standby goes into maintenance for a preset time, is extended, and comes out by hand', async () => {
  const id = await idOf(2);
  await at(`/members/${id}?act=member-maintenance&member=${id}`);
  await press('1 h');
  await dialog().getByLabel('Reason').fill('kernel update');
  await twice('maintain-standby');
  await press('Begin the maintenance');
  await dialog()
    .getByText(/is in maintenance until/)
    .waitFor(patience);
  await press('Close');
  await page.getByText('Maintenance', { exact: true }).first().waitFor(patience);
  await page.getByRole('link', { name: 'Change maintenance…' }).click();
  await dialog().getByRole('radio', { name: 'End it now' }).click();
  await press('End the maintenance');
  await dialog()
    .getByText(/is over; it is judged like any other again/)
    .waitFor(patience);
  await press('Close');
});

test('of the active member it is asked where clients go: the switch is shown first, and is what happens', async () => {
  await until(async () => (await statusOf(1)).ready);
  const id = await idOf(0);
  await at(`/members/${id}?act=member-maintenance&member=${id}`);
  await dialog().getByText('What will change').waitFor(patience);
  await dialog().getByText(nth(1).address).waitFor(patience);
  await dialog().getByLabel('Reason').fill('new disks');
  await all('maintain-active');
  await dialog().getByRole('radio', { name: 'Leave the records here' }).click();
  await dialog().getByText('Clients are still sent to').waitFor(patience);
  await dialog().getByRole('radio', { name: 'Switch over first' }).click();
  await press('Switch over, then maintain');
  await dialog()
    .getByText(/is in maintenance until/)
    .waitFor(patience);
  await twice('maintained');
  expect((await client.pools.get(poolName)).activeMemberId).toBe(await idOf(1));
  await press('Close');
});

test('a new address of the active member shows what it moves before it does', async () => {
  const id = await idOf(1);
  await at(`/members/${id}?act=edit-member&member=${id}`);
  await dialog().getByLabel('Public IPv4').fill('192.0.2.77');
  await press('Save the changes');
  await dialog()
    .getByRole('heading', { name: /^Move the records/ })
    .waitFor(patience);
  await twice('edit-move');
  await press('Back to the form');
  expect(await dialog().getByLabel('Public IPv4').inputValue()).toBe('192.0.2.77');
  await press('Save the changes');
  await press('Move the records');
  await dialog().getByText('These are the settings').waitFor(patience);
  await press('Close');
});

test('a new install line says first that the earlier secret is void', async () => {
  const id = await idOf(2);
  await client.members.enrol(poolName, id);
  await at(`/members/${id}?act=enrol-member&member=${id}`);
  await dialog().getByText('The earlier secret is void from then on.').waitFor(patience);
  await twice('enrol');
  await press('Make a new install line');
  await dialog().getByText('Waiting for the host to fetch the install script').waitFor(patience);
  await press('Close');
});

test('the active member goes only with its records; a standby when its name is typed', async () => {
  const active = await idOf(1);
  await at(`/members/${active}?act=remove-member&member=${active}`);
  await dialog().getByText('It is active: make another member active first').waitFor(patience);
  await twice('remove-active');
  const id = await idOf(2);
  await at(`/members/${id}?act=remove-member&member=${id}`);
  const remove = dialog().getByRole('button', { name: /^Remove / });
  await remove.waitFor(patience);
  expect(await remove.isDisabled()).toBe(true);
  await dialog()
    .getByLabel(/^Type /)
    .fill(nth(2).hostname);
  await remove.click();
  await dialog().getByText('serverctl-agent uninstall').waitFor(patience);
  await twice('removed');
  await press('Close');
  await see('There is no such member');
});

test('nothing was complained of', () => {
  // Refusals that were asked for: an address that is none, one that moves a record, the active member. And one that was not: of a member
  // that goes, its page may ask once more while the news of that is on its way.
  const expected = /status of (400|409|422)|status of 404 .*\/enrolment$/;
  expect(complaints.filter((text) => !expected.test(text))).toEqual([]);
});
