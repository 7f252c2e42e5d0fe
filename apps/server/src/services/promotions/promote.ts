import type { PromoteInput, PromotePreview, PromoteResult } from '@serverctl/contract';
import {
  AppError,
  addressFor,
  judgeSwitchover,
  type MemberId,
  type PoolEvidence,
  type RecordType,
} from '@serverctl/core';
import type { z } from 'zod';
import { assertInTime, limitTime } from '../../db/pool-store/fenced.ts';
import { promoteWithin } from '../../db/pool-store/promote.ts';
import { listBindings } from '../../db/repositories/bindings.ts';
import { getMember } from '../../db/repositories/members.ts';
import { getPool } from '../../db/repositories/pools.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { holdToClaims, refuseClaimedRecords } from '../records/refuse-claimed.ts';
import { inTransaction } from '../transaction.ts';
import { asTheyStand } from './as-they-stand.ts';
import { assertExpectedNext } from './expected-next.ts';
import { freshEvidence } from './fresh-evidence.ts';
import { heldTtlSeconds, nameWarnings } from './name-warnings.ts';
import { readPromotionView } from './read-promotions.ts';
import { personsPromotion } from './record-promotion.ts';

/**
 * Makes another member active because a person wants it. The publisher hears of it from the database and writes the records; brakes,
 * blindness and `held` do not bind a person (manual.ts). With `preview` nothing changes. Throws `record_claimed` for a paused pool whose
 * records would refuse the write, `pool_changed` when somebody else was faster or the next standby is not the expected one, and
 * `database_unavailable` when it cannot be recorded while what it was judged from still counts (R17).
 */
export async function promote(
  deps: ServiceDeps,
  caller: Caller,
  poolRef: string,
  input: z.output<typeof PromoteInput>,
): Promise<PromoteResult> {
  const pool = await getPool(deps.db, poolRef);
  const target = input.to === 'next' ? 'next' : ((await getMember(deps.db, pool.id, input.to)).id as MemberId);
  const evidence = await freshEvidence(deps.db, pool.id);
  // A preview shows a target that is not ready as well, with the reasons; the act asks for the confirmation.
  const confirmNotReady = input.confirmNotReady || input.preview;
  const wish = judgeSwitchover(evidence, target, { confirmNotReady });
  if (wish.kind === 'refuse') throw new AppError(wish.code, wish.details);
  if (target === 'next') assertExpectedNext(evidence, wish.to, input.expectNext);
  const claims = await refuseClaimedRecords(deps, pool.id);
  const preview: PromotePreview = {
    fromMemberId: wish.from,
    toMemberId: wish.to,
    ready: wish.ready,
    sentence: wish.sentence,
    names: await changedNames(deps, evidence, wish.to),
  };
  if (input.preview) return { preview: await asTheyStand(deps, pool.id, preview), promotion: null };
  const { from, to, made } = wish;
  const promotion = personsPromotion(deps, caller, {
    kind: 'switchover',
    toNext: target === 'next',
    evidence,
    from,
    to,
    sentence: made,
    reason: input.reason ?? null,
  });
  await inTransaction(deps.db, async (trx) => {
    await limitTime(trx);
    await holdToClaims(trx, pool.id, claims);
    await promoteWithin(trx, promotion);
    await assertInTime(trx);
  });
  return { preview, promotion: await readPromotionView(deps, pool.id, promotion.id) };
}

/** What each managed name answers as we left it, and will answer, with the TTL that old answers live for, and what speaks against it. */
export async function changedNames(
  { db, clock }: Pick<ServiceDeps, 'db' | 'clock'>,
  evidence: PoolEvidence,
  to: MemberId,
): Promise<PromotePreview['names']> {
  const target = evidence.members.find((member) => member.id === to);
  const bindings = await listBindings(db, evidence.pool.id);
  const warnings = await nameWarnings(db, bindings, clock.wallTime());
  return bindings.map((binding) => {
    const type = binding.type as RecordType;
    return {
      name: binding.name,
      type,
      from: binding.published_address === null ? [] : [binding.published_address],
      to: target === undefined ? null : addressFor(target, type),
      ttlSeconds: heldTtlSeconds(binding),
      warnings: [...(warnings.get(binding.id) ?? [])],
    };
  });
}
