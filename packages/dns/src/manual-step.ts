import type { Ipv4, Ipv6, Mark, PoolId, RecordRef } from '@serverctl/core';

/** One thing that a person does: a text to read, and lines to copy into a shell as they stand; none where it is done elsewhere. */
export interface ManualStep {
  readonly text: string;
  readonly commands: readonly string[];
}

/** One managed name that a person is to move without us. Nothing in it is a secret, and nothing secret comes out of it. */
export interface MoveByHand {
  readonly pool: PoolId;
  /** Whether the pool is paused: else it goes on deciding as soon as the control plane runs. */
  readonly paused: boolean;
  readonly ref: RecordRef;
  readonly ttlSeconds: number;
  /**
   * What stands beside the record as far as is known: the mark of the last write that was acknowledged. Null = none was. On a name server A
   * and AAAA of a name share one: it is of the last write to either.
   */
  readonly mark: Mark | null;
  /** What was decided and not acknowledged yet: it is written as soon as the control plane can. Null address = the AAAA goes (R20). */
  readonly pending: { readonly epoch: number; readonly address: string | null } | null;
  /** Members that have an address of the record's family. No other may stand in the record: it would be put right at once (R21). */
  readonly targets: readonly { readonly hostname: string; readonly address: Ipv4 | Ipv6 }[];
}

/** Before the steps of which one alone is done: each of them is for another member. Empty where there is only one. */
export function onlyOneOf({ targets }: MoveByHand): string {
  return targets.length > 1 ? `Only one of these ${targets.length} steps, for the member that you have chosen: ` : '';
}
