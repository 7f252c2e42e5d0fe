import type { MemberStatus, PoolView } from '@serverctl/contract';
import { activeOf, addressOf } from '../../lib/pool/names.ts';

/** What a person may not expect when automatic failover is switched on, as the server judges it: kinds of health that move a record. */
const moving: ReadonlySet<MemberStatus['health']> = new Set(['heartbeat-lost', 'unheard', 'haproxy-inactive']);

/** Everything that keeps the pool from moving by itself beside the switch, the one that stops most first; empty = it moves. */
export function stopsOf(pool: PoolView): readonly string[] {
  const active = activeOf(pool);
  const alone = pool.status.members.length === 1;
  return [
    ...(active === null ? ['Nobody is active yet: nothing moves before the first publish.'] : []),
    ...(pool.paused === null ? [] : ['The pool is paused: nothing moves until a person resumes it.']),
    ...(pool.maintenance === null ? [] : ['The pool is in maintenance: nothing moves until it ends.']),
    ...((active?.maintenance ?? null) === null
      ? []
      : ['The active member is in maintenance: nothing moves until it ends.']),
    ...(pool.held ? ['The pool is held: nothing moves until a person acknowledges it.'] : []),
    ...(alone ? ['The pool has one member only: failover needs a second one.'] : []),
  ];
}

/** The active member, where switching on would move away from it at once; null = nothing moves now. */
export function movesNowFrom(pool: PoolView): MemberStatus | null {
  const active = activeOf(pool);
  const isStill = pool.paused !== null || pool.maintenance !== null || pool.held || pool.status.members.length < 2;
  if (active === null || isStill || active.maintenance !== null) return null;
  return moving.has(active.health) ? active : null;
}

export interface MoveLine {
  readonly sign: '+' | '-';
  readonly text: string;
  readonly note: string;
}

/** Each record that a move to this member would write; empty where nobody is ready. */
export function moveLines(pool: PoolView, to: string | null): readonly MoveLine[] {
  const active = activeOf(pool);
  const next = pool.status.members.find(({ hostname }) => hostname === to);
  if (active === null || next === undefined) return [];
  return pool.status.bindings.flatMap((binding) => {
    const after = binding.type === 'A' ? next.address : next.address6;
    const from = binding.desiredAddress ?? addressOf(active);
    const line = (address: string) =>
      `${binding.name}. ${binding.effectiveTtlSeconds ?? binding.ttlSeconds} IN ${binding.type} ${address}`;
    return [
      ...(from === null ? [] : [{ sign: '-' as const, text: line(from), note: active.hostname }]),
      ...(after === null ? [] : [{ sign: '+' as const, text: line(after), note: next.hostname }]),
    ];
  });
}

/** How long clients wait with another delay: the server's sum, and the difference of the delays. */
export const clientsBackWith = ({ failoverDelaySeconds, status }: PoolView, delaySeconds: number): number =>
  status.clientsBackSeconds - failoverDelaySeconds + delaySeconds;
