import { readFile } from 'node:fs/promises';
import type { Client, PoolView } from '@serverctl/contract';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createFleet } from '../../bench/src/fleet.ts';
import { inParallel } from '../../bench/src/in-parallel.ts';
import { complaintsOf, launchBrowser, openContext } from './browser.ts';
import { addNameServer, administrator, type House, hostClient, makeAdministrator, openHouse } from './house.ts';
import { looksAt, patience } from './looks.ts';

/*
 * Every page of pools with none, one, three and 200 members, and of one with the longest names and the most hostile words that the server takes: for the
 * contact sheet, and for axe. All members beat, by the benchmark's generator.
 */

interface Size {
  readonly sheet: string;
  readonly pool: string;
  readonly members: number;
  readonly hostname: (index: number) => string;
  readonly label: string;
}

const longLabel = 'edge-with-a-very-long-name-that-somebody-chose-on-a-calm-day-x1'; // 63, the most that DNS takes
/** What a person may write where it is shown as it is. */
const hostile = `"><img src=x onerror=alert(1)> & <b>'`;
const sizes: readonly Size[] = [
  { sheet: '0', pool: 'empty', members: 0, hostname: (index) => `none${index}.example.com`, label: 'none' },
  { sheet: '1', pool: 'single', members: 1, hostname: (index) => `only${index}.example.com`, label: 'single' },
  { sheet: '3', pool: 'three', members: 3, hostname: (index) => `edge-${index + 1}.example.com`, label: 'three' },
  { sheet: '200', pool: 'crowd', members: 200, hostname: (index) => `lb${index + 1}.example.com`, label: 'crowd' },
  {
    sheet: 'hostile',
    pool: longLabel,
    members: 4,
    hostname: (index) => `${longLabel.slice(0, -1)}${index}.${longLabel}.${longLabel}.example.com`,
    label: `${longLabel}.${longLabel}`,
  },
];

let house: House;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let client: Client;
let complaints: readonly string[];
const fleet = createFleet();
const pools = new Map<string, PoolView>();

beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
  context = await openContext(browser, house.plane.url);
  await makeAdministrator(house, context);
  client = await hostClient(house, context);
  await context.request.post('/api/v1/session', { data: administrator, headers: { origin: house.plane.url } });
  await fill();
  page = await context.newPage();
  complaints = complaintsOf(page);
}, 240_000);
afterAll(async () => {
  await fleet.stop();
  await browser?.close();
  await house?.down();
});

const atOnce = 8;

/** Pools, members that beat, names; each pool that can has its first publish behind it. */
async function fill(): Promise<void> {
  const credentialId = await addNameServer(house, client);
  const { zone } = house.stage.dns;
  const wanted = sizes.flatMap(({ pool, members, hostname }) =>
    Array.from({ length: members }, (_, index) => ({ pool, hostname: hostname(index), priority: index + 1 })),
  );
  for (const { pool } of sizes) await client.pools.add({ name: pool, haproxyGraceSeconds: 0 });
  const added = await inParallel(wanted, atOnce, ({ pool, hostname, priority }, index) =>
    client.members.add(pool, {
      hostname,
      priority,
      allowedEgress: ['127.0.0.1'],
      publicIpv4: `10.77.${index >> 8}.${index & 255}`,
    }),
  );
  const at = { url: house.plane.url, ca: await readFile(house.plane.caFile, 'utf8') };
  await fleet.enrol(
    at,
    added.map(({ member, enrolment }) => ({
      memberId: member.id,
      hostname: member.hostname,
      secret: enrolment.secret,
    })),
  );
  fleet.beat(at);
  await until(({ status }) => status.members.every(({ health }) => health === 'healthy'));
  for (const { pool, members, label, hostname } of sizes) {
    if (members === 0) continue;
    await client.bindings.add(pool, { name: `${label}.${zone}`, zone, credentialId, ttlSeconds: 30 });
    await client.firstPublish.confirm(pool, { memberId: hostname(0), confirmNotReady: true });
  }
  await until(({ status }) => status.bindings.every(({ state }) => state === 'published'));
  await client.members.maintain(longLabel, hostOf(sizes.length - 1, 3), { minutes: 60, reason: hostile });
}

const hostOf = (size: number, index: number): string => sizes[size]?.hostname(index) ?? '';

async function until(holds: (pool: PoolView) => boolean): Promise<void> {
  const read = async () => {
    const { pools: now } = await client.pools.list();
    for (const pool of now) pools.set(pool.name, pool);
    return now.every(holds);
  };
  await vi.waitFor(async () => expect(await read()).toBe(true), { timeout: 60_000, interval: 500 });
}

const poolOf = ({ pool }: Size): PoolView => {
  const known = pools.get(pool);
  if (known === undefined) throw new Error(`there is no pool ${pool}`);
  return known;
};

async function open(path: string): Promise<void> {
  await page.goto(path);
  await page.getByText('Live', { exact: true }).waitFor(patience);
  await expect.poll(() => page.locator('.sk').count(), patience).toBe(0);
}

test('the list of pools', async () => {
  await open('/pools');
  for (const { pool } of sizes) await page.getByRole('link', { name: pool, exact: true }).first().waitFor(patience);
  await looksAt(page).all('sizes-pools');
}, 60_000);

test.each(sizes)(
  'the pages of a pool with members: $sheet',
  async (size) => {
    const { id, status } = poolOf(size);
    const looks = looksAt(page);
    for (const tab of ['', 'members', 'dns', 'settings'] as const) {
      await open(`/pools/${id}/${tab}`);
      await page.getByRole('heading', { name: size.pool, level: 1 }).waitFor(patience);
      await looks.all(`sizes-${tab === '' ? 'overview' : tab}-${size.sheet}`);
      expect(await overflow(), `${tab} ${size.sheet}`).toBeLessThanOrEqual(0);
    }
    const [, member] = status.members;
    if (member === undefined) return;
    await open(`/pools/${id}/members/${member.id}`);
    await page.getByText(member.hostname).first().waitFor(patience);
    await looks.all(`sizes-member-${size.sheet}`);
    await open(`/pools/${id}?act=make-active&member=${member.id}`);
    await page.getByRole('dialog').waitFor(patience);
    await looks.twice(`sizes-make-active-${size.sheet}`);
  },
  240_000,
);

/** By how many pixels the page is wider than a phone: a page never scrolls sideways, its boxes do. */
async function overflow(): Promise<number> {
  await page.setViewportSize({ width: 390, height: 844 });
  const wider = Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  );
  await page.setViewportSize({ width: 1280, height: 900 });
  return wider;
}

test('nothing was complained of, and nothing hostile ran', () => {
  expect(complaints).toEqual([]);
});
