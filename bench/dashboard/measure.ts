import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from '../src/progress.ts';
import { type Changes, measureChanges } from './changes.ts';
import { type List, ours, peers } from './lists.ts';
import { goTo, type Load, loadList } from './loads.ts';
import { layoutShiftOf, type Page, shiftsOn } from './page.ts';
import { type Cost, measureCost } from './scripting.ts';
import type { Stage } from './stage.ts';
import type { Visitor } from './visitor.ts';

/** One page that stayed open: what it cost while it was only looked at, and how much it shifted in all that time. */
export interface Watched {
  readonly cost: Cost;
  readonly cls: number;
}

/** A list that stayed open, and was changed under the eyes of its reader after that. */
export interface WatchedList extends Watched {
  readonly changes: Changes;
}

export interface Measured {
  readonly loads: readonly Load[];
  readonly list: WatchedList;
  /** Overviews: of the pool with a table of its members, and of the one with cards. */
  readonly large: Watched;
  readonly cards: Watched;
  readonly peer: { readonly loads: readonly Load[]; readonly list: WatchedList };
}

export interface Wishes {
  readonly loads: number;
  readonly changes: number;
  readonly seconds: number;
  /** Where V8's profiles are written; null = none are made. */
  readonly profiles: string | null;
}

/** Enough to tell whether the peer is another kind of page, in less of the run's time. */
const peerChanges = 30;
/** Until what a load leaves to be done is done. */
const settledMs = 5_000;

export async function measureAll(stage: Stage, visitor: Visitor, wishes: Wishes, say: Say): Promise<Measured> {
  const { pools, generator } = stage;
  const [large, cards, ...small] = pools;
  if (large === undefined || cards === undefined || small.length < wishes.changes + peerChanges)
    throw new Error('There are too few pools for so many changes.');
  const rows = pools.length;
  say(`${wishes.loads} fresh loads of the list, and of the peer, in turn …`);
  const loads: Load[] = [];
  const peerLoads: Load[] = [];
  for (let count = 0; count < wishes.loads; count += 1) {
    loads.push(await loadList(visitor, ours, rows));
    peerLoads.push(await loadList(visitor, peers, rows));
  }

  const watch = async <Result>(name: string, go: (page: Page) => Promise<unknown>, then: Then<Result>) => {
    say(`${name}: looked at for ${wishes.seconds} s …`);
    const page = await visitor.openPage();
    try {
      await go(page);
      await sleep(settledMs);
      const profile =
        wishes.profiles === null ? null : join(wishes.profiles, `${name.replaceAll(' ', '-')}.cpuprofile`);
      const cost = await measureCost(page, stage.plane, wishes.seconds, profile);
      const more = await then(page);
      return { cost, ...more, cls: layoutShiftOf(await shiftsOn(page)) };
    } finally {
      await page.context().close();
    }
  };
  const watchList = (name: string, list: List, changed: typeof pools) =>
    watch(
      name,
      (page) => goTo(page, list, rows),
      async (page) => {
        say(`${name}: ${changed.length} pools renamed, ${changed.length} HAProxys stopped …`);
        return { changes: await measureChanges({ page, list, client: stage.plane.client, generator, pools: changed }) };
      },
    );
  const watchOverview = (name: string, poolId: string) =>
    watch(
      name,
      async (page) => {
        await page.goto(`/pools/${poolId}`);
        await page.getByRole('heading', { name: 'Members' }).waitFor();
      },
      async () => ({}),
    );
  return {
    loads,
    list: await watchList('list', ours, small.slice(0, wishes.changes)),
    large: await watchOverview('overview of the large pool', large.id),
    cards: await watchOverview('overview with cards', cards.id),
    peer: { loads: peerLoads, list: await watchList('peer', peers, small.slice(-peerChanges)) },
  };
}

type Then<Result> = (page: Page) => Promise<Result>;
