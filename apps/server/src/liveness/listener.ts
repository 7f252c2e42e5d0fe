import {
  type BeatVerdict,
  type Instant,
  type MemberId,
  observeBeat,
  type Sequence,
  startSequence,
} from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { type Beat, changesDecision, printOf } from './beat.ts';
import { Pace, paceLimits } from './pace.ts';
import type { AddressStore, BeatStore, HeardBeat, HeardTraffic, SuspectedClone } from './ports.ts';
import { ReportedAddresses } from './reported-address.ts';
import { type BeatCounts, gapLimit, type LivenessStatistics, noBeats, type SequenceGap } from './statistics.ts';

/*
 * The writer's side of liveness: one per process that hears agents. Per member it keeps the last beat and where that beat stands:
 *
 *   stored     the database has it, or a newer one
 *   pending    it waits for the next write; a newer beat replaces it, so a member costs one row however often it beats
 *   in flight  it is part of the write that runs now; when that fails it is pending again, unless a newer one took its place
 *
 * A beat that changes a decision (HAProxy, package lock, refusal, address, boot, first hearing) urges the write
 * (pace.ts) and tells readers with its commit. HAProxy's traffic comes with one beat in five and is kept beside the
 * beat until it is stored, so that the beats that replace that one do not lose it; it urges nothing. Nothing is written
 * per beat, and no beat waits for a write (R2: silence is judged from the watermark).
 */

export interface ListenerOptions {
  readonly beats: BeatStore;
  readonly addresses: AddressStore;
  /** Calls back when one more write is wanted before a loss is acted on (R2). Returns the unsubscriber. */
  readonly onFlushAsked: (flush: () => void) => () => void;
  readonly clock: Clock;
  /** New with each start of the process: instants of two runs must never be compared (R1). */
  readonly listenerId: string;
  /** Called when writing begins to fail, with the error, and when it succeeds again, with null. */
  readonly onStorage?: (error: unknown) => void;
  /** Called when a member's beats come from two hosts (R35); again after a while, while it goes on. */
  readonly onClone?: (clone: SuspectedClone) => void;
}

export interface Listener {
  readonly listenerId: string;
  /** Compares `(boot, seq)` in memory and keeps a new beat (R35). No I/O. */
  hear(beat: Beat): BeatVerdict;
  noteUnauthenticated(): void;
  noteSuperseded(): void;
  /** False when nothing was stored for 1 s: agents are sent to their next URL (R2). */
  flushHealthy(): boolean;
  lastFlushAgeMs(): number;
  /** Resolves when a write that started after this call is stored (R2: once more, before a loss is acted on). */
  flush(): Promise<void>;
  /** Forgets members for whom `known` is false. */
  retain(known: (memberId: MemberId) => boolean): void;
  statistics(): LivenessStatistics;
  /** When this process heard each member last, by its own clock. */
  heard(): Iterable<readonly [MemberId, Instant]>;
  /** The last gaps in members' sequences, newest last. */
  gaps(): readonly SequenceGap[];
  start(): void;
  stop(): Promise<void>;
}

interface Heard {
  sequence: Sequence;
  beat: Beat;
  heardAtMs: Instant;
  reportJson: string | null;
  /** The newest that is not stored. */
  traffic: HeardTraffic | null;
  pending: boolean;
}

/** The listener of this process. `listenerId` and the clock belong together: both are new with each start. */
export function createListener(options: ListenerOptions): Listener {
  return new LivenessListener(options);
}

class LivenessListener implements Listener {
  readonly listenerId: string;
  readonly #beats: BeatStore;
  readonly #clock: Clock;
  readonly #onFlushAsked: ListenerOptions['onFlushAsked'];
  #unsubscribe = () => {};
  readonly #onStorage: (error: unknown) => void;
  readonly #onClone: (clone: SuspectedClone) => void;
  readonly #pace: Pace;
  readonly #addresses: ReportedAddresses;
  readonly #members = new Map<MemberId, Heard>();
  readonly #counts: BeatCounts = noBeats();
  readonly #gaps: SequenceGap[] = [];
  readonly #written = { statements: 0, changeStatements: 0, failedStatements: 0 };
  #pending: Heard[] = [];
  #changed = false;
  #failing = false;

  constructor(options: ListenerOptions) {
    const { beats, addresses, onFlushAsked, clock, listenerId } = options;
    const { onStorage = () => {}, onClone = () => {} } = options;
    this.listenerId = listenerId;
    this.#beats = beats;
    this.#onFlushAsked = onFlushAsked;
    this.#clock = clock;
    this.#onStorage = onStorage;
    this.#onClone = onClone;
    this.#addresses = new ReportedAddresses(listenerId, addresses, clock, onStorage);
    this.#pace = new Pace(clock, (watermarkMs) => this.#store(watermarkMs));
  }

