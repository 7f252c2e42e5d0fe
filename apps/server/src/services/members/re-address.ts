import { AppError, type MemberId } from '@serverctl/core';
import type { Transaction } from 'kysely';
import { promoteWithin } from '../../db/pool-store/promote.ts';
import { listBindings } from '../../db/repositories/bindings.ts';
import type { MemberRow } from '../../db/repositories/members.ts';
import type { PoolRow } from '../../db/repositories/pools.ts';
import { promotionOfEpoch } from '../../db/repositories/promotions.ts';
import type { Database } from '../../db/schema.ts';
import type { PromotionRecord } from '../../worker/ports.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { freshEvidence } from '../promotions/fresh-evidence.ts';
import { personsPromotion } from '../promotions/record-promotion.ts';

/*
 * A person changes the address of a member:
 *
 *   not the active one                  | stored; its next promotion uses it
 *   active, the records answer it now   | stored
 *   active, no address would be left    | target_has_no_address (R20)
 *   active, not confirmed               | member_address_would_move, with both addresses and the names
 *   active, confirmed, paused, and a record would refuse the write | record_claimed (refuse-claimed.ts)
 *   active, confirmed                   | stored, and a promotion to itself: its own epoch, evidence and audit row, in one transaction (R16)
 */

/** A move of the pool's records from one address of the active member to another one. */
export interface AddressMove {
  readonly from: string | null;
  readonly to: string;
}

/** What setting `publicIpv4` does to the records; null = nothing. Throws `target_has_no_address`, or `member_address_would_move` unless confirmed. */
export async function planAddressMove(
  trx: Transaction<Database>,
  pool: PoolRow,
  member: MemberRow,
  { publicIpv4, confirmed }: { readonly publicIpv4: string | null; readonly confirmed: boolean },
): Promise<AddressMove | null> {
  if (pool.active_member_id !== member.id) return null;
  const to = publicIpv4 ?? member.reported_ipv4;
  if (to === null) throw new AppError('target_has_no_address', { member: member.hostname });
  const from = (await promotionOfEpoch(trx, pool.id, pool.epoch))?.address ?? null;
  if (from === to) return null;
  const names = (await listBindings(trx, pool.id)).map(({ name }) => name);
  if (!confirmed) throw new AppError('member_address_would_move', { member: member.hostname, from, to, names });
  return { from, to };
}

/** Records the move inside the transaction that changed the member. Returns what the channels are to be told once it is committed. */
export async function promoteToNewAddress(
  deps: Pick<ServiceDeps, 'random'>,
  trx: Transaction<Database>,
  caller: Caller,
  { hostname, pool_id: poolId, id }: MemberRow,
  { from, to }: AddressMove,
): Promise<{ readonly promotion: PromotionRecord; readonly epoch: number }> {
  const memberId = id as MemberId;
  const promotion = personsPromotion(deps, caller, {
    kind: 'switchover',
    cause: 're-addressed',
    evidence: await freshEvidence(trx, poolId),
    from: memberId,
    to: memberId,
    sentence: `${hostname} stays active and has a new public address: ${to} instead of ${from ?? 'none'}.`,
    reason: null,
  });
  return { promotion, epoch: await promoteWithin(trx, promotion) };
}
