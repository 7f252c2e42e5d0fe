import { join } from 'node:path';
import type { Client } from '@serverctl/contract';
import { findNamed } from '@serverctl/lab';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import { administrator, type House, hostClient, makeAdministrator, openHouse, poolName } from './house.ts';
import { looksAt, patience } from './looks.ts';

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
  await client.pools.add({ name: poolName });
  await addMembers();
  page = await context.newPage();
  complaints = complaintsOf(page);
  await page.goto('/account/credentials');
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password').fill(administrator.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
});
afterAll(async () => {
  await browser?.close();
  await house?.down();
});

const see = (text: string | RegExp) => page.getByText(text).first().waitFor(patience);
const lookAtAll = (name: string) => looksAt(page).all(name);
const lookTwice = (name: string) => looksAt(page).twice(name);
const dialog = (): Locator => page.getByRole('dialog');
/** The cross has the same name as the last button. */
const press = (name: string) => dialog().getByRole('button', { name }).last().click();
const fill = (label: string | RegExp, text: string) => dialog().getByLabel(label, { exact: true }).fill(text);
const zone = () => house.stage.dns.zone;
const named = (label: string) => `${label}.${zone()}`;
const closed = () => dialog().waitFor({ ...patience, state: 'detached' });

/** Another hand in the zone: BIND takes it from a key that we do not have. */
async function byHand(script: string): Promise<void> {
  const { stage } = house;
  const { nsupdate, env } = await findNamed();
  const key = join(stage.directory, 'bind', 'hand.key');
  const input = `server ${stage.dns.address} ${stage.dns.port}\n${script}\nsend\n`;
  const { status, stderr } = await stage.runAtPlane([nsupdate, '-t', '5', '-k', key], {
    input,
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(stderr);
}

async function openDns(): Promise<void> {
  await page.goto('/pools');
  await page.getByRole('link', { name: poolName, exact: true }).click();
  await page.getByRole('link', { name: 'DNS', exact: true }).click();
}

/** What is somebody else’s part: three hosts, with agents that beat. */
async function addMembers(): Promise<void> {
  const { stage, plane } = house;
  for (const [index, { hostname, address, egress, startAgent }] of stage.members.entries()) {
    const priority = (index + 1) * 10;
    const input = { hostname, allowedEgress: [egress], publicIpv4: address, priority };
    const { enrolment } = await client.members.add(poolName, input);
    await startAgent({ ...enrolment, url: plane.url, caFile: plane.caFile });
  }
}

test('without a credential the page says what one is for', async () => {
  await see('No credential yet');
  await see('No resolver is asked.');
  await lookTwice('dns-credentials-none');
});

test('a credential with a wrong key is refused in words and not stored, with the right one it is tried and stored', async () => {
  const { address, port, key } = house.stage.dns;
  await page.getByRole('link', { name: 'Add credential…' }).click();
  await press('Try and save');
  await dialog().getByText('Give the zone’s primary name server.').waitFor(patience);
  await lookTwice('dns-credential-add');
  await fill('Name', 'ns1');
  await fill('Primary name server', address);
  await fill('Port', String(port));
  await fill('Key name', key.name);
  await fill('Secret', Buffer.from('not the secret of this key').toString('base64'));
  await fill('Zone', zone());
  await fill('Name in it', named('www'));
  await press('Try and save');
  await see('The name server knows the key, but its secret is another.');
  await lookTwice('dns-credential-refused');
  expect((await client.credentials.list()).credentials).toEqual([]);
  await fill('Secret', key.secret);
  await press('Try and save');
  await see('ns1 is saved.');
  await dialog().getByText('by a real read that changes nothing').waitFor(patience);
  await lookTwice('dns-credential-saved');
  await press('Close');
  await closed();
  await page.getByRole('article', { name: 'ns1' }).getByText('Not in use').waitFor(patience);
});

test('another server is never given the secret that was entered for this one', async () => {
  await page.getByRole('link', { name: 'Change ns1…' }).click();
  await dialog().getByText('Left empty it stays as it is.').waitFor(patience);
  expect(await dialog().getByLabel('Secret').inputValue()).toBe('');
  await fill('Primary name server', '127.0.0.2');
  await press('Try and save');
  await see(/give the secret again/);
  await lookTwice('dns-credential-moved');
  await press('Leave it as it is');
  await closed();
});

test('closed while it is tried, a credential goes on, and what came of it is told on the page', async () => {
  const gate = Promise.withResolvers<void>();
  await page.route('**/api/v1/dns-credentials/*', async (route) => {
    await gate.promise;
    await route.continue();
  });
  try {
    await page.getByRole('link', { name: 'Change ns1…' }).click();
    await fill('Secret', Buffer.from('not the secret of this key').toString('base64'));
    await fill('Zone', zone());
    await fill('Name in it', named('www'));
    await press('Try and save');
    await dialog().getByText('You may close this: it goes on.').waitFor(patience);
    await press('Close');
    await closed();
    gate.resolve();
    const told = page
      .getByRole('alert')
      .filter({ hasText: 'Change ns1?' })
      .filter({ hasText: /knows the key, but its secret is another/ });
    await told.waitFor(patience);
    await lookTwice('dns-credential-left');
    await told.getByRole('button', { name: 'Seen' }).click();
    await told.waitFor({ ...patience, state: 'detached' });
  } finally {
    gate.resolve();
    await page.unrouteAll();
  }
});

test('the kinds of provider differ: Cloudflare’s has a limit, a reserve for failovers and a ceiling', async () => {
  await page.getByRole('link', { name: 'Add credential…' }).click();
  await dialog().getByLabel('Provider').selectOption('cloudflare');
  await fill('Name', 'cf');
  await fill('API token', 'a-token-that-is-never-tried');
  await fill('Zone ids', 'example.com=0123');
  await press('Try and save');
  await see(/is no zone=id with 32 hexadecimal digits/);
  await lookTwice('dns-credential-cloudflare');
  // A gateway’s address, which nobody calls before a name uses it.
  await fill('API base', `http://${house.stage.dns.address}:${house.stage.dns.port}`);
  await fill('Zone ids', `example.com=${'0123456789abcdef'.repeat(2)}`);
  await press('Try and save');
  await see('cf is saved, untested.');
  await press('Close');
  await closed();
  await page
    .getByRole('article', { name: 'cf' })
    .getByText(/are for failovers alone/)
    .waitFor(patience);
});

test('the zone’s resolvers are set, with what is wrong with an entry in the server’s words', async () => {
  const { address, port } = house.stage.dns;
  await page.getByLabel('Addresses, a line each').fill('ns1.example.com');
  await page.getByRole('button', { name: 'Save resolvers' }).click();
  await page.getByRole('alert').waitFor(patience);
  await page.getByLabel('Addresses, a line each').fill(`${address}:${port}`);
  await page.getByRole('button', { name: 'Save resolvers' }).click();
  await expect.poll(async () => (await client.resolvers.get()).resolvers, patience).toEqual([`${address}:${port}`]);
});

test('a pool without a name says what is missing', async () => {
  await openDns();
  await see('No managed name yet');
  await lookTwice('dns-none');
  await page.goto(`${page.url()}?act=first-publish`);
  await dialog().getByText('Nothing can be published yet.').waitFor(patience);
  await lookTwice('dns-publish-missing');
  await press('Close');
  await closed();
});

test('a name shows what stands there before anything is written', async () => {
  await byHand(`update add ${named('www')} 3600 A 203.0.113.9`);
  await page.getByRole('link', { name: 'Add name…' }).click();
  const { address, port } = house.stage.dns;
  await dialog()
    .getByLabel('Credential')
    .selectOption({ label: `ns1, rfc2136 at ${address}:${port}` });
  await fill('Zone', zone());
  await fill('Name', named('www'));
  await fill('TTL in seconds', '30');
  await dialog().getByText('203.0.113.9').first().waitFor(patience);
  await dialog()
    .getByText(/exists without a mark of ours/)
    .waitFor(patience);
  await lookTwice('dns-add-name');
  await press('Manage the name');
  await see('Nothing was written.');
  await lookTwice('dns-name-added');
  await press('Close');
  await closed();
  await page.getByRole('heading', { name: named('www') }).waitFor(patience);
  await see('Nothing is published yet.');
});

test('the first publish takes a record over only after an explicit yes, and turns as the name servers do', async () => {
  await page.getByRole('link', { name: 'First publish…', exact: true }).click();
  const [first] = house.stage.members;
  const takeOver = dialog().getByRole('checkbox', { name: /Replace what is there/ });
  await dialog()
    .getByLabel('Who becomes active')
    .selectOption({ value: (await memberOf(first?.hostname)).id });
  await takeOver.waitFor(patience);
  await dialog()
    .getByText(/no member’s address/)
    .first()
    .waitFor(patience);
  await lookAtAll('dns-publish');
  const publish = dialog().getByRole('button', { name: `Publish ${first?.hostname}` });
  await takeOver.check();
  expect(await publish.isDisabled()).toBe(true);
  // The yes was for a record without a mark: with one there it is to be said again.
  await byHand(`update add _serverctl.${named('www')} 300 TXT "somebody"`);
  await expect.poll(() => takeOver.isChecked(), patience).toBe(false);
  await dialog()
    .getByText(/^Its mark: /)
    .waitFor(patience);
  await takeOver.check();
  await expect.poll(async () => (await memberOf(first?.hostname)).status.ready, { timeout: 60_000 }).toBe(true);
  await fill('Reason', 'The old balancer is gone');
  await fill(/^Type /, named('www'));
  await publish.click();
  await dialog().getByText('Every name server answers it').waitFor(patience);
  await lookTwice('dns-published');
  await press('Close');
  await closed();
});

const memberOf = (hostname = '') => client.members.get(poolName, hostname);

test('the page has the record as it is, as it should be, and as each name server answers', async () => {
  const record = page.getByRole('table', { name: /as it is and as it should be/ });
  await record
    .getByText(/epoch=1|e=1|serverctl/i)
    .first()
    .waitFor(patience);
  await page
    .getByRole('table', { name: /What each name server answers/ })
    .getByText('Yes')
    .waitFor(patience);
  await page.getByRole('button', { name: 'Ask the recursive resolvers' }).click();
  await page.getByRole('table', { name: /What recursive resolvers answer/ }).waitFor(patience);
  await lookTwice('dns');
});

test('in a pool that is published a foreign record is taken over by name, with the mark that was shown', async () => {
  await byHand(
    `update add ${named('api')} 300 A 203.0.113.10\nupdate add _serverctl.${named('api')} 300 TXT "somebody"`,
  );
  await page.getByRole('link', { name: 'Add name…' }).click();
  await fill('Name', named('api'));
  await dialog().getByText('203.0.113.10').first().waitFor(patience);
  await press('Manage the name');
  await dialog().getByText('It is not ours').waitFor(patience);
  await dialog()
    .getByRole('checkbox', { name: /Write the active member’s address over it/ })
    .check();
  await lookTwice('dns-take-over');
  await fill(/^Type /, named('api'));
  await press('Take it over');
  await dialog()
    .getByText(`${named('api')} is managed now.`)
    .waitFor(patience);
  await dialog().getByText('Published', { exact: true }).waitFor(patience);
  await press('Close');
  await closed();
});

test('another TTL is tried, shown with its cost, and published', async () => {
  await page
    .getByRole('region', { name: named('www') })
    .getByRole('link', { name: 'Change…' })
    .click();
  await fill('TTL in seconds', '45');
  await dialog().getByText('TTL to be').waitFor(patience);
  await lookTwice('dns-edit-name');
  await press(`Change ${named('www')}`);
  await see(/failover delay .* \+ TTL 45 s/);
  await press('Close');
  await closed();
});

test('somebody else’s change is shown with both ways out of it, and what stands in the way with its remedy', async () => {
  const [, second] = house.stage.members;
  await byHand(`update delete ${named('www')} A\nupdate add ${named('www')} 45 A ${second?.address}`);
  await byHand(`update delete ${named('api')} A`);
  await byHand(`update add ${named('api')} 60 CNAME ${named('www')}`);
  const region = page.getByRole('region', { name: named('www') });
  await region.getByText('Changed by someone else').waitFor({ timeout: 60_000 });
  for (const name of ['Repair…', 'Adopt…']) await region.getByRole('link', { name }).waitFor(patience);
  const blocked = page.getByRole('region', { name: named('api') });
  await blocked.getByText('Blocked', { exact: true }).waitFor({ timeout: 60_000 });
  await blocked.getByText('A CNAME stands at this name, so no address record can be.').first().waitFor(patience);
  await lookAtAll('dns-drift');
});

test('a name that is removed keeps its record, and a credential in use is kept', async () => {
  await page
    .getByRole('region', { name: named('api') })
    .getByRole('link', { name: 'Remove…' })
    .click();
  await fill(/^Type /, named('api'));
  await lookTwice('dns-remove-name');
  await press('Stop managing it');
  await dialog()
    .getByText(`${named('api')} is no longer managed.`)
    .waitFor(patience);
  await press('Close');
  await closed();
  await page.goto('/account/credentials');
  await page.getByRole('article', { name: 'ns1' }).getByText('Works', { exact: true }).first().waitFor(patience);
  await lookAtAll('dns-credentials');
  await page.getByRole('link', { name: 'Remove ns1…' }).click();
  await dialog()
    .getByText(/is used by 1 managed name/)
    .waitFor(patience);
  await lookTwice('dns-credential-in-use');
  expect(await dialog().getByRole('button', { name: 'Remove ns1' }).isDisabled()).toBe(true);
});

test('nothing was complained of', () => {
  // What the server refused on purpose is told to the console by the browser itself.
  expect(complaints.filter((text) => !/status of (409|422|502)/.test(text))).toEqual([]);
});
