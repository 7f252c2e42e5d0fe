import type { BindingId } from '@serverctl/core';
import type { Binding, PoolWithMembers } from './ports.ts';

/*
 * What of a pool that was read anew asks for a pass of its name at once, beside a newer epoch than the name's own:
 *
 *   the same epoch, another address, TTL, zone, proxied, credential, or a yes   | it is wished for otherwise
 *   the A of an AAAA was published for the first time, or the pool set to `drop` | the AAAA may go now (R20)
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
  const { name, type, zone, ttlSeconds, proxied, credentialId, takeOver } = binding ?? {};
  const isA = (one: Binding) => one.name === name && one.type === 'A';
  const mayGo = type === 'AAAA' && pool.ipv6 === 'drop' && bindings.some((one) => isA(one) && one.publishedEpoch > 0);
  const address = type === 'AAAA' ? active?.publicIpv6 : active?.publicIpv4;
  return JSON.stringify([address, zone, ttlSeconds, proxied, credentialId, takeOver, mayGo]);
}
