import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authenticator } from '../src/person.ts';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import { type House, hostClient, openHouse, poolName } from './house.ts';
import { looksAt, patience } from './looks.ts';

let house: House;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: readonly string[];
let setupLink: string;
let secret = '';

const ops = { name: 'Olga Nowak', email: 'ops@example.com', password: 'seven herons over the quay' };
const viewer = { name: 'Bob', email: 'bob@example.com', password: 'a kettle of yellow walnuts' };

beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
  context = await openContext(browser, house.plane.url);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: house.plane.url });
  setupLink = (await readFile(join(house.plane.dataDirectory, 'setup-link'), 'utf8')).trim();
  page = await context.newPage();
  complaints = complaintsOf(page);
});
afterAll(async () => {
  await browser?.close();
  await house?.down();
});

const heading = (name: string | RegExp, on = page) => on.getByRole('heading', { name }).first().waitFor(patience);
const button = (name: string | RegExp, on = page) => on.getByRole('button', { name }).click();
const see = (text: string | RegExp, on = page) => on.getByText(text).first().waitFor(patience);
/** The path and fragment of a link: the browser is at the address that the house listens on. */
const pathOf = (link: string) => `/join${new URL(link).hash}`;

async function accept(on: Page, who: typeof ops, verb = 'Create and continue'): Promise<void> {
  const name = on.getByLabel('Name', { exact: true });
  if (await name.isVisible()) await name.fill(who.name);
  const email = on.getByLabel('E-mail');
  if (await email.isEditable()) await email.fill(who.email);
  await on.getByLabel('Password', { exact: true }).fill(who.password);
  await button(verb, on);
}

async function signIn(): Promise<void> {
  await page.getByLabel('E-mail').fill(ops.email);
  await page.getByLabel('Password').fill(ops.password);
  await button('Sign in');
}

async function signOut(): Promise<void> {
  await button(/account menu/);
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await heading('Sign in');
}

const copied = async () => String(await page.evaluate('navigator.clipboard.readText()'));
const inDialog = () => page.getByRole('dialog');

test('a link that nobody made is refused in words, with the way out', async () => {
  await page.goto('/join#scl_nobody-made-this-one');
  await heading('This link is not known, was used before, or has expired.');
  await see(/^Ask whoever sent it to you for a new one\./);
  expect(new URL(page.url()).hash).toBe('');
  await looksAt(page).twice('join-refused');
  await page.goto('/join');
  await heading('This link is not whole');
  await looksAt(page).twice('join-not-whole');
});

test('a proxy’s answer in the place of the control plane’s is no answer: the link was not used, and may be tried again', async () => {
  const elsewhere = await openContext(browser, house.plane.url);
  const other = await elsewhere.newPage();
  let body = '';
  await other.route('**/api/v1/invitations/*', (route) => route.fulfill({ status: 502, body }));
  for (const foreign of [{ message: 'Bad gateway' }, { error: 'Bad gateway' }, { error: null }, { error: {} }, null]) {
    body = JSON.stringify(foreign);
    await other.goto('about:blank');
    await other.goto(pathOf(setupLink));
    await heading('The control plane does not answer', other);
    await see('Your link was not used.', other);
  }
  await other.unroute('**/api/v1/invitations/*');
  await button('Try again', other);
  await heading('Make the first administrator', other);
  await other.route('**/api/v1/invitations/accept', (route) => route.fulfill({ status: 502, body: '<html>' }));
  await accept(other, ops);
  await see('The reply is not one of a control plane (HTTP 502).', other);
  await elsewhere.close();
});

