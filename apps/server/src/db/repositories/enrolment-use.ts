import { AppError, type MemberId } from '@serverctl/core';
import { sql, type Transaction } from 'kysely';
import type { OpenEnrolment } from '../../services/enrolment/ports.ts';
import type { Database } from '../schema.ts';

/** Throws `enrolment_secret_invalid`. */
export async function findOpenEnrolment(trx: Transaction<Database>, secretHash: Uint8Array): Promise<OpenEnrolment> {
  const found = await trx
    .selectFrom('enrollment as e')
    .innerJoin('member as m', 'm.id', 'e.member_id')
    .innerJoin('pool as p', 'p.id', 'm.pool_id')
    .select(['e.id as enrolmentId', 'm.id as memberId', 'p.id as poolId', 'p.name as poolName', 'm.hostname'])
    .select(['m.allowed_egress as allowedEgress', sql<boolean>`e.expires_at <= now()`.as('isExpired')])
    .where('e.secret_hash', '=', Buffer.from(secretHash))
    .where('e.used_at', 'is', null)
    .where('e.replaced_at', 'is', null)
    .where('m.removed_at', 'is', null)
    .executeTakeFirst();
  if (found === undefined) throw new AppError('enrolment_secret_invalid');
  return { ...found, memberId: found.memberId as MemberId };
}

/** Uses the secret up by one conditional update (R34). Throws `enrolment_secret_invalid` when somebody else was faster. */
export async function consumeEnrolment(trx: Transaction<Database>, enrolmentId: string): Promise<void> {
  const consumed = await trx
    .updateTable('enrollment')
    .set({ used_at: sql<Date>`now()` })
    .where('id', '=', enrolmentId)
    .where('used_at', 'is', null)
    .where('replaced_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('id')
    .executeTakeFirst();
  if (consumed === undefined) throw new AppError('enrolment_secret_invalid');
}
