import { markText, type RecordView } from '@serverctl/core';
import type { Joining } from './joining.ts';

/*
 * An existing record with a long TTL (PRODUCT.md section 4, *Cases*): clients keep the old address for that long after the first move,
 * whatever is written then. So the TTL is to be lowered first, and waited out. A provider's write always carries our mark, and nobody's
 * record gets one without a yes (R18, R21): lowering is therefore no act of its own. It is what taking the record over with its present
 * address does, and where that is no member's address we cannot write it at all (R20), and it is lowered at the provider:
 *
 *   the record                                          | what is said
 *   is below 300 s, or no longer than wished            | nothing
 *   is proxied                                          | nothing: clients see the provider's own TTL
 *   bears our mark of this pool                         | the TTL falls with the next write; wait the old one before the next switchover
 *   holds what the pool's names answer now              | the same: it is marked as ours, and keeps its address
 *   holds one member's address, and nobody is active    | the first publish for that member keeps it: the TTL falls; wait, then switch
 *   anything else                                       | lower it at the provider, wait, and only then publish
 *   anything else, with a yes that replaces it at once  | from now on so long: what is lowered now comes too late
 */

/** Below this an old TTL is no news: clients follow within five minutes. */
const warnedFromSeconds = 300;

/** What an old TTL costs and how it is lowered; null where there is nothing to say. `ttlSeconds` is the effective one, null = none is wished yet; `isTakenOver`: a person said yes to replacing it at once. */
export function oldTtlWarning(
  view: RecordView,
  ttlSeconds: number | null,
  pool?: Joining,
  isTakenOver = false,
): string | null {
  const old = view.rrset?.ttlSeconds ?? 0;
  if (view.proxied === true || old < warnedFromSeconds || old <= (ttlSeconds ?? 0)) return null;
  if (isTakenOver && !keepsIts(view, pool))
    return `The record’s TTL was ${old} s: it is replaced at once, and clients may still hold what stood there before for so long from now on.`;
  const cost = `The record’s present TTL is ${old} s: clients may keep the old address for so long after the first move.`;
  return `${cost} ${howToLower(view, old, ttlSeconds, pool)}`;
}

/** It is written with the address that it holds. */
function keepsIts({ rrset }: RecordView, pool: Joining | undefined): boolean {
  return rrset?.addresses.length === 1 && rrset.addresses[0] === pool?.desired;
}

function howToLower(view: RecordView, old: number, ttlSeconds: number | null, pool: Joining | undefined): string {
  const { mark, rrset } = view;
  const held = rrset?.addresses.length === 1 ? rrset.addresses[0] : undefined;
  const fall = `its TTL falls from ${old} s to ${ttlSeconds} s`;
  const holder = held === undefined ? undefined : pool?.members.get(held);
  if (pool === undefined || ttlSeconds === null) return 'Lower it now, and wait that long.';
  if (mark.kind === 'ours' && mark.mark.pool === pool.id)
    return `With the next write ${fall}: wait ${old} s before the next switchover.`;
  if (keepsIts(view, pool))
    return `It keeps its present address, and ${fall} with the write that marks it as ours: wait ${old} s before the next switchover.`;
  if (!pool.isActive && holder !== undefined)
    return `Take it over now with its present address (serverctl pool publish ${pool.name} ${holder}${markText(view) === null ? '' : ' --take-over'}): ${fall}. Wait ${old} s before the first switchover.`;
  return `Lower it at the provider to ${ttlSeconds} s first, and wait ${old} s before it is published here: the record cannot keep what it holds.`;
}
