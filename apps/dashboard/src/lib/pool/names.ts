import type { BindingStatus, MemberStatus, PoolView } from '@serverctl/contract';

export const activeOf = (pool: PoolView): MemberStatus | null =>
  pool.status.members.find(({ id }) => id === pool.activeMemberId) ?? null;

/** What a pool calls one of its members; a removed one has no name any more. */
export const hostnameOf = (pool: PoolView, memberId: string | null): string =>
  pool.status.members.find(({ id }) => id === memberId)?.hostname ?? 'a removed member';

/** Who takes over next; null = nobody, or nobody knows yet. */
export const nextOf = (pool: PoolView): MemberStatus | null =>
  isJudgedBefore(pool) ? null : (pool.status.members.find(({ id }) => id === pool.status.nextInLine) ?? null);

/** The pool has moved since it was judged: whom that names next is active already, and who would follow is not judged yet. */
export const isJudgedBefore = ({ activeMemberId, status }: PoolView): boolean =>
  activeMemberId !== null && status.nextInLine === activeMemberId;

export const standbysOf = (pool: PoolView): readonly MemberStatus[] =>
  pool.status.members.filter(({ role }) => role === 'standby');

/** Each managed name once, whatever records it has. */
export const namesOf = (pool: PoolView): readonly string[] => [
  ...new Set(pool.status.bindings.map(({ name }) => name)),
];

/** Not written yet under the pool’s present epoch: what its name servers answered last is about the one before. */
export const isBehind = ({ epoch }: Pick<PoolView, 'epoch'>, { publishedEpoch }: BindingStatus): boolean =>
  publishedEpoch < epoch;

/** Every name server gives exactly what is wished, and at least one was asked. */
export const isPublished = ({ published }: BindingStatus): boolean =>
  published.length > 0 && published.every(({ ok }) => ok);

/** The address of a member, of the family that it has. */
export const addressOf = ({ address, address6 }: Pick<MemberStatus, 'address' | 'address6'>): string | null =>
  address ?? address6;
