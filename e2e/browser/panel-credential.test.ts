import type { Client } from '@serverctl/contract';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wrongReplies } from '../../testkit/src/cpanel/index.ts';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import { administrator, type House, hostClient, makeAdministrator, openHouse, poolName } from './house.ts';
import { looksAt, patience } from './looks.ts';
import { account, openPanelCluster, type PanelCluster, whmToken } from './panel-cluster.ts';

let house: House;
let cluster: PanelCluster;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let client: Client;
let complaints: readonly string[];

beforeAll(async () => {
  const opened = openHouse(async (stage) => {
    cluster = await openPanelCluster(stage);
    return cluster.settings;
  });
  [house, browser] = await Promise.all([opened, launchBrowser()]);
  context = await openContext(browser, house.plane.url);
  await makeAdministrator(house, context);
  client = await hostClient(house, context);
  await client.pools.add({ name: poolName });
  await addMember();
  page = await context.newPage();
  complaints = complaintsOf(page);
  await page.goto('/account/credentials');
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password').fill(administrator.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  await house?.down();
});

const lookAtAll = (name: string) => looksAt(page).all(name);
const lookTwice = (name: string) => looksAt(page).twice(name);
const dialog = (): Locator => page.getByRole('dialog');
/** The cross has the same name as the last button. */
const press = (name: string) => dialog().getByRole('button', { name }).last().click();
const fill = (label: string | RegExp, text: string) => dialog().getByLabel(label, { exact: true }).fill(text);
const choose = (word: string) => dialog().getByRole('radio', { name: word }).check();
const see = (text: string | RegExp) => dialog().getByText(text).first().waitFor(patience);
const closed = () => dialog().waitFor({ ...patience, state: 'detached' });
const card = () => page.getByRole('article', { name: 'cluster' });
const shown = () => dialog().getByRole('region', { name: 'The certificate that 127.0.0.1 shows' });
const zone = () => house.stage.dns.zone;
const named = (label: string) => `${label}.${zone()}`;
const first = () => house.stage.members[0];
/** As the server keeps it. */
const pinOf = (sha256: string) => sha256.replaceAll(':', '');

/** What is somebody else’s part: a host with an agent that beats. */
async function addMember(): Promise<void> {
  const { stage, plane } = house;
  const [member] = stage.members;
  if (member === undefined) throw new Error('no host');
  const { hostname, address: publicIpv4, egress } = member;
  const { enrolment } = await client.members.add(poolName, { hostname, allowedEgress: [egress], publicIpv4 });
  await member.startAgent({ ...enrolment, url: plane.url, caFile: plane.caFile });
}

async function openDns(): Promise<void> {
  await page.goto('/pools');
  await page.getByRole('link', { name: poolName, exact: true }).click();
  await page.getByRole('link', { name: 'DNS', exact: true }).click();
}

test('each kind of panel has a form of its own, which says what is missing and where a token is made', async () => {
  await page.getByRole('link', { name: 'Add credential…' }).click();
  await dialog().getByLabel('Provider').selectOption('cpanel');
  expect(await dialog().getByLabel('Port').inputValue()).toBe('2083');
  await dialog().getByLabel('Provider').selectOption('whm');
  expect(await dialog().getByLabel('Port').inputValue()).toBe('2087');
  expect(await dialog().getByLabel('User').inputValue()).toBe('root');
  await see(/the one right to edit DNS zones/);
  expect(await dialog().getByRole('button', { name: 'Look at the certificate' }).getAttribute('aria-disabled')).toBe(
    'true',
  );
  await choose('By an authority’s certificate');
  await press('Try and save');
  await see('Paste the authority’s certificate, PEM.');
  await lookTwice('panel-credential-add');
  await choose('By this very certificate');
  await see(/A fingerprint has 64 hexadecimal digits/);
  await choose('By public authorities');
});

