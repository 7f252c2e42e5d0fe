import type { PoolView } from '@serverctl/contract';

/**
 * Everything that keeps a pool from moving by itself until a person or an end ends it, the one that stops most first; empty = it moves.
 * Told from what is stored alone, so it is true in the reply of an act as well, whose judgement is from before it.
 */
export function heldBackBy(pool: PoolView): readonly string[] {
  const { members } = pool.status;
  const active = members.find(({ id }) => id === pool.activeMemberId);
  return [
    ...(active === undefined ? ['nobody is active yet'] : []),
    ...(pool.paused === null ? [] : ['paused']),
    ...(pool.maintenance === null ? [] : ['the pool is in maintenance']),
    ...((active?.maintenance ?? null) === null ? [] : ['the active member is in maintenance']),
    ...(pool.automaticFailover ? [] : ['failover is off']),
    ...(pool.held ? [`held: serverctl pool ack ${pool.name}`] : []),
    ...(members.length === 1 ? ['it has one member only'] : []),
  ];
}

/** The same as a sentence, for an act that alone does not let the pool move; null = nothing holds it back. */
export function stillHeldBack(pool: PoolView): string | null {
  const causes = heldBackBy(pool);
  return causes.length === 0 ? null : `Nothing moves by itself yet: ${causes.join('; ')}.`;
}
