import type { Client, PromotionDetail } from '@serverctl/contract';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wallMs } from '../src/platform/wall-clock.ts';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import { administrator, type House, hostClient, makeAdministrator, openHouse, poolName, publishPool } from './house.ts';
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
  page = await context.newPage();
  complaints = complaintsOf(page);
  page.on('response', (reply) => {
    if (reply.status() === 422)
      void reply.text().then((text) => process.stdout.write(`422 at ${reply.url()}: ${text}\n`));
  });
  await page.goto('/pools');
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password').fill(administrator.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Pools', level: 1 }).waitFor(patience);
});
afterAll(async () => {
  await browser?.close();
  await house?.down();
});

const look = () => looksAt(page);
/** What waits for a TTL, for a delay or for health; generous, since it ends at once where it is there. */
const long = { timeout: 120_000 };
const wholeMs = 240_000;
const diagram = () => page.getByRole('group', { name: /Clients ask DNS/ });
const step = (title: string) =>
  page.getByRole('listitem').filter({ has: page.getByText(title, { exact: false }).first() });
const member = (index: number) => {
  const one = house.stage.members[index];
  if (one === undefined) throw new Error(`the house has no member ${index}`);
  return one;
};
const newest = async (): Promise<PromotionDetail> => {
  const { promotions } = await client.promotions.list(poolName, { limit: 1 });
  return client.promotions.get(poolName, promotions[0]?.id ?? '');
};
const focused = () => page.locator(':focus').textContent();
const open = async () => {
  await page.goto('/pools');
  await page.getByRole('link', { name: poolName, exact: true }).click();
  await page.getByRole('heading', { name: poolName, level: 1 }).waitFor(patience);
};

test('a pool with one host and no name is drawn with places for what is missing', async () => {
  await client.pools.add({ name: 'empty-edge' });
  const { hostname, egress } = member(2);
  await client.members.add('empty-edge', { hostname: `other-${hostname}`, allowedEgress: [egress] });
  await page.getByRole('link', { name: 'empty-edge', exact: true }).click();
  await diagram().getByText('Second member: makes failover possible').waitFor(patience);
  await diagram().getByRole('link', { name: 'No name yet' }).waitFor(patience);
  await look().twice('flow-setup');
});

test(
  'calm: sessions and rates come live, and what clients must use is said',
  async () => {
    await publishPool(house, client);
    await Promise.all([member(0).carry(1402, 312), member(1).carry(0, 0)]);
    await open();
    await diagram().getByText('1,402').first().waitFor(patience);
    await look().see(/who uses a member’s own address gets no failover/);
    await member(0).carry(1498, 330);
    await diagram()
      .getByRole('img', { name: /^Sessions of .* from 1,402 to 1,498/ })
      .waitFor(patience);
  },
  wholeMs,
);

test('the first publish has a page of its own, with who decided it and no trouble before it', async () => {
  const first = await newest();
  await page.getByRole('link', { name: 'First publish' }).first().click();
  await page.getByRole('heading', { name: `First publish to ${member(0).hostname}` }).waitFor(patience);
  await look().see('A person decided: no rule settled it.');
  await look().see('the host');
  expect(first.kind).toBe('first-publish');
  await look().twice('promotion-first-publish');
  await page.goBack();
});

test('the keyboard goes through the diagram in reading order', async () => {
  await diagram().getByRole('link').first().focus();
  const names = [];
  for (let at = 0; at < 4; at += 1) {
    names.push(await focused());
    await page.keyboard.press('ArrowDown');
  }
  expect(names).toEqual([`www.${house.stage.dns.zone}`, ...[0, 1, 2].map((index) => member(index).hostname)]);
  await page.keyboard.press('ArrowUp');
  expect(await focused()).toBe(member(1).hostname);
});

