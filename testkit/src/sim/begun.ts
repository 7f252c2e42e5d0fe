import type { MemberId, PoolId } from '@serverctl/core';

/** A fault in force. `forMs` 0 = momentary: it is over when it has begun. */
export interface Begun {
  readonly forMs: number;
  readonly end?: () => void;
  readonly poolId?: PoolId;
  readonly memberId?: MemberId;
  readonly replica?: string;
  /** What no second fault may touch until this one has ended. */
  readonly claims?: readonly string[];
}
