import { type BindingId, endedBy, threadOf } from '@serverctl/core';
import type { Notice } from './ports.ts';
import { type OpenTrouble, type Told, turnEnds } from './ports-told.ts';

/** All that whoever begins to lead wants to know of: the turns' ends, and what they end. */
export const turnKinds = turnEnds.flatMap((end) => [end, ...endedBy(end)]);

const isTurn = new Set(turnKinds);

/** Null = it is no turn, or was for the event log alone in a maintenance: told to nobody. */
export function toldOf(notice: Pick<Notice, 'kind' | 'poolId' | 'memberId' | 'details'>): Told | null {
  const { kind, poolId, memberId, details } = notice;
  if (!isTurn.has(kind) || details['inMaintenance'] !== undefined) return null;
  const { bindingId, epoch } = details;
  return {
    kind,
    poolId,
    memberId,
    bindingId: typeof bindingId === 'string' ? (bindingId as BindingId) : null,
    epoch: typeof epoch === 'number' ? epoch : null,
  };
}

/** What of it is not over, told last last. `told`: in its order; of what has the same subject the last of each kind is enough. */
export function stillOpen(told: Iterable<Told>): readonly OpenTrouble[] {
  const open = new Map<string, OpenTrouble>();
  for (const one of told) {
    const thread = threadOf({ ...one, details: { bindingId: one.bindingId } });
    const ends = endedBy(one.kind).map((kind) => `${kind} ${thread}`);
    const key = `${one.kind} ${thread}`;
    for (const over of [...ends, key]) open.delete(over);
    if (ends.length === 0) open.set(key, one);
  }
  return [...open.values()];
}