  hear(beat: Beat): BeatVerdict {
    const known = this.#members.get(beat.memberId);
    const before = known?.sequence ?? startSequence();
    const now = this.#clock.now();
    const { verdict, sequence, cloneSeq } = observeBeat(
      before,
      { boot: beat.boot, seq: beat.seq, print: printOf(beat) },
      now,
    );
    if (known !== undefined) known.sequence = sequence;
    if (cloneSeq !== null) this.#onClone({ memberId: beat.memberId, boot: beat.boot, seqs: [sequence.seq, cloneSeq] });
    if (verdict !== 'new') {
      this.#counts[verdict === 'old' ? 'dropped' : 'superseded'] += 1;
      return verdict;
    }
    this.#counts.accepted += 1;
    if (beat.refusal !== null) this.#counts.refused += 1;
    const heard = known ?? { sequence, beat, heardAtMs: 0, reportJson: null, traffic: null, pending: false };
    if (known === undefined) this.#members.set(beat.memberId, heard);
    else if (before.boot === beat.boot) this.#countGap(beat.memberId, beat.seq - before.seq - 1);
    const isNext = beat.boot === before.boot && beat.seq === before.seq + 1;
    if (known !== undefined && !isNext) {
      this.#addresses.doubt(beat.memberId); // it may have been heard by another process
      this.#addresses.note(beat);
    }
    if (known === undefined || changesDecision(known.beat, beat)) {
      heard.reportJson = null;
      this.#addresses.note(beat);
      this.#changed = true;
      this.#pace.urge();
    }
    heard.beat = beat;
    heard.heardAtMs = now;
    if (beat.traffic !== null) heard.traffic = { traffic: beat.traffic, heardAtMs: heard.heardAtMs };
    this.#keep(heard);
    return verdict;
  }

  noteUnauthenticated(): void {
    this.#counts.unauthenticated += 1;
  }

  noteSuperseded(): void {
    this.#counts.superseded += 1;
  }

  flushHealthy(): boolean {
    return this.#pace.storedAgeMs() < paceLimits.healthyMs;
  }

  lastFlushAgeMs(): number {
    return this.#pace.storedAgeMs();
  }

  flush(): Promise<void> {
    return this.#pace.flush();
  }

  retain(known: (memberId: MemberId) => boolean): void {
    for (const memberId of this.#members.keys()) {
      if (known(memberId)) continue;
      this.#members.delete(memberId);
      this.#addresses.forget(memberId);
    }
  }

  statistics(): LivenessStatistics {
    return {
      listenerId: this.listenerId,
      members: this.#members.size,
      beats: { ...this.#counts },
      ...this.#written,
      lastFlushAgeMs: this.lastFlushAgeMs(),
      flushHealthy: this.flushHealthy(),
    };
  }

  *heard(): Iterable<readonly [MemberId, Instant]> {
    for (const [memberId, { heardAtMs }] of this.#members) yield [memberId, heardAtMs];
  }

  gaps(): readonly SequenceGap[] {
    return [...this.#gaps];
  }

  start(): void {
    this.#pace.start();
    // A failed write is told by `onStorage`; whoever asked reads the watermark.
    this.#unsubscribe = this.#onFlushAsked(() => void this.flush().catch(() => {}));
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#pace.stop();
    await this.#addresses.idle();
  }

  async #store(watermarkMs: Instant): Promise<void> {
    const batch = this.#pending;
    const changed = this.#changed;
    this.#pending = [];
    this.#changed = false;
    const beats = batch.map(inFlight);
    const said = this.#addresses.said();
    this.#written.statements += 1;
    if (changed) this.#written.changeStatements += 1;
    try {
      await this.#beats.store({ listenerId: this.listenerId, watermarkMs, beats, changed });
    } catch (error) {
      this.#written.failedStatements += 1;
      this.#changed ||= changed;
      for (const heard of batch) this.#keep(heard);
      if (!this.#failing) this.#onStorage(error);
      this.#failing = true;
      throw error;
    }
    for (const [index, heard] of batch.entries()) {
      if (heard.traffic === beats[index]?.traffic) heard.traffic = null;
    }
    if (this.#failing) this.#onStorage(null);
    this.#failing = false;
    this.#addresses.store(said);
  }

  #keep(heard: Heard): void {
    if (heard.pending) return;
    heard.pending = true;
    this.#pending.push(heard);
  }

  #countGap(memberId: MemberId, missing: number): void {
    if (missing === 0) return;
    this.#counts.gaps += 1;
    this.#counts.missing += missing;
    this.#gaps.push({ memberId, at: this.#clock.wallTime(), missing });
    if (this.#gaps.length > gapLimit) this.#gaps.shift();
  }
}

function inFlight(heard: Heard): HeardBeat {
  heard.pending = false;
  heard.reportJson ??= JSON.stringify(heard.beat.report);
  const { beat, heardAtMs, reportJson, traffic } = heard;
  return { beat, heardAtMs, reportJson, traffic };
}
