import { isDeepStrictEqual } from 'node:util';
import type { MemberPatch, MemberView } from '@serverctl/contract';
import type { MemberSettings } from '@serverctl/core';
import { sql } from 'kysely';
import type { z } from 'zod';
import { toMember } from '../../db/pool-store/rows.ts';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { getMember, type MemberRow, updateMember } from '../../db/repositories/members.ts';
import { getPool, lockPool } from '../../db/repositories/pools.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { type ClaimsRead, holdToClaims, refuseClaimedRecords } from '../records/refuse-claimed.ts';
import { inTransaction } from '../transaction.ts';
import { checkedSettings, columnsOf, getMemberView, type MemberRefs } from './member-service.ts';
import { planAddressMove, promoteToNewAddress } from './re-address.ts';
import { refuseSurprisingFailback } from './surprising-failback.ts';

/** After a rename the old hostname is accepted for so long, so that plane and host need not change in the same second. */
const renameGraceMinutes = 10;

/**
 * Changes what the patch names; the id never changes, and a patch that changes nothing leaves no trace. A new address of the active member moves the pool's records, so it needs a yes and
 * is a promotion of its own (`re-address.ts`). So does a priority by which they go elsewhere later (`surprising-failback.ts`).
 */
export async function setMember(
  deps: ServiceDeps,
  caller: Caller,
  refs: MemberRefs,
  patch: z.output<typeof MemberPatch>,
): Promise<MemberView> {
  const isReAddressed = patch.publicIpv4 !== undefined || patch.publicIpv6 !== undefined;
  const claims = isReAddressed && patch.confirmMove === true ? await readClaims(deps, refs) : unread;
  const ids = await inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const row = await getMember(trx, pool.id, refs.memberId);
    const before = settingsIn(row);
    const after = checkedSettings(before, patch);
    const moves = isReAddressed ? await planAddressMove(trx, pool, row, addressWish(patch, after)) : [];
    if (moves.length === 0 && isDeepStrictEqual(after, before)) return { poolId: pool.id, memberId: row.id };
    if (after.priority !== before.priority) await refuseSurprisingFailback(trx, pool, { id: row.id, ...after }, patch);
    if (moves.length > 0) await holdToClaims(trx, pool.id, claims);
    const renamed = after.hostname !== before.hostname;
    const changed = await updateMember(trx, row.id, {
      ...columnsOf(after),
      ...(renamed && {
        previous_hostname: before.hostname,
        previous_hostname_until: sql<Date>`now() + make_interval(mins => ${renameGraceMinutes})`,
      }),
    });
    await writeAudit(trx, {
      ...caller,
      action: 'member.update',
      target: row.id,
      poolId: pool.id,
      details: { before, after },
    });
    const sentence = changeSentence(before, after);
    await writeEvent(trx, { kind: 'member.changed', severity: 'info', poolId: pool.id, memberId: row.id, sentence });
    if (moves.length > 0) await promoteToNewAddress(deps, trx, caller, changed, moves);
    return { poolId: pool.id, memberId: row.id };
  });
  return getMemberView(deps, ids);
}

/** Only what the patch names, in canonical form. */
function addressWish(patch: z.output<typeof MemberPatch>, { publicIpv4, publicIpv6 }: MemberSettings) {
  return {
    ...(patch.publicIpv4 !== undefined && { publicIpv4 }),
    ...(patch.publicIpv6 !== undefined && { publicIpv6 }),
    confirmed: patch.confirmMove ?? false,
  };
}

const unread: ClaimsRead = { pausedAt: null, seenEpoch: 0 };

/** The provider is asked before the pool is locked, and only of a pool that may be written to in vain. */
async function readClaims(deps: ServiceDeps, refs: MemberRefs): Promise<ClaimsRead> {
  const pool = await getPool(deps.db, refs.poolId);
  const { id } = await getMember(deps.db, pool.id, refs.memberId);
  return pool.active_member_id === id ? refuseClaimedRecords(deps, pool.id) : unread;
}

export function settingsIn(row: MemberRow): MemberSettings {
  const { id: _id, poolId: _poolId, ...settings } = toMember(row);
  return settings;
}

function changeSentence(before: MemberSettings, after: MemberSettings): string {
  if (before.hostname !== after.hostname) {
    return `${before.hostname} was renamed to ${after.hostname}; the old hostname is accepted for ${renameGraceMinutes} more minutes.`;
  }
  if (before.publicIpv4 !== after.publicIpv4) {
    return `The public address of ${after.hostname} was set from ${before.publicIpv4 ?? 'none'} to ${after.publicIpv4 ?? 'none'}.`;
  }
  if (before.publicIpv6 !== after.publicIpv6) {
    return `The public IPv6 address of ${after.hostname} was set from ${before.publicIpv6 ?? 'none'} to ${after.publicIpv6 ?? 'none'}.`;
  }
  return `The settings of ${after.hostname} were changed.`;
}