test(
  'while the grace lasts, a stopped HAProxy is said not to serve, and what it carried is not shown as now',
  async () => {
    await client.pools.set(poolName, { automaticFailover: true, haproxyGraceSeconds: 20 });
    await expect.poll(async () => (await client.pools.get(poolName)).status.nextInLine, long).not.toBe(null);
    const { activeMemberId } = await client.pools.get(poolName);
    const answers = page.locator('.answers');
    await answers.getByText('Yes', { exact: true }).waitFor(patience);
    await member(0).stopHaproxy();
    await answers.getByText('Probably not', { exact: true }).waitFor(patience);
    await answers.getByText(/^HAProxy stopped \d+ s ago; moved in \d+ s$/).waitFor(patience);
    expect(await answers.getByText('Yes', { exact: true }).count()).toBe(0);
    await diagram()
      .getByText(/^1,498 sessions as of \d+ s ago/)
      .waitFor(patience);
    expect(await diagram().getByText('1,498', { exact: true }).count()).toBe(0);
    await page.getByRole('article').first().getByText('Sessions as of').waitFor(patience);
    expect(await page.getByRole('article').first().getByText('Healthy', { exact: true }).count()).toBe(0);
    await look().twice('flow-grace');
    await member(0).startHaproxy();
    await answers.getByText('Yes', { exact: true }).waitFor(patience);
    await member(0).carry(1498, 330);
    await diagram().getByText('1,498', { exact: true }).first().waitFor(patience);
    expect((await client.pools.get(poolName)).activeMemberId).toBe(activeMemberId);
  },
  wholeMs,
);

test(
  'HAProxy of the active member stops: the page shows the move by itself, step by step',
  async () => {
    await look().twice('flow-calm');
    await client.pools.set(poolName, { automaticFailover: true, haproxyGraceSeconds: 4, failoverDelaySeconds: 10 });
    const loaded = await page.evaluate(() => performance.timeOrigin);
    await member(0).stopHaproxy();
    await look().see('Deciding');
    await look().twice('flow-deciding');
    const heading = page.getByRole('heading', { name: `Failover to ${member(1).hostname}` });
    await heading.waitFor(patience);
    await step('Name servers answer')
      .getByText(/give the new address/)
      .waitFor(patience);
    const shownAtMs = wallMs();
    await expect.poll(() => page.locator('[data-spoken]').textContent(), patience).toMatch(/is active now\./);
    await look().see(/\d+ s left/);
    await look().see('Gone');
    await look().all('flow-during');
    const { steps } = await newest();
    const answeredAtMs = Date.parse(steps.find((one) => one.step === 'all-answered')?.at ?? '');
    process.stdout.write(`the page showed the answer of BIND ${shownAtMs - answeredAtMs} ms after it changed\n`);
    expect(await page.evaluate(() => performance.timeOrigin)).toBe(loaded);
  },
  wholeMs,
);

test(
  'the page of the promotion says what the API says: verdict, times, why and why not, evidence',
  async () => {
    await page.getByRole('link', { name: 'Evidence and why' }).first().click();
    await page.getByRole('heading', { name: `Failover to ${member(1).hostname}` }).waitFor(patience);
    const detail = await newest();
    await look().see(detail.sentence);
    const rows = page.getByRole('table', { name: 'Members as the decision saw them' }).getByRole('row');
    expect(await rows.count()).toBe((detail.why?.members.length ?? 0) + 1);
    for (const { because } of detail.why?.members ?? []) await look().see(because);
    for (const { value } of detail.why?.inputs ?? []) await look().see(value);
    await look().see('decided on once more, it gives the same decision');
    const at = (name: string) => detail.steps.find((one) => one.step === name)?.afterMs ?? Number.NaN;
    for (const [title, ms] of [
      ['Provider acknowledged', at('acknowledged') - at('decided')],
      ['Name servers answer', at('all-answered') - at('acknowledged')],
    ] as const) {
      const bars = page.getByRole('region', { name: 'Timeline' }).getByRole('listitem');
      expect(await bars.filter({ hasText: title }).textContent()).toContain(`${Math.round(ms)} ms`);
    }
    await look().all('promotion-failover');
  },
  wholeMs,
);

