import type { MemberPatch, MemberView, PoolView } from '@serverctl/contract';

/*
 * A change of the order may move records (R12): where failback is automatic they go to the member with the lowest priority number, from the
 * moment that it has been healthy for so many minutes. A change of a priority begins those minutes anew, so nothing moves at once.
 */

export type Ordered = Pick<MemberView, 'id' | 'hostname' | 'priority'>;

/** Of one that is only being added: first among equals, as its id may be, so that what may move is asked before it is sent. */
export const newMemberId = '';

/** Whether the order decides where records go, and not only who takes over. */
export const ordersRecords = ({ failback, automaticFailover }: PoolView): boolean =>
  failback.policy === 'automatic' && automaticFailover;

/** To whom records go back in this order; null = they stay with the active one. Of one priority it is the smaller id, as the server has it. */
function goesBackTo(pool: PoolView, members: readonly Ordered[]): Ordered | null {
  const active = members.find(({ id }) => id === pool.activeMemberId);
  if (!ordersRecords(pool) || active === undefined) return null;
  const preferred = members.reduce((best, one) => (isBefore(one, best) ? one : best), active);
  return preferred.priority < active.priority ? preferred : null;
}

const isBefore = (one: Ordered, other: Ordered): boolean =>
  one.priority < other.priority || (one.priority === other.priority && one.id < other.id);

/** A move of records that a change of priorities brings, and the words to confirm it by. */
export interface GoesBack {
  readonly to: string;
  readonly hostname: string;
  readonly sentence: string;
}

/** What comes of the records when `before` becomes `after`; null = nothing that was not so before. */
export function goesBackBy(pool: PoolView, before: readonly Ordered[], after: readonly Ordered[]): GoesBack | null {
  const to = goesBackTo(pool, after);
  if (to === null || to.id === goesBackTo(pool, before)?.id) return null;
  const { afterMinutes, window } = pool.failback;
  const from = after.find(({ id }) => id === pool.activeMemberId)?.hostname ?? 'the active member';
  const daily = window === null ? '' : `, between ${window.from} and ${window.to} UTC`;
  // Of one priority it is the smaller id, and a new member has none yet.
  const isOpen = to.id === newMemberId && after.some(({ id, priority }) => id !== to.id && priority === to.priority);
  return {
    to: to.id,
    hostname: to.hostname,
    sentence: `Records ${isOpen ? 'may ' : ''}go from ${from} to ${to.hostname} after ${afterMinutes} min of health from now${daily}: failback is automatic in this pool.`,
  };
}

/** The yes as the API takes it: to this move alone. A new member has no id yet. */
export const yesTo = ({ to, hostname }: GoesBack): Pick<MemberPatch, 'confirmFailback' | 'expectNext'> => ({
  confirmFailback: true,
  expectNext: to === newMemberId ? hostname.replace(/\.$/, '') : to,
});

type Changes = readonly Pick<Ordered, 'id' | 'priority'>[];

/** Each step has the whole yes: what somebody else sets in between may make another one first at any of them. */
export const withYes = (changes: Changes, goesBack: GoesBack | null) =>
  changes.map((change) => (goesBack === null ? change : { ...change, ...yesTo(goesBack) }));

/**
 * The changes in an order in which no step sends records to another one than before them or after all of them: a yes is to that one alone.
 * Members of one priority are told apart with the active member's own place last.
 */
export function inSteps(pool: PoolView, before: readonly Ordered[], changes: Changes): Changes {
  if (isStraight(pool, before, changes)) return changes;
  const isActive = ({ id }: Pick<Ordered, 'id'>) => Number(id === pool.activeMemberId);
  return changes.toSorted((a, b) => isActive(a) - isActive(b));
}

function isStraight(pool: PoolView, before: readonly Ordered[], changes: Changes): boolean {
  if (!ordersRecords(pool)) return true;
  const last = goesBackTo(pool, withPriorities(before, changes))?.id;
  const first = goesBackTo(pool, before)?.id;
  let now = before;
  let to = first;
  return changes.every((change) => {
    const was = to;
    now = withPriorities(now, [change]);
    to = goesBackTo(pool, now)?.id;
    return to === undefined || to === was || (to === last && to !== first);
  });
}

/** The same members with what was set. */
export const withPriorities = <One extends Ordered>(members: readonly One[], changes: Changes): readonly One[] =>
  members.map((one) => ({ ...one, priority: changes.find(({ id }) => id === one.id)?.priority ?? one.priority }));

/** What the order means in this pool, for who is about to change it. */
export function orderWords(pool: PoolView): string {
  const takesOver = 'The order decides who takes over next';
  if (ordersRecords(pool))
    return `${takesOver}. Failback is automatic here: records go to the first one once it has been healthy for ${pool.failback.afterMinutes} min.`;
  if (pool.failback.policy === 'automatic') return `${takesOver}; it moves nobody while automatic failover is off.`;
  return `${takesOver}; it moves nobody now.`;
}
