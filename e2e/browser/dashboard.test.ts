import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import {
  addAuthenticator,
  administrator,
  endSessions,
  type House,
  hostClient,
  makeAdministrator,
  openHouse,
  poolName,
  publishPool,
} from './house.ts';
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
  page = await context.newPage();
  complaints = complaintsOf(page);
});
afterAll(async () => {
  await browser?.close();
  await house?.down();
});

const see = (text: string | RegExp) => page.getByText(text).first().waitFor(patience);
const lookAtAll = (name: string) => looksAt(page).all(name);
const lookTwice = (name: string) => looksAt(page).twice(name);

async function signIn(): Promise<void> {
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password').fill(administrator.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function signOut(): Promise<void> {
  await page.getByRole('button', { name: /account menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor(patience);
}

test('who is not signed in comes to the gate, and after it to where they were going', async () => {
  await page.goto(`/pools?find=${poolName}`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor(patience);
  await lookAtAll('sign-in');
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password').fill('not the password at all');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await see('The e-mail address or the password is not right.');
  await lookTwice('sign-in-refused');
  await signIn();
  await page.getByRole('heading', { name: 'Pools', level: 1 }).waitFor(patience);
  expect(new URL(page.url()).search).toBe(`?find=${poolName}`);
  await see('Live');
});

test('a pool that is made meanwhile comes by itself, with members that beat', async () => {
  await page.goto('/pools');
  await see('No pool yet');
  await lookTwice('pools-none');
  const loaded = await page.evaluate(() => performance.timeOrigin);
  const pool = await publishPool(house, await hostClient(house, context));
  await see('1 of 1 hostname is served.');
  await lookAtAll('pools');
  await page.getByRole('link', { name: poolName, exact: true }).click();
  await page.getByRole('heading', { name: poolName, level: 1 }).waitFor(patience);
  // A strip is drawn while it is in view, and the setup banner is above them: automatic failover is off here.
  await page.getByRole('article').last().scrollIntoViewIfNeeded();
  const strips = page.getByRole('img', { name: /of the last \d+ heartbeats on time/ });
  await expect.poll(() => strips.count(), patience).toBe(3);
  for (const { hostname } of pool.status.members) await see(hostname);
  await see('the name server gives this address');
  await lookAtAll('overview');
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(loaded);
});

test('the equal table says the same, has an address of its own, and nothing for axe to find', async () => {
  await page.getByRole('radio', { name: 'Table' }).click();
  await page.getByRole('table', { name: 'Traffic: names and members' }).waitFor(patience);
  expect(new URL(page.url()).search).toBe('?traffic=table');
  await lookTwice('overview-table');
  await page.getByRole('radio', { name: 'Diagram' }).click();
});

test('what happens to a member is on the page without a reload', async () => {
  const loaded = await page.evaluate(() => performance.timeOrigin);
  const [, standby] = house.stage.members;
  if (standby === undefined) throw new Error('the house has no standby');
  const card = page.getByRole('article').filter({ hasText: standby.hostname });
  await standby.stopHaproxy();
  await card.getByText('HAProxy inactive').waitFor(patience);
  await lookTwice('overview-haproxy-inactive');
  await standby.startHaproxy();
  await card.getByText('Healthy', { exact: true }).waitFor(patience);
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(loaded);
});

test('without its control plane the page stays, says how old it is, and goes on by itself', async () => {
  house.hold();
  await see(/The connection to the control plane was lost; your pools keep serving\./);
  await see(/\d s old/);
  await see('Control plane is not heard');
  expect(await page.getByRole('article').count()).toBe(3);
  await lookTwice('overview-stale');
  house.goOn();
  await page.getByText('Live', { exact: true }).waitFor(patience);
});

test('where another has signed in meanwhile, a page that lost its stream begins anew, as theirs', async () => {
  const viewer = { email: 'bea@example.com', password: 'eleven larks above the weir' };
  const client = await hostClient(house, context);
  const { link } = await client.invitations.invite({
    email: viewer.email,
    grants: [{ role: 'viewer', pool: poolName }],
  });
  await client.invitations.accept({ secret: new URL(link).hash.slice(1), password: viewer.password });
  const shared = await openContext(browser, house.plane.url);
  const become = async (who: typeof viewer) => {
    const reply = await shared.request.post('/api/v1/session', { data: who, headers: { origin: house.plane.url } });
    expect(reply.ok()).toBe(true);
  };
  await become(administrator);
  const theirs = await shared.newPage();
  const isOf = ({ email }: typeof viewer) =>
    theirs.getByRole('button', { name: `account menu: ${email}` }).waitFor(patience);
  await theirs.goto('/pools');
  await theirs.getByText('Live', { exact: true }).waitFor(patience);
  await isOf(administrator);
  await become(viewer);
  house.hold();
  await theirs.getByText(/The connection to the control plane was lost/).waitFor(patience);
  await isOf(administrator);
  house.goOn();
  await isOf(viewer);
  await theirs.getByText('Live', { exact: true }).waitFor(patience);
  await shared.close();
  await page.getByText('Live', { exact: true }).waitFor(patience);
});

test('with an authenticator the gate asks for its code, or for one of the recovery codes', async () => {
  const codes = await addAuthenticator(house, context);
  await signOut();
  await signIn();
  await page.getByLabel('Authenticator code').fill('000000');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await see('The code is not right, or was used before.');
  await lookTwice('sign-in-code');
  await page.getByLabel('Authenticator code').fill(codes.next());
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Pools', level: 1 }).waitFor(patience);
  await signOut();
  await signIn();
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(codes.recovery);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Pools', level: 1 }).waitFor(patience);
});

test('a session that ends while the page is open leads to the gate, which says so and knows the way back', async () => {
  await page.getByRole('link', { name: poolName, exact: true }).click();
  await page.getByRole('heading', { name: poolName, level: 1 }).waitFor(patience);
  const { pathname } = new URL(page.url());
  await endSessions(house, context);
  await see('Your session has ended.');
  expect(new URL(page.url()).searchParams.get('to')).toBe(pathname);
});

test('nothing was complained of', () => {
  expect(complaints).toEqual([]);
});
