import { AppError, addressNeeds, type Ipv6Policy, type MemberId, type RecordType } from '@serverctl/core';
import type { Transaction } from 'kysely';
import { namesOf } from '../../db/pool-store/names.ts';
import { promoteWithin } from '../../db/pool-store/promote.ts';
import { getMember, type MemberRow, memberWithAddress } from '../../db/repositories/members.ts';
import type { PoolRow } from '../../db/repositories/pools.ts';
import { promotionOfEpoch } from '../../db/repositories/promotions.ts';
import type { Database } from '../../db/schema.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { freshEvidence } from '../promotions/fresh-evidence.ts';
import { personsPromotion } from '../promotions/record-promotion.ts';

/*
 * A person changes an address of a member:
 *
 *   not the active one                  | stored; its next promotion uses it
 *   active, the records answer it now   | stored
 *   active, and no name has that family | stored
 *   active, none would be left that the names need | target_has_no_address, target_has_no_aaaa (R20)
 *   active, not confirmed               | member_address_would_move, with the addresses and the names
 *   active, confirmed, paused, and a record would refuse the write | record_claimed (refuse-claimed.ts)
 *   active, confirmed                   | stored, and a promotion to itself: its own epoch, evidence and audit row, in one transaction (R16)
 */

/** What a member's addresses are to be; a family that is left out stays as it is. */
export interface AddressWish {
  readonly publicIpv4?: string | null | undefined;
  readonly publicIpv6?: string | null | undefined;
}

/** A move of the pool's records of one family from one address of the active member to another one; null = none. */
export interface AddressMove {
  readonly family: 'IPv4' | 'IPv6';
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * What setting these addresses does to the records, IPv4 first; none = nothing. Throws `target_has_no_address`, `target_has_no_aaaa`, or
 * `member_address_would_move` unless confirmed.
 */
export async function planAddressMove(
  trx: Transaction<Database>,
  pool: PoolRow,
  member: MemberRow,
  { confirmed, ...wish }: AddressWish & { readonly confirmed: boolean },
): Promise<readonly AddressMove[]> {
  if (pool.active_member_id !== member.id) return [];
  const names = await namesOf(trx, pool.id);
  const needs = addressNeeds(names, pool.ipv6 as Ipv6Policy);
  const present = await promotionOfEpoch(trx, pool.id, pool.epoch);
  const changes = [
    {
      family: 'IPv4' as const,
      named: wish.publicIpv4 !== undefined,
      isHeld: needs.ipv4,
      from: present?.address ?? null,
      to: (wish.publicIpv4 === undefined ? member.public_ipv4 : wish.publicIpv4) ?? member.reported_ipv4,
      lack: needs.ipv4 ? ('target_has_no_address' as const) : null,
    },
    {
      family: 'IPv6' as const,
      named: wish.publicIpv6 !== undefined,
      isHeld: needs.ipv6 !== 'none',
      from: present?.address6 ?? null,
      to: (wish.publicIpv6 === undefined ? member.public_ipv6 : wish.publicIpv6) ?? member.reported_ipv6,
      lack: needs.ipv6 === 'needed' ? ('target_has_no_aaaa' as const) : null,
    },
  ].filter(({ isHeld, from, to }) => isHeld && from !== to);
  if (!changes.some(({ named }) => named)) return [];
  const lacking = changes.find(({ to, lack }) => to === null && lack !== null);
  if (lacking?.lack) throw new AppError(lacking.lack, { member: member.hostname });
  if (!confirmed) {
    const listed = (end: 'from' | 'to') => changes.flatMap((change) => change[end] ?? []).join(', ') || null;
    const details = { from: listed('from'), to: listed('to') };
    const moved = [...new Set(names.map(({ name }) => name))];
    throw new AppError('member_address_would_move', { member: member.hostname, ...details, names: moved });
  }
  return changes;
}

/** Records the moves, at least one, inside the transaction that changed the member. */
export async function promoteToNewAddress(
  deps: Pick<ServiceDeps, 'random'>,
  trx: Transaction<Database>,
  caller: Pick<Caller, 'actor'>,
  { hostname, pool_id: poolId, id }: MemberRow,
  moves: readonly AddressMove[],
): Promise<void> {
  const memberId = id as MemberId;
  const what = moves.map(
    ({ family, from, to }) => `a new public ${family} address: ${to ?? 'none'} instead of ${from ?? 'none'}`,
  );
  const promotion = personsPromotion(deps, caller, {
    kind: 'switchover',
    cause: 're-addressed',
    evidence: await freshEvidence(trx, poolId),
    from: memberId,
    to: memberId,
    sentence: `${hostname} stays active and has ${what.join(', and ')}.`,
    reason: null,
  });
  await promoteWithin(trx, promotion);
}

/**
 * Where the first records of a family join an active pool, the present promotion may know another address of that family than the active
 * member has: none, or one of before that no record held and nobody followed. A promotion to itself brings the present one, in the
 * transaction of the joining (R16, R20). Where the family has records already the new one answers what they do (ADR 0009). Nothing in a
 * pause, which is ended by a promotion (R13).
 *
 * Throws `member_address_would_move` where an address in use would move with it, which needs a yes of its own, and as `promoteWithin`.
 */
export async function promoteForJoined(
  deps: Pick<ServiceDeps, 'random'>,
  trx: Transaction<Database>,
  caller: Pick<Caller, 'actor'>,
  pool: PoolRow,
  joined: readonly RecordType[],
): Promise<void> {
  const present = await promotionOfEpoch(trx, pool.id, pool.epoch);
  if (pool.active_member_id === null || pool.paused_at !== null || present === undefined) return;
  const member = await getMember(trx, pool.id, pool.active_member_id);
  const names = await namesOf(trx, pool.id);
  const records = (type: RecordType) => names.filter((one) => one.type === type).length;
  const isFirst = (type: RecordType) => joined.includes(type) && records(type) === 1;
  const { publicIpv4, publicIpv6 } = memberWithAddress(member);
  const others = [
    { type: 'A' as const, family: 'IPv4' as const, from: present.address, to: publicIpv4 },
    { type: 'AAAA' as const, family: 'IPv6' as const, from: present.address6, to: publicIpv6 },
  ].filter(({ from: before, to }) => before !== to);
  if (!others.some(({ type }) => isFirst(type))) return;
  const held = others.find(({ type }) => !isFirst(type) && records(type) > 0);
  if (held !== undefined) {
    const moved = [...new Set(names.filter(({ type }) => type === held.type).map(({ name }) => name))];
    const details = { from: held.from, to: held.to, names: moved };
    throw new AppError('member_address_would_move', { member: member.hostname, ...details });
  }
  const ofFirst = others.filter(({ type }) => isFirst(type));
  await promoteToNewAddress(deps, trx, caller, member, ofFirst);
}
