import type { MemberEvidence } from './evidence.ts';

/** From this many failures within the last hour on a member is the last choice (R11). */
export const lastChoiceFromFailures = 3;

/**
 * The order of candidates, total and independent of the order they come in: members with 3 failures in the last hour last (R11), then
 * the lower priority number, then longest healthy, then the smaller id.
 */
export function compareCandidates(a: MemberEvidence, b: MemberEvidence): number {
  return (
    Number(isLastChoice(a)) - Number(isLastChoice(b)) ||
    a.priority - b.priority ||
    b.healthyForMs - a.healthyForMs ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}

/** Whether the member failed so often in the last hour that any other ready one goes first (R11). */
export function isLastChoice(member: Pick<MemberEvidence, 'failuresLastHour'>): boolean {
  return member.failuresLastHour >= lastChoiceFromFailures;
}

/** The same members, sorted by `compareCandidates`. */
export function inOrder(members: readonly MemberEvidence[]): readonly MemberEvidence[] {
  return members.toSorted(compareCandidates);
}