test(
  'a switchover leaves sessions behind: they drain away on the page, and the old line goes with them',
  async () => {
    await member(0).startHaproxy();
    await member(1).carry(1402, 200);
    await open();
    await diagram().getByText('1,402').first().waitFor(patience);
    await expect.poll(async () => (await client.pools.get(poolName)).status.members[0]?.ready, long).toBe(true);
    await client.promotions.promote(poolName, { to: member(0).hostname, reason: 'kernel update' });
    await diagram().getByText('sessions draining').waitFor(patience);
    await diagram().getByText('cached answers').waitFor(patience);
    await member(0).carry(500, 90);
    for (const left of [900, 300]) {
      await member(1).carry(left, left / 10);
      await diagram().getByText(String(left), { exact: true }).first().waitFor(patience);
    }
    await look().all('flow-draining');
    await member(1).carry(0, 0);
    await step('Old sessions gone').getByText('0 sessions').waitFor(patience);
    await step('Old TTL runs out').getByText(/^\+ /).waitFor(long);
    await page.getByRole('heading', { name: /is done$/ }).waitFor(patience);
    await expect.poll(() => diagram().getByText('cached answers').count(), patience).toBe(0);
    await look().twice('flow-after');
    await page.getByRole('link', { name: 'Switchover' }).first().click();
    await look().see('“kernel update”');
    await look().twice('promotion-switchover');
  },
  wholeMs,
);

test(
  'a silent old member has its last known count with its age, and is heard again',
  async () => {
    await open();
    await diagram().getByText('500').first().waitFor(patience);
    await member(0).cut();
    await page.getByRole('heading', { name: `Failover to ${member(1).hostname}` }).waitFor(long);
    for (const title of ['Last heartbeat', 'Detected', 'Decided']) await step(title).first().waitFor(patience);
    await diagram()
      .getByText(/^500 sessions as of \d+ s ago/)
      .waitFor(patience);
    await step('Old sessions gone').getByText('Not known', { exact: true }).waitFor(patience);
    await look().twice('flow-silent');
    await member(0).heal();
    await diagram()
      .getByText(/heard again for \d+ s/)
      .waitFor(patience);
    await diagram().getByText('sessions draining').waitFor(patience);
    await look().twice('flow-heard-again');
  },
  wholeMs,
);

test(
  'of several records one is shown, the others can be, and the table has them all',
  async () => {
    const name = `api.${house.stage.dns.zone}`;
    const [first] = (await client.pools.get(poolName)).status.bindings;
    await client.bindings.add(poolName, {
      name,
      zone: house.stage.dns.zone,
      credentialId: first?.credentialId ?? '',
      ttlSeconds: 30,
    });
    await open();
    const records = page.getByRole('combobox', { name: 'Record that is shown' });
    await records.waitFor(patience);
    const options = await records.getByRole('option').allTextContents();
    const other = options.find((option) => option.includes(name)) ?? '';
    await records.selectOption(other);
    await diagram().getByRole('link', { name }).waitFor(patience);
    expect(new URL(page.url()).searchParams.get('record')).not.toBeNull();
    await look().twice('flow-two-names');
    await page.getByRole('radio', { name: 'Table' }).click();
    const table = page.getByRole('table', { name: 'Traffic: names and members' });
    for (const text of [name, `www.${house.stage.dns.zone}`, member(2).hostname])
      await table.getByText(text, { exact: true }).waitFor(patience);
    await look().twice('flow-table');
    await open();
    await table.waitFor(patience);
    await page.getByRole('radio', { name: 'Diagram' }).click();
  },
  wholeMs,
);

test(
  'nobody can take over: the record stays, and the page says so',
  async () => {
    await Promise.all([member(0).stopHaproxy(), member(2).stopHaproxy()]);
    await open();
    await expect.poll(async () => (await client.pools.get(poolName)).status.nextInLine, long).toBe(null);
    await member(1).stopHaproxy();
    await look().see('No ready standby');
    await look().twice('flow-no-standby');
  },
  wholeMs,
);

test('a promotion that there is not is said to be none', async () => {
  const { id } = await client.pools.get(poolName);
  await page.goto(`/pools/${id}/promotions/000000000000`);
  await look().see('There is no such promotion');
});

test('nothing was complained of', () => {
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
});
