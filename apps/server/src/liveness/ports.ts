import type { HaproxyTraffic } from '@serverctl/contract/agent';
import type { Instant, Ipv4, Ipv6, MemberId, RecordType } from '@serverctl/core';
import type { Beat } from './beat.ts';

/*
 * What a listener needs of its surroundings, so that the same one runs on PostgreSQL and in memory. The reader's side is `Liveness`
 * (worker/ports.ts); liveness-suite.ts says what both must do together.
 */

/** A reading of HAProxy, and when the beat that carried it was heard: seldom the beat that is stored. */
export interface HeardTraffic {
  readonly traffic: HaproxyTraffic;
  readonly heardAtMs: Instant;
}

export interface HeardBeat {
  readonly beat: Beat;
  readonly heardAtMs: Instant;
  /** The beat's `report` as JSON, made once per change. */
  readonly reportJson: string;
  /** The newest that is not stored yet; null leaves what is stored as it is. */
  readonly traffic: HeardTraffic | null;
}

/** One write: at most one beat per member. */
export interface Batch {
  readonly listenerId: string;
  readonly watermarkMs: Instant;
  readonly beats: readonly HeardBeat[];
  /** Whether a decision may depend on something in it: readers are told at commit. */
  readonly changed: boolean;
}

export interface BeatStore {
  /**
   * Stores beats and watermark as one: no reader sees the watermark without the beats before it (R2, I7). A member's row only goes
   * forward in `(boot, seq)`, a listener's watermark only forward in time. Rejects when it may not be stored.
   */
  store(batch: Batch): Promise<void>;
}

export interface ReportedAddress {
  readonly memberId: MemberId;
  readonly address: Ipv4 | Ipv6;
  /** What stands there may be another listener's, and a change of its own be under way. */
  readonly isDoubted: boolean;
}

export interface AddressStore {
  /**
   * Keeps what the members' hosts said to this listener, all for records of one type, but not of whom another listener has heard since.
   * Returns those that are to be written again: another member has their address.
   */
  write(listenerId: string, type: RecordType, reports: readonly ReportedAddress[]): Promise<ReadonlySet<MemberId>>;
}

/** A beat that its own host cannot have sent beside the others: two hosts use one key (R35). */
export interface SuspectedClone {
  readonly memberId: MemberId;
  readonly boot: number;
  /** Where the line that is ahead stands, and where the other one does. */
  readonly seqs: readonly [number, number];
}
