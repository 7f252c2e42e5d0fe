import type { InstanceId } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { writeAudit } from '../db/repositories/audit.ts';
import type { Database } from '../db/schema.ts';
import { newId, type Random } from '../platform/random.ts';

/** Names this control plane in ownership marks (R18): made once per database, so a restored one is still the same. */
export async function ensureInstanceId(db: Kysely<Database>, random: Random): Promise<InstanceId> {
  return db.transaction().execute(async (trx) => {
    const fresh = newId<InstanceId>(random);
    const made = await trx
      .insertInto('setting')
      .values({ key: 'instance_id', value: JSON.stringify(fresh) })
      .onConflict((conflict) => conflict.doNothing())
      .returning('key')
      .executeTakeFirst();
    if (made !== undefined) {
      await writeAudit(trx, { actor: 'system', action: 'instance.create', target: fresh });
      return fresh;
    }
    const row = await trx
      .selectFrom('setting')
      .select('value')
      .where('key', '=', 'instance_id')
      .executeTakeFirstOrThrow();
    return row.value as InstanceId;
  });
}
