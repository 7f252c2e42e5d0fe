import type { EventView } from '@serverctl/contract';
import type { Kysely } from 'kysely';
import { leaseHolder } from '../../db/lease-row.ts';
import { type EventRange, newestEvent, readEvents } from '../../db/repositories/events-read.ts';
import type { Database } from '../../db/schema.ts';
import type { LeaseTerm } from '../../worker/ports.ts';
import { eventView } from '../events.ts';
import { poolView } from '../views/pool-view.ts';
import { type PoolSnapshot, readSnapshots } from '../views/snapshot.ts';
import type { HeardListening, Reading } from './picture.ts';

/** Where live streams get what they tell. Each call rejects when the database does not answer. */
export interface LiveSource {
  /** Every pool, as `GET /api/v1/pools` shows it. */
  pools(now: Date): Promise<Pick<Reading, 'views' | 'listening'>>;
  /** As `GET /api/v1/events` shows them. */
  events(range: EventRange): Promise<readonly EventView[]>;
  /** The greatest number that an event has, also where it is not told yet; 0 = there are none. */
  newestEvent(): Promise<number>;
  /** Which process holds the lease. */
  leader(): Promise<LeaseTerm | null>;
}

export function createLiveSource(db: Kysely<Database>): LiveSource {
  return {
    leader: () => leaseHolder(db),
    async pools(now) {
      const snapshots = await readSnapshots(db, now, 'all');
      return { views: snapshots.map(poolView), listening: latestListening(snapshots) };
    },
    newestEvent: () => newestEvent(db),
    events: async (range) => (await readEvents(db, range)).map(eventView),
  };
}

/** Of whichever pool was judged last: the fleet is heard the same for all of them. */
function latestListening(snapshots: readonly PoolSnapshot[]): HeardListening | null {
  const judged = snapshots.map((snapshot) => snapshot.judged).filter((one) => one !== null);
  const latest = judged.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  return latest === undefined ? null : { listening: latest.evidence.listening, judgedAt: latest.at };
}
