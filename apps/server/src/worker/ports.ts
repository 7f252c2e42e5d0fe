import type {
  BindingId,
  Decision,
  DnsProvider,
  EventKind,
  EventSeverity,
  HostReport,
  InstanceId,
  Ipv4,
  Ipv6,
  Judgement,
  Member,
  MemberId,
  PauseReason,
  Pool,
  PoolEvidence,
  PoolId,
  PromotionId,
  PromotionKind,
  Refusal,
} from '@serverctl/core';
import type { LeaseFence } from './ports-lease.ts';
import type { Maintenance, OverMaintenance, PresentPromotion, RecentPromotion } from './ports-pool.ts';
import type { Binding, DesiredRecord } from './ports-record.ts';
import type { OpenTrouble } from './ports-told.ts';

/*
 * The ports of the failover loop (ARCHITECTURE.md), declared beside their user. The loop, the publisher and the verifier touch the
 * world through these and `Clock` and `Random` only, so that the simulator runs the real ones.
 */

/** What one member last said. Instants are on the listener's monotonic clock, so only differences with its watermark mean anything. */
export interface HeardMember {
  readonly memberId: MemberId;
  readonly listenerId: string;
  readonly boot: number;
  readonly seq: number;
  /** Listener's instant of the last new `(boot, seq)`. */
  readonly heardAtMs: number;
  readonly report: HostReport;
  readonly declaredIpv4: string | null;
  readonly declaredIpv6: string | null;
  readonly seenIp: string;
  readonly refusal: Refusal | null;
}

/** One process that hears agents: up to which of its own instants everything it heard is stored (R2). */
export interface Watermark {
  readonly listenerId: string;
  readonly atMs: number;
}

export interface LivenessNews {
  /** Members heard since the last call, in the order stored; with `cursor` null every known one. */
  readonly heard: readonly HeardMember[];
  readonly watermarks: readonly Watermark[];
  readonly cursor: string;
}

/** Who was heard (ARCHITECTURE.md: one path, whether there is one process or four). */
export interface Liveness {
  /** What was stored since `cursor`. Rejects when the database does not answer. */
  news(cursor: string | null): Promise<LivenessNews>;
  /** Asks every listener for one more flush, before a loss is acted on (R2); resolves when this process's own is stored. */
  flush(): Promise<void>;
  /** Calls back at once when a listener stored a change that matters to a decision (R6). Returns the unsubscriber. */
  onChange(wake: () => void): () => void;
}

export interface PoolWithMembers {
  readonly pool: Pool;
  /** `publicIpv4` and `publicIpv6` are the addresses as stored: set by a person, else as its agent reported them. No decision knows others. */
  readonly members: readonly Member[];
  /** Members that have a valid key: only they can be heard. Value: ms since that key was enrolled, by the database's clock. */
  readonly enrolledForMs: ReadonlyMap<MemberId, number>;
  readonly bindings: readonly Binding[];
  /** Those of the last hour, newest first, and the newest one however old it is (R10, R11). None that was made before one of unknown age. */
  readonly recentPromotions: readonly RecentPromotion[];
  /** Null before the first one. */
  readonly present: PresentPromotion | null;
  /** The pool's; null = in none (R13). */
  readonly maintenance: Maintenance | null;
  /** Members in a maintenance of their own. */
  readonly memberMaintenance: ReadonlyMap<MemberId, Maintenance>;
  /** Members whose key two hosts use (R35). */
  readonly quarantined: ReadonlySet<MemberId>;
}

/** A pool that is to stand still until a person resumes it (R21, R25). */
export interface Pause {
  readonly because: Exclude<PauseReason, 'person'>;
  readonly sentence: string;
  /** The greatest epoch of ours that was read in a mark, or was there before the database was put back: later promotions are above it (R25). */
  readonly seenEpoch: number | null;
}

