import type { BindingId, Instant, Member, MemberId, Pool, PoolId, PromotionKind } from '@serverctl/core';
import type {
  Binding,
  DecisionToKeep,
  Maintenance,
  Notice,
  OpenTrouble,
  PoolStatusRow,
  PromotionRecord,
  PublicationUpdate,
} from '../../apps/server/src/worker/ports.ts';
import { stillOpen, toldOf } from '../../apps/server/src/worker/still-open.ts';

export interface KeptPromotion extends PromotionRecord {
  readonly epoch: number;
  readonly at: Instant;
}

export interface KeptDecision extends Omit<DecisionToKeep, 'decidedAgoMs'> {
  readonly at: Instant;
}

/** A maintenance, which lasts until it is ended, or a release, which ends by itself at `until`. */
export interface Span {
  readonly from: Instant;
  readonly until: Instant;
}

/** What is kept of one name beside its state. */
export interface KeptTimeline {
  /** When a step was first reported, by `epoch step`. */
  readonly steps: Map<string, Instant>;
  /** Until when caches may hold any earlier record of it, and one that answered something else. */
  oldTtlUntil: Instant | null;
  oldAnswerUntil: Instant | null;
}

/** What the tables hold, for tests to fill and to look at. Instants are the database's: `clock.now()` as long as no wall clock jumped. */
export interface MemoryHouse {
  readonly pools: Map<PoolId, Pool>;
  readonly members: Map<MemberId, Member>;
  /** When the member's present key was enrolled; no entry = no key. */
  readonly enrolledAt: Map<MemberId, Instant>;
  /** What its agent declared, or where we saw it. */
  readonly reportedIpv4: Map<MemberId, string>;
  readonly reportedIpv6: Map<MemberId, string>;
  readonly bindings: Map<BindingId, Binding>;
  /** Promotions up to this epoch were acknowledged by a person (R11). */
  readonly acknowledgedEpoch: Map<PoolId, number>;
  /** The greatest epoch of ours that was read in a mark (R25). */
  readonly seenEpoch: Map<PoolId, number>;
  /** The pool's epoch when it was paused last (R13). */
  readonly pausedEpoch: Map<PoolId, number>;
  readonly poolMaintenance: Map<PoolId, Span>;
  readonly memberMaintenance: Map<MemberId, Span>;
  /** Members whose key two hosts use (R35). */
  readonly quarantined: Set<MemberId>;
  /** A person's release of R9 and R10. */
  brakeRelease: Span | null;
  /** Append only: it is indexed. */
  readonly promotions: KeptPromotion[];
  /** By their ids, in the order in which they came. */
  readonly decisions: Map<string, KeptDecision>;
  readonly publications: (PublicationUpdate & { readonly at: Instant })[];
  readonly timelines: Map<BindingId, KeptTimeline>;
  readonly statuses: Map<PoolId, PoolStatusRow>;
  /** What the loop was told to tell, and what the store wrote with a change of its own. */
  readonly events: Notice[];
}

/** The kinds that nobody asked for: refused at the commit when a person's word stands against them (R13). */
export const automaticKinds: ReadonlySet<PromotionKind> = new Set(['failover', 'failback', 'withdrawal', 'address']);

export function newHouse(): MemoryHouse {
  return {
    pools: new Map(),
    members: new Map(),
    enrolledAt: new Map(),
    reportedIpv4: new Map(),
    reportedIpv6: new Map(),
    bindings: new Map(),
    acknowledgedEpoch: new Map(),
    seenEpoch: new Map(),
    pausedEpoch: new Map(),
    poolMaintenance: new Map(),
    memberMaintenance: new Map(),
    quarantined: new Set(),
    brakeRelease: null,
    promotions: [],
    decisions: new Map(),
    publications: [],
    timelines: new Map(),
    statuses: new Map(),
    events: [],
  };
}

/** Keeps what a change of the store tells with it. */
export function keepEvent(house: MemoryHouse, event: Omit<Notice, 'memberId' | 'details'> & Partial<Notice>): void {
  house.events.push({ memberId: null, details: {}, ...event });
}

/** A maintenance as the loop reads it: past its end by the database's clock it has 0 or less left. */
export function maintenanceOf(span: Span | undefined, now: Instant): Maintenance | null {
  return span === undefined ? null : { stamp: stampOf(span), leftMs: span.until - Math.max(now, span.from) };
}

export function stampOf({ from, until }: Span): string {
  return `${from} ${until}`;
}

/** What is left of it, for whoever counts down on a clock of its own; null = over. A clock set back prolongs nothing beyond its length. */
export function leftMs(span: Span | undefined, now: Instant): number | null {
  if (span === undefined || span.until <= now) return null;
  return span.until - Math.max(now, span.from);
}

/** Whether it is in force beyond doubt; a clock that stands before its begin was set back and proves nothing. */
export function isInForce(span: Span | null | undefined, now: Instant): boolean {
  return span !== null && span !== undefined && span.from <= now && now < span.until;
}

/** Of all events that are turns what stands open. */
export function openTroubles({ events }: MemoryHouse): readonly OpenTrouble[] {
  return stillOpen(events.map(toldOf).filter((told) => told !== null));
}
