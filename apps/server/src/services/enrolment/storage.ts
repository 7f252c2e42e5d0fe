import { AppError } from '@serverctl/core';
import type { Kysely, Transaction } from 'kysely';
import { writeAudit } from '../../db/repositories/audit.ts';
import { consumeEnrolment, findOpenEnrolment } from '../../db/repositories/enrolment-use.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { replaceKey } from '../../db/repositories/member-keys.ts';
import { lockMember } from '../../db/repositories/members.ts';
import { clearQuarantine } from '../../db/repositories/quarantine.ts';
import type { Database } from '../../db/schema.ts';
import { inTransaction } from '../transaction.ts';
import { noteRefusal } from './note-refusal.ts';
import type { EnrolmentStore, EnrolmentUse, OpenEnrolment } from './ports.ts';

/** Enrolments in PostgreSQL: one transaction, whose conditional update of the secret lets one of many through (R34). */
export function createEnrolmentStore(db: Kysely<Database>): EnrolmentStore {
  return {
    use: (use, judge) =>
      inTransaction(db, async (trx) => {
        const open = await findOpenEnrolment(trx, use.secretHash);
        if (open.isExpired) throw new AppError('enrolment_expired');
        const refusal = judge(open);
        if (refusal === null) await keep(trx, open, use);
        return { open, refusal };
      }),
    noteRefusal: (open, refusal) => noteRefusal(db, open, refusal),
  };
}

/** The member's lock comes first, as wherever members change, so that a removal or a new secret is wholly before or after us. */
async function keep(trx: Transaction<Database>, open: OpenEnrolment, use: EnrolmentUse): Promise<void> {
  const { memberId, enrolmentId, poolId, hostname } = open;
  const { keyId, publicKey, peer, agentVersion, requestId } = use;
  await lockMember(trx, memberId);
  await consumeEnrolment(trx, enrolmentId);
  await replaceKey(trx, { id: keyId, memberId, publicKey });
  const details = { keyId, peer, agentVersion };
  const audited = { actor: `agent:${memberId}`, target: memberId, poolId, requestId, details };
  await writeAudit(trx, { ...audited, action: 'member.enrol' });
  if (await clearQuarantine(trx, memberId)) {
    await writeAudit(trx, { ...audited, action: 'member.clear-quarantine' });
    await writeEvent(trx, quarantineEnded(open));
  }
  const sentence = `${hostname} enrolled from ${peer}.`;
  await writeEvent(trx, { kind: 'member.enrol', severity: 'info', poolId, memberId, sentence, details });
}

function quarantineEnded({ memberId, poolId, hostname }: OpenEnrolment) {
  const sentence = `The quarantine of ${hostname} is over: it was enrolled anew, and its old key is void.`;
  return { kind: 'member.quarantine-cleared', severity: 'info', poolId, memberId, sentence, details: {} } as const;
}
