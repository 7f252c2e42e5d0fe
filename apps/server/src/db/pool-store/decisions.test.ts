import { sql } from 'kysely';
import { describeDecisions } from '../../worker/pool-store-suite/deciding.ts';
import { createPoolStore } from '../pool-store.ts';
import { testDatabase } from '../testing.ts';

describeDecisions('in PostgreSQL', async () => {
  const database = await testDatabase();
  return {
    store: createPoolStore(database),
    async kept(poolId) {
      const { rows } = await sql<{ sentence: string; ageMs: number }>`
        SELECT sentence, (extract(epoch FROM clock_timestamp() - at) * 1000)::float AS "ageMs"
        FROM decision WHERE pool_id = ${poolId} ORDER BY at, seq`.execute(database.kysely);
      return rows;
    },
    close: database.close,
  };
});
