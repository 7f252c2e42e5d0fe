import type { Kysely } from 'kysely';
import type { LeaseFence, OverMaintenance } from '../../worker/ports.ts';
import { writeAudit } from '../repositories/audit.ts';
import { endStampedMaintenance } from '../repositories/maintenance.ts';
import type { Database } from '../schema.ts';
import { fencedTransaction } from './fenced.ts';

/** Ends a maintenance by the loop's clock (R13). Once: who comes second, or after a person, finds another one or none. */
export function endMaintenance(kysely: Kysely<Database>, over: OverMaintenance, fence: LeaseFence): Promise<void> {
  const { poolId, memberId, stamp } = over;
  return fencedTransaction(kysely, fence, async (trx, assertFenced) => {
    // The pool before the lease and before its members, as a promotion does.
    await trx.selectFrom('pool').select('id').where('id', '=', poolId).forUpdate().execute();
    await assertFenced();
    const table = memberId === null ? 'pool' : 'member';
    const target = memberId ?? poolId;
    if (!(await endStampedMaintenance(trx, table, target, stamp))) return;
    const action = `${table}.maintenance-end`;
    await writeAudit(trx, { actor: 'loop', action, target, poolId, details: { expired: true } });
  });
}
