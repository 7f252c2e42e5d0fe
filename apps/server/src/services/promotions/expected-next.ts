import { AppError, type MemberId, type PoolEvidence } from '@serverctl/core';

/**
 * What was previewed is what is confirmed: throws `pool_changed` when the next ready standby is not the one that the person was shown, by
 * id or hostname. Saying "next" again, and not its name, keeps a pause and a maintenance binding (R13).
 */
export function assertExpectedNext(
  { pool, members }: PoolEvidence,
  next: MemberId,
  expected: string | undefined,
): void {
  const hostname = members.find((member) => member.id === next)?.hostname ?? next;
  if (expected === undefined || expected === next || expected.toLowerCase() === hostname) return;
  throw new AppError('pool_changed', { pool: pool.name, next: hostname });
}