test('the setup link makes the first administrator, and its secret leaves the address as soon as it is read', async () => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.url()} ${JSON.stringify(request.headers())}`));
  await page.goto('about:blank');
  const before = Number(await page.evaluate('history.length'));
  await page.goto(pathOf(setupLink));
  await heading('Make the first administrator');
  expect(new URL(page.url()).hash).toBe('');
  await looksAt(page).all('first-run');
  await page.getByLabel('Password', { exact: true }).fill('herons');
  await button('Create and continue');
  await see('6 of at least 15 characters.');
  await see('Say how you are called.');
  await see('Give the e-mail address to sign in with.');
  await page.getByLabel('Password', { exact: true }).fill('seven herons '.repeat(10));
  await see('130 characters; at most 128 are taken.');
  await looksAt(page).twice('first-run-wrong');
  await accept(page, ops);
  await heading('You are an administrator');
  await looksAt(page).twice('first-run-done');
  await page.goBack();
  expect(page.url()).toBe('about:blank');
  expect(await page.evaluate('history.length')).toBe(before + 1);
  const behind = new URL(setupLink).hash.slice(1);
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter((one) => one.includes(behind))).toEqual([]);
});

test('a used link does nothing more', async () => {
  await page.goto(pathOf(setupLink));
  await heading('This link is not known, was used before, or has expired.');
});

/** Once: as the control plane answers where the last proof is older than ten minutes, which no test waits for. The proof itself is asked of it. */
async function asIfLongSinceProven(url: string): Promise<void> {
  const error = { code: 'step_up_required', message: 'x', remedy: 'x', details: {}, requestId: 'x' };
  await page.route(url, (route) => route.fulfill({ status: 403, json: { error } }), { times: 1 });
}

test('an authenticator is set up by the secret beside its QR code, and its recovery codes are shown once', async () => {
  await page.goto('/account');
  await heading('Your account');
  await see('The password alone signs in: whoever learns it is you.');
  await see('administrator everywhere');
  await looksAt(page).all('account');
  await asIfLongSinceProven('**/api/v1/me/totp');
  await button('Set up an authenticator…');
  await see('This needs a new proof of who you are. It holds for ten minutes.');
  await looksAt(page).twice('proof');
  await inDialog().getByLabel('Password').fill(ops.password);
  await button('Prove it and go on');
  await page.getByRole('img', { name: /^QR code/ }).waitFor(patience);
  await inDialog().getByRole('button', { name: 'Copy the secret' }).click();
  await inDialog().getByRole('button', { name: 'Copied' }).waitFor(patience);
  secret = await copied();
  await looksAt(page).twice('authenticator');
  await page.getByLabel('Code that it shows now').fill(authenticator(secret).code());
  await button('Turn it on');
  await heading('The authenticator is on');
  expect(await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').count()).toBe(10);
  expect(await page.getByRole('button', { name: 'Close' }).last().isDisabled()).toBe(true);
  await looksAt(page).twice('recovery-codes');
  const [file] = await Promise.all([page.waitForEvent('download'), button('Download as a text file')]);
  expect(await readFile(await file.path(), 'utf8')).toContain(`Recovery codes of ${ops.email}`);
  await page.getByLabel('I have kept them').check();
  await page.getByRole('button', { name: 'Close' }).last().click();
  await see(/Signing in takes the password and a code\. 10 recovery codes left/);
});

test('from then on signing in takes a code of it', async () => {
  await signOut();
  await signIn();
  await page.getByLabel('Authenticator code').fill(authenticator(secret).code(1));
  await button('Sign in');
  await heading('Pools');
});

test('another session of mine is shown with its browser, and ended', async () => {
  const elsewhere = await openContext(browser, house.plane.url);
  const client = await hostClient(house, context);
  const { users } = await client.users.list();
  expect(users.map(({ sessions }) => sessions)).toEqual([1]);
  // The one code of this half minute was used: a recovery code signs in beside it.
  await page.goto('/account');
  await button('New recovery codes…');
  const held = Promise.withResolvers<void>();
  const hold = async (route: Route) => held.promise.then(() => route.continue());
  await page.route('**/api/v1/me/recovery-codes', hold, { times: 1 });
  await button('Make new codes');
  await see('Stay here: what comes of it is shown once.');
  await page.keyboard.press('Escape');
  expect(await inDialog().getByRole('button', { name: 'Close' }).isDisabled()).toBe(true);
  held.resolve();
  await heading('Your new recovery codes');
  const code = await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').first().textContent();
  await page.getByLabel('I have kept them').check();
  await page.getByRole('button', { name: 'Close' }).last().click();
  const reply = await elsewhere.request.post('/api/v1/session', {
    data: { email: ops.email, password: ops.password, recoveryCode: code },
  });
  expect(reply.status()).toBeLessThan(300);
  await page.reload();
  const rows = page.getByRole('list', { name: 'Your sessions' }).getByRole('listitem');
  await expect.poll(() => rows.count(), patience).toBe(2);
  await rows.filter({ hasText: 'This one' }).getByText('Chrome without a window').waitFor(patience);
  await looksAt(page).twice('account-sessions');
  await page.getByRole('button', { name: /^End the session of/ }).click();
  await see('One session was ended.');
  await expect.poll(() => rows.count(), patience).toBe(1);
  expect((await elsewhere.request.get('/api/v1/me')).status()).toBe(401);
  await elsewhere.close();
});

test('a new password is set where the present one is right, and says what it ended', async () => {
  await page.getByLabel('Present password').fill(ops.password);
  await page.getByLabel('New password').fill('nine herons under the quay');
  await button('Change the password');
  await see('The password is changed.');
  await see('No other session was open.');
  ops.password = 'nine herons under the quay';
});

let inviteLink = '';

test('a viewer is invited: the link is shown once, and is among the open ones', async () => {
  await (await hostClient(house, context)).pools.add({ name: poolName });
  await page.goto('/account/users');
  await page.getByRole('list', { name: 'Users' }).getByText('You', { exact: true }).waitFor(patience);
  await looksAt(page).twice('users');
  await button('Invite…');
  await heading('Invite somebody?');
  await inDialog().getByLabel('E-mail').fill(viewer.email);
  await inDialog().getByLabel('Where').selectOption('pools');
  await inDialog().getByLabel(poolName).check();
  await looksAt(page).twice('invite');
  await button('Make the link');
  await see(`${viewer.email} is invited as viewer in ${poolName}.`);
  inviteLink = (await inDialog().getByText('/join#scl_').textContent()) ?? '';
  await looksAt(page).twice('invite-link');
  await button('Copy the link');
  expect(await copied()).toBe(inviteLink);
  await page.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('list', { name: 'Open links' }).getByText(viewer.email).waitFor(patience);
});

test('a list that cannot be read again stays, with the time that it is from, until it can', async () => {
  const error = { code: 'x', message: 'The database does not answer.', remedy: 'x', details: {}, requestId: 'x' };
  await page.route('**/api/v1/users', (route) => route.fulfill({ status: 503, json: { error } }), { times: 1 });
  await button('Invite…');
  await button('Invite nobody');
  await see('The users could not be read again.');
  await page.getByRole('list', { name: 'Users' }).getByText('You', { exact: true }).waitFor(patience);
  await looksAt(page).twice('users-stale');
  await button('Try now');
  await page.getByText('The users could not be read again.').waitFor({ ...patience, state: 'detached' });
});

test('who was invited joins in another browser and sees what a viewer may, and no more', async () => {
  const elsewhere = await openContext(browser, house.plane.url);
  const other = await elsewhere.newPage();
  await other.goto(pathOf(inviteLink));
  await heading('Join ServerCTL', other);
  await see(`${ops.email} invites you.`, other);
  await see(`You will be viewer in ${poolName}`, other);
  await looksAt(other).twice('join-invitation');
  await accept(other, { ...viewer, password: 'correct horse battery staple' });
  await see('This password is too easy to guess.', other);
  await accept(other, viewer);
  await heading('Your account is ready', other);
  await other.getByRole('link', { name: 'Later: go to the pools' }).click();
  await other.getByRole('link', { name: poolName, exact: true }).waitFor(patience);
  await other.goto('/account/users');
  await see('The users may be read by administrators of all pools.', other);
  expect(await other.getByRole('button', { name: 'Invite…' }).isDisabled()).toBe(true);
  await looksAt(other).twice('users-refused');
  await other.goto('/account');
  await see(`viewer in ${poolName}`, other);
  await elsewhere.close();
});

test('roles that changed meanwhile are not overwritten; looked at again, they change', async () => {
  await page.reload();
  const open = async () => {
    await button(`Change ${viewer.email}`);
    await page.getByRole('menuitem', { name: 'Change the roles…' }).click();
    await heading(`Change the roles of ${viewer.email}?`);
    await inDialog().getByLabel('Role', { exact: true }).selectOption('operator');
    await button('Add to the list');
  };
  await open();
  await looksAt(page).twice('roles');
  const client = await hostClient(house, context);
  const { users } = await client.users.list();
  const bob = users.find(({ email }) => email === viewer.email);
  const changed = { grants: [{ role: 'viewer' as const, pool: null }] };
  await client.users.grant(bob?.id ?? '', changed);
  await button('Change the roles');
  await see('The roles of this user are not those that were shown any more.');
  await button('Keep them');
  await see('viewer everywhere');
  await open();
  await button('Change the roles');
  await see(`The roles of ${viewer.email} now: operator everywhere.`);
  await page.getByRole('button', { name: 'Close' }).last().click();
});

test('a new password by a link says what it ends, and leads to the account', async () => {
  await button(`Change ${viewer.email}`);
  await page.getByRole('menuitem', { name: 'Link for a new password…' }).click();
  await button('Make the link');
  const link = (await inDialog().getByText('/join#scl_').textContent()) ?? '';
  await page.getByRole('button', { name: 'Close' }).last().click();
  const elsewhere = await openContext(browser, house.plane.url);
  const other = await elsewhere.newPage();
  await other.goto(pathOf(link));
  await heading('Choose a new password', other);
  await see('Ends 1 session of this account', other);
  await looksAt(other).twice('join-reset');
  await accept(other, { ...viewer, password: 'two yellow walnuts in a pan' }, 'Set the password');
  await heading('Your new password is set', other);
  await elsewhere.close();
});

test('a user is disabled, let in again, and removed by typing the address', async () => {
  const choose = async (item: string) => {
    await button(`Change ${viewer.email}`);
    await page.getByRole('menuitem', { name: item }).click();
  };
  const close = () => page.getByRole('button', { name: 'Close' }).last().click();
  await choose('Disable…');
  await button(`Disable ${viewer.email}`);
  await see(`${viewer.email} is disabled: every session is ended, every token suspended.`);
  await close();
  await see('Disabled');
  await looksAt(page).twice('users-disabled');
  await choose('Enable…');
  await button(`Enable ${viewer.email}`);
  await see(`${viewer.email} can sign in again.`);
  await close();
  await choose('Remove…');
  expect(await page.getByRole('button', { name: `Remove ${viewer.email}` }).isDisabled()).toBe(true);
  await page.getByLabel(`Type ${viewer.email} to confirm`).fill(viewer.email);
  await looksAt(page).twice('user-remove');
  await button(`Remove ${viewer.email}`);
  await see(`User ${viewer.email} is removed.`);
  await close();
  await expect.poll(() => page.getByRole('list', { name: 'Users' }).getByRole('listitem').count(), patience).toBe(1);
});

test('a token is made for what is chosen, its secret is shown once, and it is revoked', async () => {
  await page.getByRole('link', { name: 'API tokens' }).click();
  await see('No API token');
  await button('Make a token…');
  await inDialog().getByLabel('Name', { exact: true }).fill('prometheus');
  await inDialog().getByLabel('Read metrics, as Prometheus does').check();
  await looksAt(page).twice('token-make');
  await button('Make the token');
  const made = (await inDialog().locator('.code').textContent()) ?? '';
  const asked = (path: string) => page.request.get(path, { headers: { authorization: `Bearer ${made}`, cookie: '' } });
  expect((await asked('/metrics')).status()).toBe(200);
  expect((await asked('/api/v1/pools')).status()).toBe(403);
  await page.getByRole('button', { name: 'Close' }).last().click();
  await looksAt(page).twice('tokens');
  await button('Revoke prometheus');
  await button('Revoke prometheus');
  await see('Token prometheus is revoked.');
  expect((await asked('/metrics')).status()).toBe(401);
  await page.getByRole('button', { name: 'Close' }).last().click();
  const title = page.getByRole('heading', { level: 1 });
  for (const name of ['Your account', 'Users', 'API tokens', 'DNS credentials', 'About']) {
    await page.getByRole('link', { name, exact: true }).click();
    await expect.poll(() => title.allTextContents(), patience).toEqual([name]);
  }
  await see(/^ServerCTL \d/);
  await looksAt(page).twice('about');
});

test('nothing was complained of', () => {
  const refused = /status of (?:403|409|503)/; // step_up_required, roles_changed and a list that is not read, as the browser itself tells the console
  expect(complaints.filter((text) => !refused.test(text))).toEqual([]);
});
