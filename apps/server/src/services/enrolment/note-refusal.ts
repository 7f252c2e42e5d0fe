import type { AppError } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { writeEvent } from '../../db/repositories/events.ts';
import { toldLately } from '../../db/repositories/events-read.ts';
import { lockMember } from '../../db/repositories/members.ts';
import type { Database } from '../../db/schema.ts';
import { inTransaction } from '../transaction.ts';
import type { OpenEnrolment } from './ports.ts';

const kind = 'enrolment.refused';
/** Somebody with a valid secret may try again and again: one event per member and reason in so long. */
const spacingSeconds = 60;

/** Tells people of a host that came with the right secret from the wrong address or under the wrong name: they have something to mend. */
export async function noteRefusal(
  db: Kysely<Database>,
  { memberId, poolId, hostname }: OpenEnrolment,
  { code, details: { seen, allowed, question } }: AppError,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await lockMember(trx, memberId);
    if (await toldLately(trx, { kind, memberId, code, seconds: spacingSeconds })) return;
    const sentence =
      code === 'enrolment_wrong_ip'
        ? `The enrolment of ${hostname} was refused: it came from ${seen}, which is not an allowed egress address.${question === undefined ? '' : ` ${question}`}`
        : `The enrolment of ${hostname} was refused: the host calls itself ${seen}.`;
    await writeEvent(trx, {
      kind,
      severity: 'warning',
      poolId,
      memberId,
      sentence,
      details: { code, seen, allowed },
    });
  });
}