/** One change of a pool's decision, kept so that a person can ask why (R14). */
export interface DecisionRecord {
  readonly poolId: PoolId;
  readonly decision: Decision;
  readonly sentence: string;
  readonly evidence: PoolEvidence;
}

/** One on its way to the store, where it may come more than once: always under this id, with the time since it was made when it was sent. */
export type DecisionToKeep = DecisionRecord & { readonly id: string; readonly decidedAgoMs: number };

/** One name of a first publish: whether the person said yes to replacing its record, and what stood there. */
export interface ConfirmedName {
  readonly bindingId: BindingId;
  readonly name: string;
  readonly takeOver: boolean;
  readonly held: readonly string[];
  /** The mark that stood beside the record, as text; null = none. */
  readonly mark: string | null;
}

export interface PromotionRecord {
  readonly id: PromotionId;
  readonly poolId: PoolId;
  readonly kind: PromotionKind;
  readonly cause: string;
  readonly from: MemberId | null;
  readonly to: MemberId;
  /**
   * The addresses that the names answer from this epoch on: the target's in the evidence, at least one. The commit fails when either is no
   * longer the target's, or when the names need one that is not there (R20).
   */
  readonly address: Ipv4 | null;
  readonly address6: Ipv6 | null;
  /** Written with the promotion; empty but for a first publish. */
  readonly confirmedNames: readonly ConfirmedName[];
  /** The pool's epoch before; the commit fails with `pool_changed` when it is no longer that (R16). */
  readonly expectedEpoch: number;
  /** A person asked for the next ready standby and named no target: the commit fails with `pool_changed` in a maintenance of the pool (R13). */
  readonly toNext?: boolean;
  /** A person's commit fails with `pool_changed` when the pool is not paused, or not for that reason, as it is in here (R13). */
  readonly evidence: PoolEvidence;
  readonly decision: Decision;
  readonly sentence: string;
  readonly actor: string;
  readonly reason: string | null;
  /** How long before the decision the trouble was detected and the last heartbeat of the old active came; null = not applicable. */
  readonly detectedAgoMs: number | null;
  readonly lastHeartbeatAgoMs: number | null;
}

/** How publishing one name went, kept on the binding and the promotion's timeline. */
export type PublicationState =
  | 'idle'
  | 'publishing'
  | 'unknown-outcome'
  | 'verifying'
  | 'published'
  | 'partial'
  | 'blocked'
  | 'drift';

export interface PublicationUpdate {
  readonly bindingId: BindingId;
  readonly state: PublicationState;
  readonly epoch: number;
  readonly address: string | null;
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null;
  readonly servers: readonly ServerAnswer[];
  /** The provider acknowledged a write that no promotion asked for: somebody had changed the record (R21). It gets an audit entry (I17). */
  readonly repaired?: boolean;
  /** With `acknowledged`: the TTL of the record that was replaced, in seconds; null = clients saw none, or nobody knows. */
  readonly previousTtlSeconds?: number | null;
  /** With `acknowledged`: the same where the record that was replaced answered something else; null = what it answers now. */
  readonly oldAnswerTtlSeconds?: number | null;
  /** Step of the promotion's timeline this update completes, with its time. */
  readonly step: 'acknowledged' | 'answered' | 'all-answered' | 'old-ttl-elapsed' | null;
}

export interface ServerAnswer {
  readonly server: string;
  readonly addresses: readonly string[];
  readonly ok: boolean;
  readonly error: string | null;
}

