import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@serverctl/contract';
import type { Generator } from '../src/generator.ts';
import type { AddedPool } from '../src/members.ts';
import { monotonicMs } from '../src/monotonic.ts';
import { inTime } from './in-time.ts';
import type { List } from './lists.ts';
import { comparePageClock, type Page } from './page.ts';

/** One change, by the machine's clock from the server's answer (and from the request that made it) until the page's document says it. */
export interface Shown {
  readonly fromAnswerMs: number;
  readonly fromRequestMs: number;
}

export interface Changes {
  /** Pools that were renamed by the API. */
  readonly renames: readonly Shown[];
  /** Standbys whose beat said that HAProxy does not run. */
  readonly beats: readonly Shown[];
  /** By how much each of these may be wrong: the two clocks were compared before and after. */
  readonly clocksWithinMs: number;
}

export interface Changed {
  readonly page: Page;
  readonly list: List;
  readonly client: Client;
  readonly generator: Generator;
  /** One for each change; each has standbys that are ready. */
  readonly pools: readonly AddedPool[];
}

interface Told {
  readonly sentAtMs: number;
  readonly acceptedAtMs: number;
}

/** Between two changes of a kind: anywhere in the second in which pools are read. */
const mostRestMs = 1_000;

/** Renames and beats, each kind one after the other, both at once. */
export async function measureChanges(options: Changed): Promise<Changes> {
  const { page, pools } = options;
  const before = await comparePageClock(page);
  await page.evaluate('bench.watch()');
  const [renames, beats] = await Promise.all([eachOf(pools, rename(options)), eachOf(pools, stopHaproxy(options))]);
  const after = await comparePageClock(page);
  const shownOf = ({ told, pageMs }: Seen): Shown => ({
    fromAnswerMs: pageMs + before.offsetMs - told.acceptedAtMs,
    fromRequestMs: pageMs + before.offsetMs - told.sentAtMs,
  });
  const driftMs = Math.abs(after.offsetMs - before.offsetMs);
  return {
    renames: renames.map(shownOf),
    beats: beats.map(shownOf),
    clocksWithinMs: before.withinMs + driftMs,
  };
}

interface Seen {
  readonly told: Told;
  readonly pageMs: number;
}

async function eachOf(pools: readonly AddedPool[], change: (pool: AddedPool) => Promise<Seen>): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const pool of pools) {
    await sleep(Math.random() * mostRestMs);
    seen.push(await change(pool));
  }
  return seen;
}

function rename({ page, list, client }: Changed) {
  return async ({ id, name }: AddedPool): Promise<Seen> => {
    const to = `${name}-renamed`;
    await want(page, `name ${id}`, list.nameOf(id), to);
    const sentAtMs = monotonicMs();
    await client.pools.set(id, { name: to });
    const acceptedAtMs = monotonicMs();
    const pageMs = await seen(page, `name ${id}`);
    await client.pools.set(id, { name });
    return { told: { sentAtMs, acceptedAtMs }, pageMs };
  };
}

/** Of its last standby, which is well again afterwards. */
function stopHaproxy({ page, list, generator }: Changed) {
  return async ({ id, members }: AddedPool): Promise<Seen> => {
    const standbys = members.length - 1;
    const memberId = members.at(-1)?.memberId ?? '';
    await want(page, `ready ${id}`, list.readyOf(id), `${standbys - 1} of ${standbys} standbys ready`);
    const told = await generator.ask({ kind: 'haproxy', memberId, runs: false });
    const pageMs = await seen(page, `ready ${id}`);
    await generator.ask({ kind: 'haproxy', memberId, runs: true });
    return { told, pageMs };
  };
}

const want = (page: Page, ...what: readonly [id: string, selector: string, text: string]): Promise<unknown> =>
  page.evaluate(`bench.want(${what.map((one) => JSON.stringify(one)).join(', ')})`);

const seen = async (page: Page, id: string): Promise<number> =>
  Number(await inTime(`${id} is on the page`, page.evaluate(`bench.seen(${JSON.stringify(id)})`)));
