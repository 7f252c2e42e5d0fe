import type { MemberPatch, PoolView } from '@serverctl/contract';
import { AppError, failbackTarget, type MemberSettings } from '@serverctl/core';
import type { Transaction } from 'kysely';
import { listMembers } from '../../db/repositories/members.ts';
import { type PoolRow, poolOf } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import { failbackView } from '../views/pool-view.ts';

type Ranked = Pick<MemberSettings, 'hostname' | 'priority'> & { readonly id: string };

/**
 * A priority that brings the records to another member by itself, because failback is automatic: says so and asks (R12). `changed` is a member
 * of the locked pool as it will be, or a new one. Throws `order_would_fail_back`, and `pool_changed` where it was confirmed for another member
 * than they would go to: a yes to one is none to another. Where they were on their way already it is no news.
 */
export async function refuseSurprisingFailback(
  trx: Transaction<Database>,
  row: PoolRow,
  changed: Ranked,
  { confirmFailback, expectNext }: Pick<MemberPatch, 'confirmFailback' | 'expectNext'>,
): Promise<void> {
  const pool = poolOf(row);
  const before: readonly Ranked[] = await listMembers(trx, pool.id);
  const after = [...before.filter(({ id }) => id !== changed.id), changed];
  const to = failbackTarget(pool, after);
  if (to === null || to.id === failbackTarget(pool, before)?.id) return;
  const from = after.find(({ id }) => id === pool.activeMemberId)?.hostname ?? null;
  if (confirmFailback !== true) {
    const because = `Records go from ${from} to ${to.hostname} ${whenText(failbackView(pool.failback))}: failback is automatic in this pool.`;
    throw new AppError('order_would_fail_back', { because, from, to: to.hostname });
  }
  if (expectNext === undefined || expectNext === to.id || expectNext.toLowerCase() === to.hostname) return;
  throw new AppError('pool_changed', { pool: pool.name, next: to.hostname });
}

/** A change of a priority begins the minutes anew, so it is never at once. */
function whenText({ afterMinutes, window }: PoolView['failback']): string {
  const daily = window === null ? '' : `, between ${window.from} and ${window.to} UTC`;
  return `after ${afterMinutes} min of health from now${daily}`;
}
