import type { BindingId, Instant, Member, MemberId, Pool, PoolId, PromotionKind } from '@serverctl/core';
import type { Binding, PoolStatusRow, PromotionRecord, PublicationUpdate } from '../../apps/server/src/worker/ports.ts';

export interface KeptPromotion extends PromotionRecord {
  readonly epoch: number;
  readonly at: Instant;
}

/** What the tables hold, for tests to fill and to look at. */
export interface MemoryHouse {
  readonly pools: Map<PoolId, Pool>;
  readonly members: Map<MemberId, Member>;
  /** When the member's present key was enrolled; no entry = no key. */
  readonly enrolledAt: Map<MemberId, Instant>;
  /** What its agent declared, or where we saw it. */
  readonly reportedIpv4: Map<MemberId, string>;
  readonly bindings: Map<BindingId, Binding>;
  readonly acknowledgedAt: Map<PoolId, Instant>;
  readonly promotions: KeptPromotion[];
  readonly publications: (PublicationUpdate & { readonly at: Instant })[];
  readonly statuses: Map<PoolId, PoolStatusRow>;
  readonly events: { readonly kind: string; readonly poolId: PoolId | null; readonly sentence: string }[];
}

/** The kinds that R11's bucket counts. */
export const automaticKinds: ReadonlySet<PromotionKind> = new Set(['failover', 'failback']);

export function newHouse(): MemoryHouse {
  return {
    pools: new Map(),
    members: new Map(),
    enrolledAt: new Map(),
    reportedIpv4: new Map(),
    bindings: new Map(),
    acknowledgedAt: new Map(),
    promotions: [],
    publications: [],
    statuses: new Map(),
    events: [],
  };
}
