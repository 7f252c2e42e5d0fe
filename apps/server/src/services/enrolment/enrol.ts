import { createHash } from 'node:crypto';
import type { EnrolReply, EnrolRequest } from '@serverctl/contract/agent';
import { AppError, egressAllows } from '@serverctl/core';
import { newId, type Random } from '../../platform/random.ts';
import { assertProtocol } from '../agent-protocol.ts';
import type { EnrolmentStore, OpenEnrolment } from './ports.ts';
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
 * The store consumes the secret, revokes the old key, keeps the new one and writes audit and event as one act, so one secret yields one
 * key (I15, I17).
 */

export interface EnrolDeps {
  readonly enrolments: EnrolmentStore;
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
  { enrolments, random, urls }: EnrolDeps,
  request: EnrolRequest,
  context: EnrolContext,
): Promise<EnrolReply> {
  assertProtocol(request.protocol);
  const { peer, requestId } = context;
  const use = {
    secretHash: enrolmentSecretHash(request.secret),
    keyId: newId(random),
    publicKey: Buffer.from(request.publicKey, 'base64url'),
    peer,
    agentVersion: request.agentVersion,
    requestId,
  };
  const { open, refusal } = await enrolments.use(use, (found) => refusalOf(found, request, context));
  if (refusal === null) return { memberId: open.memberId, poolName: open.poolName, urls };
  await enrolments.noteRefusal(open, refusal);
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
