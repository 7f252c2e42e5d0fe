import { createHash } from 'node:crypto';
import { type EnrolReply, type EnrolRequest, protocolVersion } from '@serverctl/contract/agent';
import { AppError, egressAllows } from '@serverctl/core';
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import type { Database } from '../../db/schema.ts';
import { newId, type Random } from '../../platform/random.ts';

/*
 * Enrolment (R34), in the order in which it refuses:
 *
 *   secret unknown, used or replaced      enrolment_secret_invalid
 *   expired                               enrolment_expired
 *   peer not in the member's egress       enrolment_wrong_ip         the secret stays usable: the right host may still come
 *   hostname not the member's             enrolment_wrong_hostname   likewise
 *   lost the race for the one use         enrolment_secret_invalid
 *
 * One transaction consumes the secret by one conditional update, revokes the old key, stores the new one and writes audit and event, so
 * one secret yields one key (I15, I17).
 */

export interface EnrolContext {
  readonly peer: string;
  readonly requestId: string;
}

/** How a secret is stored: SHA-256 over its text. It has 256 bits of its own, so nothing slower is needed. */
export function enrolmentSecretHash(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** Uses the secret and keeps the host's public key. */
export async function enrol(
  { db, random, urls }: { db: Kysely<Database>; random: Random; urls: readonly string[] },
  request: EnrolRequest,
  context: EnrolContext,
): Promise<EnrolReply> {
  assertProtocol(request.protocol);
  const publicKey = Buffer.from(request.publicKey, 'base64url');
  return db.transaction().execute(async (trx) => {
    const found = await findOpen(trx, enrolmentSecretHash(request.secret));
    if (found.isExpired) throw new AppError('enrolment_expired');
    if (!egressAllows(found.allowedEgress, context.peer)) {
      throw new AppError('enrolment_wrong_ip', { seen: context.peer, allowed: found.allowedEgress });
    }
    if (request.hostname.toLowerCase() !== found.hostname) {
      throw new AppError('enrolment_wrong_hostname', { seen: request.hostname });
    }
    await consume(trx, found.enrolmentId);
    const keyId = newId(random);
    await trx
      .updateTable('member_key')
      .set({ revoked_at: sql<Date>`now()` })
      .where('member_id', '=', found.memberId)
      .where('revoked_at', 'is', null)
      .execute();
    await trx
      .insertInto('member_key')
      .values({ id: keyId, member_id: found.memberId, public_key: publicKey })
      .execute();
    await tell(trx, found, keyId, request, context);
    return { memberId: found.memberId, poolName: found.poolName, urls };
  });
}

export function assertProtocol(protocol: number): void {
  if (protocol !== protocolVersion)
    throw new AppError('agent_protocol_unsupported', { seen: protocol, spoken: protocolVersion });
}

interface Found {
  readonly enrolmentId: string;
  readonly memberId: string;
  readonly poolId: string;
  readonly poolName: string;
  readonly hostname: string;
  readonly allowedEgress: readonly string[];
  readonly isExpired: boolean;
}

async function findOpen(trx: Transaction<Database>, secretHash: Buffer): Promise<Found> {
  const found = await trx
    .selectFrom('enrollment as e')
    .innerJoin('member as m', 'm.id', 'e.member_id')
    .innerJoin('pool as p', 'p.id', 'm.pool_id')
    .select(['e.id as enrolmentId', 'm.id as memberId', 'p.id as poolId', 'p.name as poolName', 'm.hostname'])
    .select(['m.allowed_egress as allowedEgress', sql<boolean>`e.expires_at <= now()`.as('isExpired')])
    .where('e.secret_hash', '=', secretHash)
    .where('e.used_at', 'is', null)
    .where('e.replaced_at', 'is', null)
    .where('m.removed_at', 'is', null)
    .executeTakeFirst();
  if (found === undefined) throw new AppError('enrolment_secret_invalid');
  return found;
}

async function consume(trx: Transaction<Database>, enrolmentId: string): Promise<void> {
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

async function tell(
  trx: Transaction<Database>,
  { memberId, poolId, hostname }: Found,
  keyId: string,
  { agentVersion }: EnrolRequest,
  { peer, requestId }: EnrolContext,
): Promise<void> {
  const details = { keyId, peer, agentVersion };
  await writeAudit(trx, { actor: 'enrolment', action: 'member.enrol', target: memberId, poolId, requestId, details });
  const sentence = `${hostname} enrolled from ${peer}.`;
  await writeEvent(trx, { kind: 'member.enrol', severity: 'info', poolId, memberId, sentence, details });
}
