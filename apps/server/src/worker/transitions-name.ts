import { type BindingId, type EventKind, endedBy, threadOf } from '@serverctl/core';
import type { OpenTrouble } from './ports.ts';

/*
 * What people are told of a name: each kind of trouble once until its end, and the end once of what stands open, whoever told it. Kinds that
 * alternate, as a provider that refuses now and then beside a foreign mark, are no news. But a failover whose write does not come through is
 * a page of its own, whatever stands open of an earlier epoch: somebody's clients are sent to a dead host (PRODUCT.md section 4).
 */
export interface NameTransitions {
  /** Calls `tell` where it is news; people count as told of it then. */
  turn(turn: NameTurn, tell: () => void): void;
  /** Trouble that this kind ends was told elsewhere: its end is to be told, and what else there is of it as well. */
  toldElsewhere(id: BindingId, end: EventKind): void;
}

export interface NameTurn {
  readonly bindingId: BindingId;
  readonly kind: EventKind;
  /** What was wished for then. */
  readonly epoch: number;
}

const toldEachEpoch: ReadonlySet<EventKind> = new Set(['dns.blocked', 'dns.unknown-outcome']);

/** `open`: what people were told before us, and not yet that it is over. */
export function createNameTransitions(open: readonly OpenTrouble[]): NameTransitions {
  /** Of what stands open the kinds that were told, and the epoch of each. */
  const threads = new Map<string, Map<EventKind, number>>();

  function openThread(id: BindingId, kind: EventKind): Map<EventKind, number> {
    const thread = threadOfName(id, kind);
    const told = threads.get(thread) ?? new Map<EventKind, number>();
    threads.set(thread, told);
    return told;
  }

  for (const { bindingId, kind, epoch } of open)
    if (bindingId !== null) openThread(bindingId, kind).set(kind, epoch ?? 0);

  return {
    turn({ bindingId, kind, epoch }, tell) {
      if (isEnd(kind)) {
        if (threads.delete(threadOfName(bindingId, kind))) tell();
        return;
      }
      const told = openThread(bindingId, kind);
      const before = told.get(kind);
      if (before !== undefined && !(toldEachEpoch.has(kind) && epoch > before)) return;
      told.set(kind, epoch);
      tell();
    },
    toldElsewhere: (id, end) => void openThread(id, end),
  };
}

/** Whether it says that trouble is over. */
export function isEnd(kind: EventKind): boolean {
  return endedBy(kind).length > 0;
}

/** What a name's trouble and its end have in common. */
export function threadOfName(bindingId: BindingId, kind: EventKind): string {
  return threadOf({ kind, poolId: null, memberId: null, details: { bindingId } });
}
