import type { PoolOperated } from '@serverctl/contract';
import { AppError, judge, type Member, type MemberId, type PoolEvidence, type PromotionId } from '@serverctl/core';
import type { Transaction } from 'kysely';
import { promoteWithin } from '../../db/pool-store/promote.ts';
import type { Database } from '../../db/schema.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { getPoolView } from '../pools/pool-views.ts';
import { freshEvidence } from '../promotions/fresh-evidence.ts';
import { readPromotionView } from '../promotions/read-promotions.ts';
import { personsPromotion } from '../promotions/record-promotion.ts';
import { activeOf, confirmedRecords, heldWords, type RecordsNow } from './records-now.ts';
import { raiseSeenEpoch } from './seen-epoch.ts';

/*
 * A person settles what becomes of records that somebody else changed (R21):
 *
 *   adopt  | every name names one and the same member: that member becomes active          | promotion `adoption`, cause `adopted`
 *   repair | the active member stays active and its address is written again               | promotion `switchover`, cause `kept`
 *
 * Both are a new epoch above any that was read in a mark (R16, R25), and return the promotion that made it.
 */

type Deps = Pick<ServiceDeps, 'random'>;

/** The member that the records name becomes active. Throws `record_names_no_member`. */
export async function adoptWithin(
  deps: Deps,
  trx: Transaction<Database>,
  caller: Caller,
  reading: RecordsNow,
  reason: string | null,
): Promise<PromotionId> {
  const { id: to } = namedOf(reading);
  return settle(deps, trx, caller, { reading, to, kind: 'adoption', cause: 'adopted', reason });
}

/** The member that the records name. Throws `record_names_no_member`. */
export function namedOf(reading: RecordsNow): Member {
  if (reading.named !== null) return reading.named;
  throw new AppError('record_names_no_member', { pool: reading.pool.name, names: heldWords(reading) });
}

/** The active member, whose address is written again, and what that is told as. Throws `pool_not_active`. */
export function keptOf({ pool, members }: RecordsNow): { readonly member: Member; readonly sentence: string } {
  const id = activeOf(pool);
  const member = members.find((one) => one.id === id);
  if (member === undefined) throw new AppError('pool_not_active', { pool: pool.name });
  return { member, sentence: keepingSentence(member.hostname) };
}

/** What was shown is what is said yes to: throws `pool_changed` when another member would be active than the person was shown. */
export function assertExpected(
  { pool }: Pick<RecordsNow, 'pool'>,
  { id, hostname: member }: Pick<Member, 'id' | 'hostname'>,
  expect: string | undefined,
): void {
  if (expect === undefined || expect === id || expect.toLowerCase() === member) return;
  throw new AppError('pool_changed', { pool: pool.name, member });
}

/** The active member stays active, and its address is written again. Throws `pool_not_active`. */
export async function keepWithin(
  deps: Deps,
  trx: Transaction<Database>,
  caller: Caller,
  reading: RecordsNow,
  reason: string | null,
): Promise<PromotionId> {
  return settle(deps, trx, caller, { reading, to: activeOf(reading.pool), kind: 'switchover', cause: 'kept', reason });
}

interface Settlement {
  readonly reading: RecordsNow;
  readonly to: MemberId;
  readonly kind: 'adoption' | 'switchover';
  readonly cause: 'adopted' | 'kept';
  readonly reason: string | null;
}

async function settle(
  deps: Deps,
  trx: Transaction<Database>,
  caller: Caller,
  { reading, to, kind, cause, reason }: Settlement,
): Promise<PromotionId> {
  const { pool, seenEpoch } = reading;
  await raiseSeenEpoch(trx, pool.id, seenEpoch);
  const evidence = await freshEvidence(trx, pool.id);
  const from = activeOf(pool);
  const sentence =
    cause === 'adopted' ? adoptionSentence(evidence, to).sentence : keepingSentence(hostnameIn(evidence, to));
  const promotion = personsPromotion(deps, caller, {
    kind,
    cause,
    evidence,
    from,
    to,
    confirmedNames: confirmedRecords(reading),
    sentence,
    reason,
  });
  await promoteWithin(trx, promotion);
  return promotion.id;
}

/** What an adoption is told as, and whether the member could serve: a person may adopt one that is not ready. */
function adoptionSentence(evidence: PoolEvidence, to: MemberId): { ready: boolean; sentence: string } {
  const hostname = hostnameIn(evidence, to);
  if (to === evidence.pool.activeMemberId) {
    const sentence = `${hostname} stays active: the records already hold its present address, and are adopted as they are.`;
    return { ready: true, sentence };
  }
  const lack = whyNotReady(evidence, to);
  const becomes = `${hostname} becomes active, because the records name it and a person adopted that.`;
  return lack === null ? { ready: true, sentence: becomes } : { ready: false, sentence: `${becomes} ${lack}` };
}

/** Why an adoption of this member needs a person's yes to that; null = it needs none: it is ready, or active already. */
export function whyNotReady(evidence: PoolEvidence, to: MemberId): string | null {
  if (to === evidence.pool.activeMemberId) return null;
  const standing = judge(evidence).standings.find((one) => one.memberId === to);
  return standing?.ready === true ? null : (standing?.sentence ?? 'Nothing is known of it.');
}

/** The adoption of whom the records name. Throws `record_names_no_member`, and `target_not_ready` unless the person said yes to that. */
export function assertAdoptable(
  reading: RecordsNow,
  evidence: PoolEvidence,
  confirmNotReady: boolean,
): ReturnType<typeof adoptionSentence> {
  const { id, hostname: member } = namedOf(reading);
  const told = adoptionSentence(evidence, id);
  if (!told.ready && !confirmNotReady) throw new AppError('target_not_ready', { member, because: told.sentence });
  return told;
}

const keepingSentence = (hostname: string): string =>
  `${hostname} stays active, and the records get its address again.`;

function hostnameIn({ members }: PoolEvidence, id: MemberId): string {
  return members.find((member) => member.id === id)?.hostname ?? id;
}

export async function operated(deps: ServiceDeps, poolId: string, made: PromotionId | null): Promise<PoolOperated> {
  const promotion = made === null ? null : await readPromotionView(deps, poolId, made);
  return { pool: await getPoolView(deps, poolId), promotion };
}
