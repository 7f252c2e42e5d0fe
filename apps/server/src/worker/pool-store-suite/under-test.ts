import type { BindingId, DnsName, MemberId, PoolId, RecordType } from '@serverctl/core';
import type { DecisionRecord, LeaseFence, Notice, PoolStatusRow, PoolStore, PromotionRecord } from '../ports.ts';

/** A store under test, and how a test furnishes it. Every id, hostname and address that is given is used once. */
export interface StoreUnderTest {
  readonly store: PoolStore;
  /** A pool without members: epoch 0, automatic failover on, neither held nor paused. */
  addPool(id: PoolId): Promise<void>;
  /** A member with this public address, set by a person; `enrolled` = it has a valid key. */
  addMember(poolId: PoolId, id: MemberId, publicIpv4: string | null, enrolled: boolean): Promise<void>;
  /** Type A unless another is given. */
  addBinding(poolId: PoolId, id: BindingId, name: DnsName, type?: RecordType): Promise<void>;
  /** What the member's agent says its address is. */
  reportAddress(id: MemberId, address: string): Promise<void>;
  /** What a person sets for this family; null = no longer set. */
  setAddress(id: MemberId, address: string | null, type?: RecordType): Promise<void>;
  /** What becomes of an AAAA with a member that has no IPv6 address; `drop` before. */
  requireIpv6(poolId: PoolId): Promise<void>;
  switchAutomaticFailoverOff(poolId: PoolId): Promise<void>;
  /** Off before. */
  switchDynamicDns(poolId: PoolId, isOn: boolean): Promise<void>;
  /** What a person's acknowledgement does (R11). */
  acknowledge(poolId: PoolId): Promise<void>;
  /** From now on, for so long; null ends it (R13). */
  setPoolMaintenance(poolId: PoolId, forMs: number | null): Promise<void>;
  setMemberMaintenance(id: MemberId, forMs: number | null): Promise<void>;
  /** What a person's pausing and resuming do (R13). */
  pause(poolId: PoolId): Promise<void>;
  resume(poolId: PoolId): Promise<void>;
  /** Of R9 and R10, by a person. */
  releaseBrakes(forMs: number): Promise<void>;
  restoreBrakes(): Promise<void>;
  /** Two hosts use this member's key (R35). */
  quarantine(id: MemberId): Promise<void>;
  /** The wall clock of the store's server jumps, to the past when negative; so does each age that it tells. */
  jumpWallClock(ms: number): Promise<void>;
  /** What the notifier does with a notice, in the end: it is in the event log. */
  tell(notice: Notice): Promise<void>;
  /** Kinds of the pool's events but for its promotions, oldest first. */
  events(poolId: PoolId): Promise<readonly string[]>;
  /** The status that was stored last; null = none. */
  status(poolId: PoolId): Promise<PoolStatusRow | null>;
  /** The pool's kept decisions, oldest first. */
  decisions(poolId: PoolId): Promise<readonly DecisionRecord[]>;
  /** What is kept of the name's promotions, in the order of time. */
  timeline(id: BindingId): Promise<NameTimeline>;
  /** Without the lease, as within a person's change. */
  promote(promotion: PromotionRecord): Promise<number>;
  /** Lets this holder take the lease, whoever had it. */
  takeLease(holder: string): Promise<LeaseFence>;
  /** Resolves once what was written before has been told to subscribers. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface NameTimeline {
  readonly steps: readonly { readonly epoch: number; readonly step: string; readonly agoMs: number }[];
  /** How long caches may still hold another answer than the present epoch's; null = nobody ever saw one. */
  readonly oldAnswerLeftMs: number | null;
}

/** How a part of the suite gets its store: it is opened after the tests were named. */
export type Under = () => StoreUnderTest;
