import type { LivenessView } from '@serverctl/contract';
import type { Kysely } from 'kysely';
import type { Database } from '../db/schema.ts';
import type { Listener } from '../liveness/listener.ts';

export interface LivenessDeps {
  readonly db: Kysely<Database>;
  readonly listener: Pick<Listener, 'statistics' | 'gaps'>;
  /** The worker's own counters, when it runs in this process. */
  readonly workerCounters: () => Readonly<Record<string, number>>;
}

/** How the fleet is heard, in counters since this process started. Names are stable: benchmarks and scenarios read them. */
export async function readLivenessView({ db, listener, workerCounters }: LivenessDeps): Promise<LivenessView> {
  const { members, beats, statements, changeStatements, failedStatements, lastFlushAgeMs, flushHealthy } =
    listener.statistics();
  const gaps = listener.gaps();
  const hostnames = await namesOf(db, [...new Set(gaps.map((gap) => gap.memberId))]);
  return {
    counters: {
      members,
      ...beats,
      statements,
      changeStatements,
      failedStatements,
      lastFlushAgeMs: Math.round(lastFlushAgeMs),
      flushHealthy: flushHealthy ? 1 : 0,
      ...workerCounters(),
    },
    gaps: gaps.map(({ memberId, at, missing }) => ({
      memberId,
      hostname: hostnames.get(memberId) ?? memberId,
      at: at.toISOString(),
      missing,
    })),
  };
}

async function namesOf(db: Kysely<Database>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('member').select(['id', 'hostname']).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row.hostname]));
}
