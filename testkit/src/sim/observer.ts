import type { BindingId, MemberId, PoolId, Refusal } from '@serverctl/core';
import type {
  DecisionRecord,
  LeaseFence,
  Notice,
  Pause,
  PoolStatusRow,
  PublicationUpdate,
} from '../../../apps/server/src/worker/ports.ts';
import type { KeptPromotion } from '../memory-house.ts';
import type { FaultEvent } from './fault-event.ts';
import type { Truth } from './truth.ts';

/*
 * What a simulated world tells whoever judges it. Every instant `at` is the world's own time in ms since it began: no process of it can
 * read that clock. A call comes in the middle of the event it is about, before anything that follows from it; `onEvent` comes when all
 * that follows without time has been carried out.
 */

export interface BeatEvent {
  readonly memberId: MemberId;
  /** The host that sent it: a clone has the member's key and another name. */
  readonly host: string;
  readonly boot: number;
  readonly seq: number;
  readonly replica: string;
}

export interface HeardEvent extends BeatEvent {
  /** `new` alone is a sign of life. */
  readonly verdict: 'new' | 'old' | 'superseded-boot';
  readonly refusal: Refusal | null;
  /** When the beat was sent, in world time: what it reports was true then. */
  readonly sentAt: number;
}

/** One call of a publisher to the provider, from its start until the caller has its answer, or has given up. */
export interface DnsCall {
  readonly call: number;
  readonly replica: string;
  readonly verb: 'read' | 'replace' | 'probe';
  readonly bindingId: BindingId;
  readonly poolId: PoolId;
  /** Of the request's mark; null for a read. */
  readonly epoch: number | null;
  readonly address: string | null;
  /** The fence this process held when it began the call; null = none, which is a fault of the product. */
  readonly fence: LeaseFence | null;
  readonly startedAt: number;
  /**
   * The last answer of `desired` for this name that this process got: when the database read it, and when the answer came back (R16,
   * R17: none lies between it and a replace). Null = it never asked.
   */
  readonly wish: { readonly readAt: number; readonly answeredAt: number } | null;
}

/** `unsent`: its write was not wanted any more (R16). */
export type DnsOutcome = 'ok' | 'already' | 'unsent' | `error:${string}`;

/** A write of ours that took effect at the provider, whatever its caller was told. */
export interface AppliedWrite {
  readonly call: DnsCall;
  readonly flavour: 'conditional' | 'plain';
  readonly epoch: number;
  /** Null = none: an AAAA was withdrawn. */
  readonly address: string | null;
  /** The epoch of our mark that stood there before; null = no mark of ours for this pool. */
  readonly epochBefore: number | null;
  readonly addressesBefore: readonly string[];
  /** The caller was answered, or had given up, before it took effect. */
  readonly late: boolean;
  /**
   * The pool's epoch as its process knew it right before it was sent with others, and could still leave it out (R16); null = by itself.
   */
  readonly knownEpoch: number | null;
}

/** Any change of what a managed name holds, whoever made it. */
export interface RecordChange {
  readonly bindingId: BindingId;
  readonly poolId: PoolId;
  readonly by: 'us' | 'person' | 'other-plane';
  readonly addresses: readonly string[];
}

/** Whose promotion was committed. `replica` and `fence` null = a person's service did it. */
export interface PromotedBy {
  readonly replica: string | null;
  readonly fence: LeaseFence | null;
  /** When `promote` was called: the evidence is of that moment or just before, a slow database commits it later. */
  readonly calledAt: number;
}

/** Something a person did through the operator's services. */
export interface OperatorAct {
  readonly kind: string;
  readonly poolId: PoolId | null;
  readonly memberId: MemberId | null;
}

/**
 * What just happened to a process. `frozen`: SIGSTOP or a blocked event loop, its monotonic clock runs on; `suspended`: its machine stands
 * still, and that clock with it. `resumed` ends both.
 */
export type ReplicaState = 'started' | 'killed' | 'stopped' | 'frozen' | 'suspended' | 'resumed';

/** Implement what is of interest; what is left out costs nothing. An exception of an observer ends the world. */
export interface Observer {
  /** Before anything moves. `truth` stays valid and current for the world's life. */
  onBegin?(truth: Truth): void;
  /** After each event and all that follows from it without time; `count` rises by one. */
  onEvent?(at: number, count: number): void;
  onFault?(fault: FaultEvent, at: number): void;
  onBeatSent?(beat: BeatEvent, at: number): void;
  onBeatHeard?(beat: HeardEvent, at: number): void;
  /** A process began or ceased to hold the lease, as it sees it. The replica's own clock may have run out before it notices. */
  onLease?(replica: string, fence: LeaseFence | null, at: number): void;
  onPromotion?(promotion: KeptPromotion, by: PromotedBy, at: number): void;
  onHeld?(poolId: PoolId, replica: string, at: number): void;
  onPaused?(poolId: PoolId, pause: Pause, replica: string, at: number): void;
  /** A changed decision, as the leader stores it (R14). */
  onDecision?(record: DecisionRecord, replica: string, at: number): void;
  /** Statuses at the moment the leader asks to store them: judgement and evidence of that turn. Written when changed, and now and then. */
  onStatuses?(rows: readonly PoolStatusRow[], replica: string, at: number): void;
  onPublication?(update: PublicationUpdate, replica: string, at: number): void;
  onNotice?(notice: Notice, replica: string, at: number): void;
  onDnsCallStarted?(call: DnsCall, at: number): void;
  onDnsCallEnded?(call: DnsCall, outcome: DnsOutcome, at: number): void;
  onWriteApplied?(write: AppliedWrite, at: number): void;
  /** A write reached the provider and changed nothing: what stood there was no longer what its caller had read. */
  onWriteRejected?(call: DnsCall, at: number): void;
  onRecordChanged?(change: RecordChange, at: number): void;
  onOperator?(act: OperatorAct, at: number): void;
  /** A key was stored: `secret` names the enrolment that it came from (I15). */
  onEnrolled?(memberId: MemberId, secret: string, at: number): void;
  /** The store noted that two hosts use this member's key (R35). */
  onQuarantined?(memberId: MemberId, at: number): void;
  onReplica?(replica: string, state: ReplicaState, at: number): void;
  /** The database was put back to an older state; `lost` are the promotions that it forgot (R25, I20). */
  onRestored?(lost: readonly KeptPromotion[], at: number): void;
  /** A line of a process's log of level warn or error. */
  onLog?(
    line: {
      readonly replica: string;
      readonly level: 'warn' | 'error';
      readonly message: string;
      readonly error: unknown;
    },
    at: number,
  ): void;
  /** Every fault has ended and none will come. */
  onHealed?(at: number): void;
  /** The world has ended; nothing is called after it. */
  onEnd?(at: number): void;
}
