import type { BindingId, DnsName, Ipv4, Ipv6, PoolId, PromotionId, RecordType, TakeOver } from '@serverctl/core';

/* What the publisher is told of one record of a managed name. */

/** A managed name as the publisher needs it. */
export interface Binding {
  readonly id: BindingId;
  readonly poolId: PoolId;
  readonly name: DnsName;
  readonly zone: DnsName;
  readonly type: RecordType;
  /** As a person wishes it; the provider may have a floor (`DnsProvider.effectiveTtl`). */
  readonly ttlSeconds: number;
  /** Whether the provider's edge shall answer in place of the member; null = as it is. */
  readonly proxied: boolean | null;
  readonly credentialId: string;
  /** A person's yes to replacing a record that is not ours; cleared by the first successful write. Null = none. */
  readonly takeOver: TakeOver | null;
  /** Epoch whose address the provider acknowledged last; 0 = none. */
  readonly publishedEpoch: number;
  readonly publishedAddress: string | null;
  /** What a person set it to by hand is left so, until a person adopts or repairs it (R21): its state is `drift`. */
  readonly isLeft: boolean;
}

/** What a managed name shall answer, read right before the call (R17). */
export interface DesiredRecord {
  readonly binding: Binding;
  /** Of the binding's family. Null = none, for an AAAA that goes by the pool's setting `drop` (R20). */
  readonly address: Ipv4 | Ipv6 | null;
  readonly epoch: number;
  readonly promotionId: PromotionId;
  /**
   * The pool's epoch when it was paused; null = not paused. Nothing is written but what has a greater one: that was asked for by name
   * since, by a person who knew of the pause (R13).
   */
  readonly pausedEpoch: number | null;
}
