import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Clock } from '../platform/clock.ts';
import { up as firstHouse } from './migrations/0001_first_house.ts';
import { up as haproxyTraffic } from './migrations/0002_haproxy_traffic.ts';
import { up as failoverEngine } from './migrations/0003_failover_engine.ts';
import { up as accounts } from './migrations/0004_accounts.ts';
import { up as takeOverMark } from './migrations/0005_take_over_mark.ts';
import { up as userLastSeen } from './migrations/0006_user_last_seen.ts';
import { up as dnsProviders } from './migrations/0007_dns_providers.ts';
import { up as ipv6 } from './migrations/0008_ipv6.ts';
import { up as dynamicDns } from './migrations/0009_dynamic_dns.ts';
import { up as preflight } from './migrations/0010_preflight.ts';
import { up as oldTtl } from './migrations/0011_old_ttl.ts';
import { up as oldAnswer } from './migrations/0012_old_answer.ts';
import { up as panels } from './migrations/0013_panels.ts';
import { isLockNotHad } from './pg-errors.ts';
import type { EngineLog } from './postmaster.ts';
import type { Database } from './schema.ts';

/** In order. A list, not a directory that is read: a bundle has no directory, and an import that is missing does not compile. */
const migrations: Readonly<Record<string, Migration>> = {
  '0001_first_house': { up: firstHouse },
  '0002_haproxy_traffic': { up: haproxyTraffic },
  '0003_failover_engine': { up: failoverEngine },
  '0004_accounts': { up: accounts },
  '0005_take_over_mark': { up: takeOverMark },
  '0006_user_last_seen': { up: userLastSeen },
  '0007_dns_providers': { up: dnsProviders },
  '0008_ipv6': { up: ipv6 },
  '0009_dynamic_dns': { up: dynamicDns },
  '0010_preflight': { up: preflight },
  '0011_old_ttl': { up: oldTtl },
  '0012_old_answer': { up: oldAnswer },
  '0013_panels': { up: panels },
};

interface MigrateOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Pick<EngineLog, 'warn'>;
  readonly limits?: LockLimits;
}

/** How long one try may wait for a table, and the time until the next try. */
interface LockLimits {
  readonly waitMs: number;
  readonly againAfterMs: number;
}

/** Whoever reads a table that we wait for waits behind us: a backup that runs for an hour must not stop a control plane that still works. */
const lockLimits: LockLimits = { waitMs: 1_000, againAfterMs: 4_000 };

/**
 * Brings the database to this version's tables. Safe under any number of processes: the migrator holds an advisory lock, and who comes
 * second finds nothing left to do. Where somebody else holds a table, as a backup does, it gives way and tries again until it can. A
 * database that a newer version has migrated is refused. Returns the names that were applied.
 */
export async function migrateToLatest(
  kysely: Kysely<Database>,
  { clock, log, limits = lockLimits }: MigrateOptions,
): Promise<readonly string[]> {
  for (;;) {
    try {
      return await tryToMigrate(kysely, limits.waitMs);
    } catch (error) {
      if (!isLockNotHad(error)) throw error;
      const message = 'The database cannot be migrated yet: a backup or another process holds its tables. Tried again.';
      log.warn({ againInMs: limits.againAfterMs }, message);
      await clock.sleep(limits.againAfterMs);
    }
  }
}

/** All of it in one transaction: a try that is given up leaves nothing. */
function tryToMigrate(kysely: Kysely<Database>, waitMs: number): Promise<readonly string[]> {
  return kysely.connection().execute(async (db) => {
    await sql`SET statement_timeout = 0`.execute(db); // an index on a large table takes its time
    await sql`SET lock_timeout = ${sql.lit(waitMs)}`.execute(db);
    try {
      const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
      const { error, results } = await migrator.migrateToLatest();
      if (error !== undefined) throw error;
      return (results ?? []).map(({ migrationName }) => migrationName);
    } finally {
      for (const name of ['statement_timeout', 'lock_timeout'])
        await sql`RESET ${sql.raw(name)}`.execute(db).catch(() => undefined);
    }
  });
}
