import type { BindingId } from '@serverctl/core';
import type { PoolWithMembers } from './ports.ts';

/*
 * What of a pool that was read anew asks for a pass of its name at once, beside a newer epoch than the name's own:
 *
 *   the same epoch, another address, TTL, zone, credential, or a person's yes   | it is wished for otherwise
 *   not paused any more                                                        | what stood still may be written (R13)
 *   an epoch behind the one before                                             | the database was put back (R25)
 */

/** Whether the name is to be looked at at once. */
export function asksForPass(id: BindingId, before: PoolWithMembers, now: PoolWithMembers): boolean {
  if (now.pool.epoch < before.pool.epoch) return true;
  if (before.pool.paused !== null && now.pool.paused === null) return true;
  return now.pool.epoch === before.pool.epoch && wishKey(id, now) !== wishKey(id, before);
}

function wishKey(id: BindingId, { pool, members, bindings }: PoolWithMembers): string {
  const active = members.find((member) => member.id === pool.activeMemberId);
  const binding = bindings.find((one) => one.id === id);
  const { zone, ttlSeconds, credentialId, takeOver } = binding ?? {};
  return JSON.stringify([active?.publicIpv4, zone, ttlSeconds, credentialId, takeOver]);
}
