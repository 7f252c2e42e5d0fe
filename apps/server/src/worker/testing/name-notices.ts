import type { BindingId, EventKind } from '@serverctl/core';
import { createNameNotices, type NameNotices } from '../name-notices.ts';
import type { Notifier } from '../ports.ts';
import { createTransitions } from '../transitions.ts';

/** For tests of what a name tells: it is known at once that people were told these kinds of it, of no earlier epoch, and of no end. */
export function noticesAfter(id: BindingId, open: readonly EventKind[], notifier: Notifier): NameNotices {
  const about = { poolId: null, memberId: null, bindingId: id, epoch: Number.POSITIVE_INFINITY };
  const told = createTransitions(open.map((kind) => ({ kind, ...about })));
  return createNameNotices({ whenKnown: (use) => use(told) }, notifier);
}
