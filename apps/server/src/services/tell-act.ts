import type { MemberId, PoolId } from '@serverctl/core';
import type { Notice } from '../worker/ports.ts';
import type { ServiceDeps } from './deps.ts';

/** A person's act that wakes somebody. */
export interface Act extends Pick<Notice, 'kind' | 'severity' | 'sentence' | 'details'> {
  readonly poolId?: string;
  readonly memberId?: string;
}

/** The event, and what is due to the channels, was written in the transaction of the act. */
export function tellAct({ notifier }: Pick<ServiceDeps, 'notifier'>, { poolId, memberId, ...told }: Act): void {
  const about = { poolId: (poolId ?? null) as PoolId | null, memberId: (memberId ?? null) as MemberId | null };
  notifier.notify({ ...told, ...about, logged: true });
}
