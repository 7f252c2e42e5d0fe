import type { BindingStatus, MemberStatus, PoolView } from '@serverctl/contract';

export const activeOf = (pool: PoolView): MemberStatus | null =>
  pool.status.members.find(({ id }) => id === pool.activeMemberId) ?? null;

/** What a pool calls one of its members; a removed one has no name any more. */
export const hostnameOf = (pool: PoolView, memberId: string | null): string =>
  pool.status.members.find(({ id }) => id === memberId)?.hostname ?? 'a removed member';

export const nextOf = (pool: PoolView): MemberStatus | null =>
  pool.status.members.find(({ id }) => id === pool.status.nextInLine) ?? null;

export const standbysOf = (pool: PoolView): readonly MemberStatus[] =>
  pool.status.members.filter(({ role }) => role === 'standby');

/** Each managed name once, whatever records it has. */
export const namesOf = (pool: PoolView): readonly string[] => [
  ...new Set(pool.status.bindings.map(({ name }) => name)),
];

/** Every name server gives exactly what is wished, and at least one was asked. */
export const isPublished = ({ published }: BindingStatus): boolean =>
  published.length > 0 && published.every(({ ok }) => ok);

/** The address of a member, of the family that it has. */
export const addressOf = ({ address, address6 }: Pick<MemberStatus, 'address' | 'address6'>): string | null =>
  address ?? address6;
