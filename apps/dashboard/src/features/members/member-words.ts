import type { MemberStatus, PoolView } from '@serverctl/contract';
import { isPublished, standbysOf } from '../../lib/pool/names.ts';
import { countText, numberText } from '../../lib/words.ts';

/** Of the active member: which of the pool's records are seen to answer its address. What is wished is no answer yet. */
export function answersText({ status }: PoolView, { address, address6 }: MemberStatus): string {
  const records = status.bindings.filter(
    ({ state, desiredAddress }) => state === 'published' || desiredAddress !== null,
  );
  if (records.length === 0) return 'It is active; no name leads to it yet.';
  const own = records.filter(
    (one) => isPublished(one) && [address, address6].some((is) => is !== null && is === one.desiredAddress),
  );
  if (own.length === records.length) return 'Its address is what the names answer.';
  if (own.length === 0) return 'It is active; no name is seen to answer its address.';
  return `It is active; ${numberText(own.length)} of ${countText(records.length, 'record')} are seen to answer its address.`;
}

/** What the removal of a member that is not active costs: who could still take over. */
export function costText(pool: PoolView, member: MemberStatus): string {
  if (member.role !== 'standby') return 'Nothing: it serves nobody yet.';
  const left = standbysOf(pool).filter(({ id }) => id !== member.id);
  const ready = left.filter((one) => one.ready).length;
  if (left.length === 0) return 'One standby fewer: then nobody can take over.';
  const are = left.length === 1 ? 'is' : 'are';
  if (ready === 0) return `One standby fewer: ${numberText(left.length)} ${are} left, and nobody of them is ready now.`;
  return `One standby fewer: ${numberText(left.length)} ${are} left, ${numberText(ready)} ready now.`;
}
