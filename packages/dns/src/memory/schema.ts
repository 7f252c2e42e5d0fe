import type { ErrorCode, InstanceId } from '@serverctl/core';
import type { MemoryZone } from './zone.ts';

/** The zone in memory, and a credential that may be less than good. */
export interface MemoryProviderOptions {
  readonly zone: MemoryZone;
  /** Whose marks are ours. */
  readonly instance: InstanceId;
  /** What the credential may do. Default: both. */
  readonly rights?: { readonly edit?: boolean; readonly mark?: boolean };
  /** Every call fails with this code: a credential that is no good. */
  readonly refusal?: ErrorCode;
}
