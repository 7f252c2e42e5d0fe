import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import type { Client, PoolView } from '@serverctl/contract';
import { findNamed, run } from '@serverctl/lab';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import { administrator, type House, hostClient, makeAdministrator, openHouse, poolName, publishPool } from './house.ts';
import { looksAt, patience } from './looks.ts';

let house: House;
let browser: Browser;
let context: BrowserContext;
let client: Client;
let page: Page;
let complaints: readonly string[];
/** Hostnames, the active one first. */
let [m1, m2, m3]: readonly string[] = [];

const viewer = { email: 'viewer@example.com', password: 'nine lanterns under the bridge' };

// Drift is noticed within 30 s, and a standby is ready after 30 s: far above what a busy machine needs.
vi.setConfig({ testTimeout: 300_000 });
beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
  context = await openContext(browser, house.plane.url);
  await makeAdministrator(house, context);
  client = await hostClient(house, context);
  [m1, m2, m3] = house.stage.members.map(({ hostname }) => hostname);
  page = await context.newPage();
  complaints = complaintsOf(page);
});
afterAll(async () => {
  await browser?.close();
  await house?.down();
});

async function signIn(on: Page, who: typeof administrator): Promise<void> {
  await on.goto('/');
  await on.getByLabel('E-mail').fill(who.email);
  await on.getByLabel('Password').fill(who.password);
  await on.getByRole('button', { name: 'Sign in' }).click();
  await on.getByRole('link', { name: poolName, exact: true }).click();
  await on.getByRole('heading', { name: poolName, level: 1 }).waitFor(patience);
}

const dialog = () => page.getByRole('dialog');
const look = (name: string) => looksAt(page).twice(`act-${name}`);
const press = (name: string | RegExp) => dialog().getByRole('button', { name }).click();
const says = (text: string | RegExp) => dialog().getByText(text).first().waitFor(patience);
const noted = (text: string | RegExp) => page.locator('.pool-notes').getByText(text).first().waitFor(patience);

async function open(query: string): Promise<void> {
  const { pathname } = new URL(page.url());
  await page.goto(`${pathname}?${query}`);
  await dialog().waitFor(patience);
}

async function closed(): Promise<void> {
  await dialog().waitFor({ state: 'hidden', ...patience });
}

const now = (): Promise<PoolView> => client.pools.get(poolName);
const until = (holds: (pool: PoolView) => boolean, timeout = 60_000) =>
  expect.poll(async () => holds(await now()), { timeout }).toBe(true);
const activeName = ({ status, activeMemberId }: PoolView) =>
  status.members.find(({ id }) => id === activeMemberId)?.hostname;
const memberId = async (hostname = '') => (await now()).status.members.find((one) => one.hostname === hostname)?.id;
const addressOf = (hostname = '') => house.stage.members.find((one) => one.hostname === hostname)?.address;

/** What BIND answers for the pool's name. */
async function answered(): Promise<readonly string[]> {
  const { address, port, zone } = house.stage.dns;
  const resolver = new Resolver();
  resolver.setServers([`${address}:${port}`]);
  return resolver.resolve4(`www.${zone}`);
}

/** The server's own refusal, once: who has just signed in would not be asked for ten minutes. The proof itself is the server's to judge. */
async function askForProofOnce(path: string, part: string): Promise<void> {
  const error = { code: 'step_up_required', message: 'proof', remedy: 'proof', details: {}, requestId: '' };
  let isAsked = false;
  await page.unroute(path);
  await page.route(path, (route) => {
    if (isAsked || route.request().postData()?.includes(part) !== true) return route.continue();
    isAsked = true;
    return route.fulfill({ status: 403, json: { error } });
  });
}

/** Somebody else's hand in the record. */
async function setByHand(address: string | undefined): Promise<void> {
  const { nsupdate, env } = await findNamed();
  const { dns, directory } = house.stage;
  const name = `www.${dns.zone}`;
  const input = `server ${dns.address} ${dns.port}\nupdate delete ${name} A\nupdate add ${name} 30 A ${address}\nsend\n`;
  const done = await run([nsupdate, '-t', '5', '-k', join(directory, 'bind', 'hand.key')], {
    input,
    env: { ...process.env, ...env },
  });
  expect(done.status).toBe(0);
}

