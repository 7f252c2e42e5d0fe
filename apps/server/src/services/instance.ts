import type { InstanceId } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { writeAudit } from '../db/repositories/audit.ts';
import { keepSetting, readSetting } from '../db/repositories/settings.ts';
import type { Database } from '../db/schema.ts';
import { newId, type Random } from '../platform/random.ts';
import { inTransaction } from './transaction.ts';

const settingKey = 'instance_id';

/** Names this control plane in ownership marks (R18): made once per database, so a restored one is still the same. */
export async function ensureInstanceId(db: Kysely<Database>, random: Random): Promise<InstanceId> {
  return inTransaction(db, async (trx) => {
    const fresh = newId<InstanceId>(random);
    if (!(await keepSetting(trx, settingKey, fresh, { replace: false }))) {
      return (await readSetting(trx, settingKey)) as InstanceId;
    }
    await writeAudit(trx, { actor: 'system', action: 'instance.create', target: fresh });
    return fresh;
  });
}
