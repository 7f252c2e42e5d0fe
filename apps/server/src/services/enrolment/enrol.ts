import { createHash } from 'node:crypto';
import type { EnrolReply, EnrolRequest } from '@serverctl/contract/agent';
import { AppError, egressAllows } from '@serverctl/core';
import type { Kysely, Transaction } from 'kysely';
import { writeAudit } from '../../db/repositories/audit.ts';
import { consumeEnrolment, findOpenEnrolment, type OpenEnrolment } from '../../db/repositories/enrolment-use.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { replaceKey } from '../../db/repositories/member-keys.ts';
import type { Database } from '../../db/schema.ts';
import { newId, type Random } from '../../platform/random.ts';
import { assertProtocol } from '../agent-protocol.ts';
import { inTransaction } from '../transaction.ts';
import { noteRefusal } from './note-refusal.ts';
import { proxyQuestion } from './proxy-question.ts';

/*
 * Enrolment (R34), in the order in which it refuses:
 *
 *   secret unknown, used or replaced      enrolment_secret_invalid
 *   expired                               enrolment_expired
 *   peer not in the member's egress       enrolment_wrong_ip         the secret stays usable: the right host may still come
 *   hostname not the member's             enrolment_wrong_hostname   likewise; people are told of both by an event
 *   lost the race for the one use         enrolment_secret_invalid
 *
 * One transaction consumes the secret by one conditional update, revokes the old key, stores the new one and writes audit and event, so
 * one secret yields one key (I15, I17).
 */

export interface EnrolDeps {
  readonly db: Kysely<Database>;
  readonly random: Random;
  /** Addresses of the control plane that agents may use, in order. */
  readonly urls: readonly string[];
}

/** Who knocks, as http/agent/peer.ts found it. */
export interface EnrolContext {
  readonly peer: string;
  /** Whether any proxy is configured as trusted. */
  readonly proxiesKnown: boolean;
  readonly requestId: string;
}

/** How a secret is stored: SHA-256 over its text. It has 256 bits of its own, so nothing slower is needed. */
export function enrolmentSecretHash(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** Uses the secret and keeps the host's public key. */
export async function enrol(
  { db, random, urls }: EnrolDeps,
  request: EnrolRequest,
  context: EnrolContext,
): Promise<EnrolReply> {
  assertProtocol(request.protocol);
  const publicKey = Buffer.from(request.publicKey, 'base64url');
  const { found, refusal } = await inTransaction(db, async (trx) => {
    const found = await findOpenEnrolment(trx, enrolmentSecretHash(request.secret));
    if (found.isExpired) throw new AppError('enrolment_expired');
    const refusal = refusalOf(found, request, context);
    if (refusal !== null) return { found, refusal };
    await consumeEnrolment(trx, found.enrolmentId);
    const keyId = newId(random);
    await replaceKey(trx, { id: keyId, memberId: found.memberId, publicKey });
    await tell(trx, found, keyId, request, context);
    return { found, refusal };
  });
  if (refusal === null) return { memberId: found.memberId, poolName: found.poolName, urls };
  await noteRefusal(db, found, refusal);
  throw refusal;
}

/** Why the right secret does not help this host, or null. */
function refusalOf({ allowedEgress, hostname }: OpenEnrolment, request: EnrolRequest, context: EnrolContext) {
  const { peer } = context;
  if (!egressAllows(allowedEgress, peer)) {
    const question = proxyQuestion(peer, context);
    return new AppError('enrolment_wrong_ip', { seen: peer, allowed: allowedEgress, ...(question && { question }) });
  }
  if (request.hostname.toLowerCase() === hostname) return null;
  return new AppError('enrolment_wrong_hostname', { seen: request.hostname, allowed: hostname });
}

async function tell(
  trx: Transaction<Database>,
  { memberId, poolId, hostname }: OpenEnrolment,
  keyId: string,
  { agentVersion }: EnrolRequest,
  { peer, requestId }: EnrolContext,
): Promise<void> {
  const details = { keyId, peer, agentVersion };
  await writeAudit(trx, { actor: 'enrolment', action: 'member.enrol', target: memberId, poolId, requestId, details });
  const sentence = `${hostname} enrolled from ${peer}.`;
  await writeEvent(trx, { kind: 'member.enrol', severity: 'info', poolId, memberId, sentence, details });
}