test('the certificate is shown with the way to compare it, and pinned by a press alone', async () => {
  await fill('Name', 'cluster');
  await fill('Panel’s server', '127.0.0.1');
  await fill('Port', String(cluster.port));
  await press('Look at the certificate');
  await shown().getByText('It is signed by itself.').waitFor(patience);
  await shown().getByText('server.panel.test', { exact: true }).waitFor(patience);
  const { sha256 } = cluster.panel().certificate;
  expect((await shown().locator('.fingerprint .mono').textContent()) ?? '').toBe(sha256);
  await shown().getByText(`-connect 127.0.0.1:${cluster.port} `).waitFor(patience);
  expect(await dialog().getByRole('radio', { name: 'By public authorities' }).isChecked()).toBe(true);
  await lookAtAll('panel-certificate');
  expect(cluster.panel().exchanges).toEqual([]);
});

test('a panel that is not believed is refused with the certificate that it shows, and nothing was sent', async () => {
  await fill('API token', 'NOTTHETOKENOFTHISPANEL');
  await fill('Zone', zone());
  await fill('Name in it', named('www'));
  await press('Try and save');
  await see('The certificate of the panel does not prove that it is the panel; nothing was sent.');
  await shown().waitFor(patience);
  expect(await shown().count()).toBe(1);
  await lookTwice('panel-untrusted');
  expect(cluster.panel().exchanges).toEqual([]);
  await press('Trust this certificate');
  await see('It is pinned in this form: try and save');
  expect(await dialog().getByRole('radio', { name: 'By this very certificate' }).isChecked()).toBe(true);
});

test('a wrong token is refused in words and not stored; with the right one it is tried and stored', async () => {
  await press('Try and save');
  await see('The DNS provider does not accept the API token.');
  await lookTwice('panel-token-refused');
  expect((await client.credentials.list()).credentials).toEqual([]);
  await fill('API token', whmToken);
  await press('Try and save');
  await see('cluster is saved.');
  await see('The zone’s name servers');
  expect(await dialog().getByText('Has the zone as it is').count()).toBe(2);
  await lookTwice('panel-saved');
  await press('Close');
  await closed();
});

test('its card says where it is, for whom, and how it is believed, the fingerprint whole on demand', async () => {
  const { sha256 } = cluster.panel().certificate;
  await card().getByText(`127.0.0.1:${cluster.port}`).waitFor(patience);
  await card()
    .getByText(`${sha256.slice(0, 11)}…`)
    .click();
  expect(await card().locator('.fingerprint .mono').textContent()).toBe(sha256);
  await lookTwice('panel-credentials');
});

test('an account of cPanel is a credential of its own, with a fingerprint that was read elsewhere and pasted', async () => {
  await page.getByRole('link', { name: 'Add credential…' }).click();
  await dialog().getByLabel('Provider').selectOption('cpanel');
  await fill('Name', 'account');
  await fill('Panel’s server', '127.0.0.1');
  await fill('Port', new URL(cluster.panel().bases.cpanel).port);
  await fill('User', account.user);
  await fill('API token', account.token);
  await choose('By this very certificate');
  await fill('SHA-256 fingerprint', `sha256 Fingerprint=${cluster.panel().certificate.sha256}`);
  await fill('Zone', zone());
  await fill('Name in it', named('www'));
  await press('Try and save');
  await see('account is saved.');
  await press('Close');
  await closed();
  const pin = pinOf(cluster.panel().certificate.sha256);
  const stored = (await client.credentials.list()).credentials.find(({ name }) => name === 'account');
  expect(stored?.settings).toMatchObject({ provider: 'cpanel', user: account.user, pin, ca: null });
});

test('a page or the other panel’s API in the place of the panel is told with its remedy', async () => {
  await page.getByRole('link', { name: 'Try in a zone cluster…' }).click();
  cluster.panel().inject({ kind: 'before', reply: wrongReplies.page(200) });
  await fill('Zone', zone());
  await fill('Name in it', named('www'));
  await see('A web page came, where the panel’s API was asked.');
  await see('The page’s title: “Emulated”');
  await see(/usually 2083 of cPanel, 2087 of WHM/);
  await lookTwice('panel-page');
  cluster.panel().inject({ kind: 'before', reply: wrongReplies.failure('You are at the other port.') });
  await fill('Name in it', named('api'));
  await see('The other one of cPanel and WHM answers there.');
  await lookTwice('panel-other-api');
  await fill('Name in it', named('www'));
  await see('It works');
  await press('Close');
  await closed();
});