test('a target that is not ready is made active only with its name typed; Esc leaves, and the focus is where it was', async () => {
  await publishPool(house, client);
  await signIn(page, administrator);
  await open(`act=make-active&member=${await memberId(m3)}`);
  await says(`Make ${m3} active although it is not ready`);
  await says(/median of the last|No promotion of this pool was measured yet/);
  const confirm = dialog().getByRole('button', { name: `Make ${m3} active` });
  await dialog().getByLabel('Reason').fill('a test');
  expect(await confirm.isDisabled()).toBe(true);
  await look('not-ready');
  await dialog()
    .getByLabel(`Type ${m3} to confirm`)
    .fill(m3 ?? '');
  expect(await confirm.isDisabled()).toBe(false);
  await page.keyboard.press('Escape');
  await closed();
  expect(activeName(await now())).toBe(m1);
  const opener = page.getByRole('link', { name: 'Maintenance…' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await dialog().waitFor(patience);
  await dialog().locator('input:focus').and(dialog().getByLabel('Reason')).waitFor(patience);
  await page.keyboard.press('Escape');
  await closed();
  await page.locator('a:focus').and(opener).waitFor(patience);
});

test('a maintenance begins, is extended and ends, and the pool’s pages say so meanwhile', async () => {
  await page.getByRole('link', { name: 'Maintenance…' }).click();
  await dialog().getByRole('radio', { name: 'Other' }).click();
  await dialog().getByLabel('Minutes').fill('0');
  await says(/A whole number from 1/);
  await dialog().getByRole('radio', { name: '2 h' }).click();
  await dialog().getByLabel('Reason').fill('new switch');
  await look('maintenance');
  await dialog().getByLabel('Reason').press('Control+Enter');
  await says(/nothing moves by itself/);
  await look('maintenance-done');
  await dialog().locator('footer').getByRole('button', { name: 'Close' }).click();
  await closed();
  await noted('“new switch” Nothing moves by itself until then.');
  await looksAt(page).all('note-maintenance');
  const first = (await now()).maintenance?.until ?? '';
  await page.getByRole('link', { name: 'Extend…' }).click();
  await dialog().getByRole('radio', { name: '4 h' }).click();
  await dialog().getByLabel('Reason').fill('longer');
  await press('Set the new end');
  await says(/nothing moves by itself/);
  await page.keyboard.press('Escape');
  await until(({ maintenance }) => maintenance !== null && maintenance.until > first);
  await page.getByRole('link', { name: 'End now…' }).click();
  await look('end-maintenance');
  await press('End the maintenance');
  await says(/follow health again/);
  await page.keyboard.press('Escape');
  await until(({ maintenance }) => maintenance === null);
});

test('a pool is paused, and resumed by keeping what the pool holds, after a new proof of who one is', async () => {
  await page.getByRole('button', { name: 'More acts' }).click();
  await look('menu');
  await page.getByRole('menuitem', { name: 'Pause…' }).click();
  await dialog().getByLabel('Reason').fill('old plane is still on');
  await look('pause');
  await press(`Pause ${poolName}`);
  await says(/Nothing moves or is written by itself/);
  await page.keyboard.press('Escape');
  await noted(/was paused by/);
  await setByHand(addressOf(m2));
  await page.getByRole('link', { name: 'Resume…' }).click();
  await says('Who is right?');
  await dialog()
    .getByLabel(/The pool is right/)
    .check();
  await dialog().getByLabel('Reason').fill('it is off now');
  await look('resume');
  await askForProofOnce('**/resume', '"record":"keep"');
  await press(`Resume ${poolName}`);
  await dialog().getByLabel('Password').waitFor(patience);
  await look('proof');
  await press('Back');
  expect(await dialog().getByLabel('Reason').inputValue()).toBe('it is off now');
  await askForProofOnce('**/resume', '"record":"keep"');
  await press(`Resume ${poolName}`);
  await dialog().getByLabel('Password').fill(administrator.password);
  await press('Prove it and go on');
  await says(/Done: every name server answered after/);
  await page.keyboard.press('Escape');
  expect(await answered()).toEqual([addressOf(m1)]);
});

test('a ready standby is made active with a reason: the record moves, and the page follows', async () => {
  await until(({ status }) => status.members.filter(({ ready }) => ready).length === 2);
  await page.getByRole('link', { name: 'Overview' }).click();
  await open(`act=make-active&member=${await memberId(m2)}`);
  await says(`Make ${m2} active.`);
  await dialog().getByLabel('Reason').fill('moving off m1 for the router swap');
  await looksAt(page).all('act-make-active');
  await dialog().getByLabel('Reason').press('Control+Enter');
  await says(/Done: every name server answered after/);
  await look('make-active-done');
  const link = dialog().getByRole('link', { name: 'The whole timeline' });
  expect(await link.getAttribute('href')).toMatch(/\/promotions\/[^/]+$/);
  expect(await answered()).toEqual([addressOf(m2)]);
  await dialog().locator('footer').getByRole('button', { name: 'Close' }).click();
  await closed();
  await page
    .locator('.answers')
    .getByText(m2 ?? '', { exact: true })
    .waitFor(patience);
  const [promotion] = (await client.promotions.list(poolName)).promotions;
  expect(promotion).toMatchObject({ kind: 'switchover', reason: 'moving off m1 for the router swap' });
});

test('a preview that changes under the person is marked, and nothing can be confirmed for a second', async () => {
  const standby = house.stage.members.find(({ hostname }) => hostname === m3);
  await until(({ status }) => status.members.some(({ hostname, ready }) => hostname === m3 && ready));
  await open(`act=make-active&member=${await memberId(m3)}`);
  await says(`Make ${m3} active.`);
  await dialog().getByLabel('Reason').fill('a test');
  await standby?.stopHaproxy();
  await says(`Make ${m3} active although it is not ready`);
  await says('changed just now');
  await dialog().getByLabel(`Type ${m3} to confirm`).waitFor(patience);
  await look('changed');
  await press(`Keep ${m2}`);
  await closed();
  await standby?.startHaproxy();
  const opener = page.getByRole('link', { name: 'Cut DNS to standby…' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await dialog().getByLabel('Reason').waitFor(patience);
  await page.keyboard.press('Escape');
  await page.locator('a:focus').and(opener).waitFor(patience);
});

test('a cut whose next one has changed meanwhile changes nothing, and shows the present preview', async () => {
  await until(({ status }) => status.members.filter(({ ready }) => ready).length === 2);
  const { status } = await now();
  const [next, second] = status.members
    .filter(({ ready }) => ready)
    .toSorted((a, b) => Number(a.place) - Number(b.place));
  if (next === undefined || second === undefined) throw new Error('the pool has not two ready standbys');
  await page.getByRole('link', { name: 'Cut DNS to standby…' }).click();
  await says(`Make ${next.hostname} active.`);
  await dialog().getByLabel('Reason').fill('a test');
  // From here on no preview comes back: the person looks at one that is old by the time they confirm.
  const isPreview = (body: string | null) => body?.includes('"preview":true') === true;
  await page.route('**/promotions', (route) =>
    isPreview(route.request().postData()) ? undefined : void route.continue(),
  );
  await client.members.maintain(poolName, next.id, { minutes: 5, reason: 'another person' });
  await until((pool) => pool.status.nextInLine === second.id);
  const epoch = (await now()).epoch;
  await press(`Make ${next.hostname} active`);
  await says('The pool changed since the preview was made.');
  expect((await now()).epoch).toBe(epoch);
  await page.unroute('**/promotions');
  await page.reload();
  await says(`Make ${second.hostname} active.`);
  await page.keyboard.press('Escape');
  await client.members.endMaintenance(poolName, next.id);
});

test('a record that somebody else changed is repaired, or adopted', async () => {
  await until(({ status }) => status.bindings.every(({ state }) => state === 'published'));
  const active = activeName(await now());
  const other = active === m2 ? m1 : m2;
  await until(({ status }) => status.members.some(({ hostname, ready }) => hostname === other && ready));
  await setByHand(addressOf(other));
  await until(({ status }) => status.bindings.some(({ state }) => state === 'drift'));
  await noted('Changed by someone else');
  await look('note-drift');
  await page.getByRole('link', { name: 'Repair…' }).click();
  await dialog().getByLabel('Reason').fill('set by mistake');
  await look('repair');
  await press('Repair the records');
  await dialog().getByRole('heading', { name: 'The repair is recorded' }).waitFor(patience);
  await says(/Done: every name server answered after/);
  await page.keyboard.press('Escape');
  expect(await answered()).toEqual([addressOf(active)]);
  await setByHand(addressOf(other));
  await until(({ status }) => status.bindings.some(({ state }) => state === 'drift'));
  await page.getByRole('link', { name: 'Adopt…' }).click();
  await says(`Adopt ${other}, as the records say?`);
  await dialog().getByLabel('Reason').fill('moved by hand');
  await look('adopt');
  const typed = dialog().getByLabel(`Type ${other} to confirm`);
  if (await typed.isVisible()) await typed.fill(other ?? '');
  await press(`Adopt ${other}`);
  await until((pool) => activeName(pool) === other);
  await says(/Done: every name server answered after/);
  await page.keyboard.press('Escape');
});

test('the brakes of the fleet are released for ten minutes and put in force again', async () => {
  await open('act=brakes');
  await says('What holds now');
  await dialog().getByLabel('Reason').fill('a data centre is gone');
  await look('brakes');
  await press('Release for 10 minutes');
  await says(/What waited for a brake moves now/);
  await page.keyboard.press('Escape');
  await closed();
  await open('act=brakes');
  await dialog().getByLabel('Reason').fill('it is back');
  await press('Restore the brakes');
  await says('The brakes are in force again.');
  await page.keyboard.press('Escape');
  expect((await client.brakes.get()).released).toBeNull();
});

test('who may only look sees each act, and why it is not for them', async () => {
  const { link } = await client.invitations.invite({
    email: viewer.email,
    grants: [
      { role: 'viewer', pool: (await now()).id },
      { role: 'administrator', pool: (await client.pools.add({ name: 'elsewhere' })).id },
    ],
  });
  const theirs = await openContext(browser, house.plane.url);
  const data = { secret: new URL(link).hash.slice(1), password: viewer.password };
  expect((await theirs.request.post('/api/v1/invitations/accept', { data })).ok()).toBe(true);
  const other = await theirs.newPage();
  const refused: string[] = [];
  other.on('response', (reply) => reply.status() === 403 && refused.push(reply.url()));
  await signIn(other, viewer);
  // Its step of the names has what is known of their credential, for who may read that.
  await other.getByRole('heading', { name: `Setting up ${poolName}` }).waitFor(patience);
  const cut = other.getByRole('link', { name: 'Cut DNS to standby…' });
  expect(await cut.isDisabled()).toBe(true);
  expect(await cut.getAttribute('title')).toContain('Operators of this pool may do this');
  await other.getByRole('button', { name: 'More acts' }).click();
  await other.getByRole('menuitem', { name: /Pause…\s*Operators of this pool may do this/ }).waitFor(patience);
  await looksAt(other).twice('act-viewer');
  const pool = new URL(other.url()).pathname;
  await other.goto(`${pool}/members`);
  const earlier = other.getByRole('button', { name: / earlier$/ }).last();
  await earlier.waitFor(patience);
  expect(await earlier.getAttribute('aria-disabled')).toBe('true');
  expect(await earlier.getAttribute('title')).toBe('Operators of this pool may do this.');
  await other.goto(`${pool}/dns`);
  await other.getByText('The credential may be read by viewers of all pools.').waitFor(patience);
  const add = other.getByRole('link', { name: /^Add name…/ });
  expect(await add.getAttribute('title')).toBe('Administrators of this pool may do this.');
  expect(refused).toEqual([]);
  await other.goto(`${pool}?act=cut`);
  await other.getByRole('dialog').getByRole('alert').waitFor(patience);
  await theirs.close();
});

test('from a page that is not live nothing can be confirmed: it says how old it is, and goes on when it is live', async () => {
  await open('act=pause');
  await dialog().getByLabel('Reason').fill('a test');
  const confirm = dialog().getByRole('button', { name: `Pause ${poolName}` });
  expect(await confirm.isDisabled()).toBe(false);
  house.hold();
  try {
    await says(/This page is \d.* old; nothing can be changed until it is live\./);
    expect(await confirm.isDisabled()).toBe(true);
    await look('stale');
  } finally {
    house.goOn();
  }
  await expect.poll(() => confirm.isDisabled(), { timeout: 60_000 }).toBe(false);
  expect(await dialog().getByLabel('Reason').inputValue()).toBe('a test');
  await page.keyboard.press('Escape');
});

test('a page that is not live opens no act: each says why, and is open when it is live', async () => {
  await page.goto(`${new URL(page.url()).pathname}/members`);
  const link = page.getByRole('link', { name: 'Add member', exact: true });
  await link.waitFor(patience);
  const opening = page.locator('main a[href*="act="]:not([aria-disabled="true"])');
  const words = await opening.allTextContents();
  expect(words.length).toBeGreaterThan(1);
  await link.focus();
  house.hold();
  try {
    const off = page.getByRole('link', { name: /^Add member\b.* nothing can be changed until it is live\.$/ });
    await off.waitFor({ timeout: 60_000 });
    expect(await off.isDisabled()).toBe(true);
    await expect.poll(() => opening.count(), patience).toBe(0);
    const saying = page.locator('main [aria-disabled="true"][title$="nothing can be changed until it is live."]');
    for (const word of words) await saying.filter({ hasText: word }).first().waitFor(patience);
  } finally {
    house.goOn();
  }
  await link.waitFor({ timeout: 60_000 });
  await expect.poll(() => opening.count(), patience).toBe(words.length);
  expect(await link.evaluate((it) => it === it.ownerDocument.activeElement)).toBe(true);
});

test('nothing was complained of meanwhile', () => {
  expect(complaints.filter((one) => !/status of (403|409)/.test(one))).toEqual([]);
});
