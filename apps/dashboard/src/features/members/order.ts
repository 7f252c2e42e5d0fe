import type { MemberView } from '@serverctl/contract';

type Ranked = Pick<MemberView, 'id' | 'priority'>;

const step = 10;
const most = 9_999;

/** In the order in which they are preferred: the lowest priority first; the same ones stay as the pool has them. */
export const inOrder = <One extends Ranked>(members: readonly One[]): readonly One[] =>
  members.toSorted((a, b) => a.priority - b.priority);

/**
 * What has to be set so that one stands `by` places later: as few as will do. Those that would not be told apart any more get a priority of
 * their own, ten apart; none = it stands at that end already. They are set one after the other: those that go back from the last, then those
 * that go forward from the first, so that nobody is first in between who is not so before or after.
 */
export function moved(members: readonly Ranked[], id: string, by: 1 | -1): readonly Ranked[] {
  const before = inOrder(members);
  const place = before.findIndex((one) => one.id === id);
  const other = before[place + by];
  const own = before[place];
  if (own === undefined || other === undefined) return [];
  const after = before.with(place, other).with(place + by, own);
  const slots = before.map(({ priority }) => priority);
  const isApart = slots.every((priority, index) => index === 0 || priority > (slots[index - 1] ?? 0));
  const wished = after.map(({ id: which }, index) => ({
    id: which,
    priority: isApart ? (slots[index] ?? most) : Math.min(most, (index + 1) * spacing(after.length)),
  }));
  const was = new Map(before.map(({ id: which, priority }) => [which, priority]));
  const back = wished.filter(({ id: which, priority }) => priority > (was.get(which) ?? priority));
  const forward = wished.filter(({ id: which, priority }) => priority < (was.get(which) ?? priority));
  return [...back.toReversed(), ...forward];
}

/** Ten apart, closer where there are too many for that. */
const spacing = (count: number): number => Math.max(1, Math.min(step, Math.floor(most / count)));