test('a name is added, and its first publish says which name server has not got the write', async () => {
  await openDns();
  await page.getByRole('link', { name: 'Add name…' }).first().click();
  await dialog()
    .getByLabel('Credential')
    .selectOption({ label: `cluster, whm at 127.0.0.1:${cluster.port}` });
  await fill('Zone', zone());
  await fill('Name', named('www'));
  await dialog().getByText('Has the zone as it is').first().waitFor(patience);
  expect(await dialog().getByLabel('Proxied').count()).toBe(0);
  await press('Manage the name');
  await see('Nothing was written.');
  await press('Close');
  await closed();
  cluster.second.arrives('held');
  const ready = async () => (await client.members.get(poolName, first()?.hostname ?? '')).status.ready;
  await expect.poll(ready, { timeout: 60_000 }).toBe(true);
  await page.getByRole('link', { name: 'First publish…', exact: true }).click();
  await press(`Publish ${first()?.hostname}`);
  await see(`${named('www')} A shall answer`);
  await see('Partly published');
  await lookTwice('panel-publish');
  await press('Close');
  await closed();
  await page.getByText(/1 of 2 name servers answer .* Not yet: ns2/).waitFor(patience);
  await page.getByRole('button', { name: 'Read it now' }).click();
  await page
    .getByRole('table', { name: /What each name server answers/ })
    .getByText('Behind')
    .waitFor(patience);
  await lookAtAll('panel-partial');
  cluster.second.arrives('at-once');
  await cluster.second.deliver();
  await page.getByText('Published', { exact: true }).waitFor(patience);
});

test('a renewed certificate is refused, and shown beside the pinned one where it is to be trusted anew', async () => {
  const before = cluster.panel().certificate;
  const renewed = await cluster.renew();
  await page.goto('/account/credentials');
  await page.getByRole('link', { name: 'Try in a zone cluster…' }).click();
  await fill('Zone', zone());
  await fill('Name in it', named('www'));
  await see('It is another certificate than the pinned one.');
  await lookTwice('panel-renewed');
  await dialog().getByRole('link', { name: 'Look at the certificate that is shown now' }).click();
  await dialog().getByRole('heading', { name: 'Change cluster' }).waitFor(patience);
  await press('Look at the certificate');
  await see('Another certificate than the pinned one');
  const both = ((await dialog().locator('.pins').textContent()) ?? '').replaceAll(/\s/g, '');
  expect([before, renewed].map(({ sha256 }) => both.includes(sha256))).toEqual([true, true]);
  await lookAtAll('panel-renewed-edit');
  await press('Trust this certificate');
  await press('Try and save');
  await see(/give the token again/);
  await fill('API token', whmToken);
  await press('Try and save');
  await see('cluster is saved.');
  await press('Close');
  await closed();
  const stored = (await client.credentials.list()).credentials.find(({ name }) => name === 'cluster');
  expect(stored?.settings).toMatchObject({ pin: pinOf(renewed.sha256) });
});

test('a wrong pin for names that are managed is refused with what is shown, and stored only by an explicit yes', async () => {
  await page.getByRole('link', { name: 'Change cluster…' }).click();
  await fill('SHA-256 fingerprint', 'AB:'.repeat(32).slice(0, -1));
  await fill('API token', whmToken);
  await press('Try and save');
  await see('The credential as it was to become does not work where managed names use it; nothing was stored.');
  await see('It is the one that is stored as pinned');
  await dialog().getByRole('checkbox', { name: 'Store it all the same, without trying it' }).waitFor(patience);
  await lookTwice('panel-wrong-pin');
  await press('Leave it as it is');
  await closed();
});

test('a name server that the zone names and that does not serve it is told apart from one that is late', async () => {
  await cluster.delegateElsewhere();
  await page.getByRole('link', { name: 'Try in a zone cluster…' }).click();
  await fill('Zone', zone());
  await fill('Name in it', named('www'));
  await see('Does not serve the zone');
  await see(/ns3\..* does not serve/);
  expect(await dialog().getByText('Has the zone as it is').count()).toBe(2);
  await lookTwice('panel-not-served');
  await press('Close');
  await closed();
});

test('nothing was complained of', () => {
  // What the server refused on purpose is told to the console by the browser itself.
  expect(complaints.filter((text) => !/status of (409|422|502)/.test(text))).toEqual([]);
});