/** Durable state of the loop. Two implementations, in memory and PostgreSQL, pass one contract suite. */
export interface PoolStore {
  /** All pools with what a decision needs. Cheap enough to be read after each change notice. */
  pools(): Promise<readonly PoolWithMembers[]>;
  /** Calls back when a pool, member, key or binding changed. */
  onChange(wake: () => void): () => void;
  /** One transaction: epoch + 1, active member, promotion, evidence, audit entry, event (R16). Only under the lease `fence`. Returns the new epoch. */
  promote(promotion: PromotionRecord, fence: LeaseFence): Promise<number>;
  /** Latches `held` (R11), once, with its event; nothing when the pool's epoch is no longer the expected one. */
  hold(poolId: PoolId, expectedEpoch: number, sentence: string, fence: LeaseFence): Promise<void>;
  /**
   * Latches `paused`, once, with its audit entry and event; a greater `seenEpoch` is kept in any case (R21, R25). Returns whether it did: where
   * the pool was paused before, nothing was told.
   */
  pause(poolId: PoolId, pause: Pause, fence: LeaseFence): Promise<boolean>;
  /** Ends a maintenance that is over by the loop's clock, with its audit entry; nothing when a person ended it or began it anew (R13). */
  endMaintenance(over: OverMaintenance, fence: LeaseFence): Promise<void>;
  /** What is left of a person's release of R9 and R10, by the database's clock; null = none. */
  brakesReleasedForMs(): Promise<number | null>;
  /** Keeps each changed decision with its evidence (R14), once, under the time at which it was made: the earliest of those it was told. */
  recordDecisions(decisions: readonly DecisionToKeep[]): Promise<void>;
  /** What the pool's names shall answer now: the address of the present epoch's promotion; null while nobody is active (R16, R17). */
  desired(bindingId: BindingId): Promise<DesiredRecord | null>;
  /**
   * Each step of an epoch once, as it was first reported, and so until when its old answers live: whatever is written under it later. Resolves
   * with what is left of them in ms where `old-ttl-elapsed` came too early and is to be reported again after that, else with 0.
   */
  recordPublication(update: PublicationUpdate): Promise<number>;
  /** Stores judgements for the API, the CLI and the dashboard; a cache that may vanish. With news, whoever shows pools is told at once. */
  storeStatus(statuses: readonly PoolStatusRow[], hasNews?: boolean): Promise<void>;
  /** What people were told of pools, members, names and the fleet, trouble or maintenance, and not yet that it is over; last told last. */
  openTroubles(): Promise<readonly OpenTrouble[]>;
}

export interface PoolStatusRow {
  readonly poolId: PoolId;
  readonly judgement: Judgement;
  readonly evidence: PoolEvidence;
  readonly frozenTicks: number;
}

export type { AuthoritativeServer, Resolver } from '@serverctl/core';
export type { Lease, LeaseFence, LeaseTerm } from './ports-lease.ts';
export type { Maintenance, OverMaintenance, PresentPromotion, RecentPromotion } from './ports-pool.ts';
export type { Binding, DesiredRecord } from './ports-record.ts';
export type { OpenTrouble } from './ports-told.ts';

/** So many calls in any time of this length (R22). */
export interface CallLimit {
  readonly calls: number;
  readonly perMs: number;
}

/** The provider for a credential, opened with its decrypted secret; cached by credential version. */
export interface DnsProviders {
  forCredential(credentialId: string): Promise<DnsProvider>;
  /** What the provider allows one credential; null = no limit (R22). */
  limitOf(credentialId: string): CallLimit | null;
  readonly instance: InstanceId;
}

export type Severity = EventSeverity;

export interface Notice {
  readonly kind: EventKind;
  readonly severity: Severity;
  readonly poolId: PoolId | null;
  readonly memberId: MemberId | null;
  readonly sentence: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** For the event log alone: no channel is told. */
  readonly quiet?: boolean;
}

/** Tells people: the event log and the channels. Never rejects and never waits for a channel: no failover waits for a notice. */
export interface Notifier {
  notify(notice: Notice): void;
}

/** How late this process runs what is due: with R2's other measures it proves that a heartbeat could have been heard. */
export interface EventLoopMonitor {
  /** The worst delay of the event loop within the last second, in ms. */
  worstDelayMs(): number;
  /** Told when a turn of the failover loop is over and did nothing: what would hold the loop up amid something else is best done now. */
  rest?(): void;
}

/** What the worker writes for whoever reads the server's log; pino's logger is one. */
export interface WorkerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
