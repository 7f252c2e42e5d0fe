import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { up as firstHouse } from './migrations/0001_first_house.ts';
import { up as haproxyTraffic } from './migrations/0002_haproxy_traffic.ts';
import { up as failoverEngine } from './migrations/0003_failover_engine.ts';
import type { Database } from './schema.ts';

/** In order. A list, not a directory that is read: a bundle has no directory, and an import that is missing does not compile. */
const migrations: Readonly<Record<string, Migration>> = {
  '0001_first_house': { up: firstHouse },
  '0002_haproxy_traffic': { up: haproxyTraffic },
  '0003_failover_engine': { up: failoverEngine },
};

/**
 * Brings the database to this version's tables. Safe under any number of processes: the migrator holds an advisory lock, and who waits
 * finds nothing left to do. A database that a newer version has migrated is refused. Returns the names that were applied.
 */
export async function migrateToLatest(kysely: Kysely<Database>): Promise<readonly string[]> {
  return kysely.connection().execute(async (db) => {
    await sql`SET statement_timeout = 0`.execute(db); // waiting for the lock, and an index on a large table, take their time
    try {
      const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
      const { error, results } = await migrator.migrateToLatest();
      if (error !== undefined) throw error;
      return (results ?? []).map(({ migrationName }) => migrationName);
    } finally {
      await sql`RESET statement_timeout`.execute(db).catch(() => undefined);
    }
  });
}
