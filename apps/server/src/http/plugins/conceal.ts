import { type Access, AppError, mayDo, type PoolId } from '@serverctl/core';

/**
 * A refusal may name the pool that a name or an address is taken in (`poolId` in its details). Who may not read that pool learns only that
 * it is another one.
 */
export function concealPool(error: AppError, access: Access | null): AppError {
  const { poolId, memberId: _memberId, member, ...details } = error.details;
  if (typeof poolId !== 'string') return error;
  if (access !== null && mayDo(access, 'pool:read', poolId as PoolId)) return error;
  const named = member === undefined ? {} : { member: 'a member of another pool' };
  return new AppError(error.code, { ...details, ...named, pool: 'another pool' }, error.cause);
}
