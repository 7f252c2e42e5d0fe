import type { EnrolmentView } from '@serverctl/contract';
import type { Transaction } from 'kysely';
import { writeAudit } from '../../db/repositories/audit.ts';
import { replaceEnrolment } from '../../db/repositories/enrolment.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { getMember, type MemberRow } from '../../db/repositories/members.ts';
import { lockPool } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import { isLoopback } from '../../platform/loopback.ts';
import { newId } from '../../platform/random.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { enrolmentSecretHash } from '../enrolment/enrol.ts';
import { inTransaction } from '../transaction.ts';

export const enrolmentMinutes = 15;
const secretBytes = 32;

/** A new install line; the earlier secret is void from now on. The present key keeps working until the host enrols again (R34). */
export async function renewEnrolment(
  deps: ServiceDeps,
  caller: Caller,
  refs: { readonly poolId: string; readonly memberId: string },
  minutes: number = enrolmentMinutes,
): Promise<EnrolmentView> {
  return inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const member = await getMember(trx, pool.id, refs.memberId);
    const enrolment = await issueEnrolment(trx, deps, member, minutes);
    await writeAudit(trx, {
      ...caller,
      action: 'enrolment.create',
      target: member.id,
      poolId: pool.id,
      details: { hostname: member.hostname, expiresAt: enrolment.expiresAt },
    });
    const sentence = `A new install line was made for ${member.hostname}.`;
    await writeEvent(trx, { kind: 'enrolment.made', severity: 'info', poolId: pool.id, memberId: member.id, sentence });
    return enrolment;
  });
}

/**
 * Makes the secret and stores its hash. The secret exists in this reply and nowhere else (R34). Without the agent's files nothing is
 * changed: a secret that no host can use would only void the earlier one.
 */
export async function issueEnrolment(
  trx: Transaction<Database>,
  { random, installer }: Pick<ServiceDeps, 'random' | 'installer'>,
  member: MemberRow,
  minutes: number,
): Promise<EnrolmentView> {
  const command = await installer.line();
  const secret = Buffer.from(random.bytes(secretBytes)).toString('base64url');
  const secretHash = enrolmentSecretHash(secret);
  const expiresAt = await replaceEnrolment(trx, { id: newId(random), memberId: member.id, secretHash, minutes });
  const warnings = lineWarnings(installer.url, member.allowed_egress);
  return { memberId: member.id, secret, expiresAt: expiresAt.toISOString(), command, warnings };
}

/** A line that leads to loopback serves only hosts that are this one. */
function lineWarnings(url: string, allowedEgress: readonly string[]): string[] {
  const { hostname } = new URL(url);
  if (!isLoopback(hostname) || allowedEgress.some((entry) => isLoopback(entry.split('/')[0] ?? ''))) return [];
  return [
    `${url} leads each host to itself: set SERVERCTL_LISTEN and SERVERCTL_PUBLIC_URLS to an address of this control plane, restart it, and make a new line.`,
  ];
}
