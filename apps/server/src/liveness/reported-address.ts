import {
  type Instant,
  type Ipv4,
  type Ipv6,
  isPublicIpv4,
  isPublicIpv6,
  type MemberId,
  parseIpv4,
  parseIpv6,
  type RecordType,
  recordTypes,
} from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Beat } from './beat.ts';
import type { AddressStore, ReportedAddress } from './ports.ts';

/*
 * The addresses a member is reachable at unless a person set them: what its agent declares, else what we see, when that is public. What we
 * see counts for the family that it is of. They are kept on the member (`reported_ipv4`, `reported_ipv6`) because they must outlive
 * `member_liveness`, a cache, and kept current also where a person set one. The next promotion uses them; the records of the active member
 * stay as they were decided. Per member and family:
 *
 *   stored   what was said last is what we wrote last
 *   due      something else was said; written beside the next batch, but at most once a minute: a host behind two egress addresses
 *            would otherwise rewrite itself with every beat
 *   taken    another member has that address: still due, so it is asked for again each minute
 *   doubted  beats are missing before the last one: the host may have been at another process, which may have written another address.
 *            Due as soon as it is said again, whatever we wrote last
 *
 * What another process has heard since is its to write, so of a host that has left what was due here is not written any more.
 *
 * A private, CGNAT, unique local or link-local address is never kept: only a person can know that clients reach it.
 *
 * Beside the batch, never in it: it waits for locks on `member` that a person's change may hold, and listening must not (R2).
 */

export const reportedAddressIntervalMs = 60_000;

type Address = Ipv4 | Ipv6;

interface Reported {
  readonly memberId: MemberId;
  readonly type: RecordType;
  wanted: Address;
  /** What this process wrote last; null when it has not written any, or another one may have since. */
  stored: Address | null;
  /** When this process last tried to write it; null = not yet. */
  triedAt: Instant | null;
}

interface Due extends ReportedAddress {
  readonly reported: Reported;
}

export class ReportedAddresses {
  readonly #listenerId: string;
  readonly #addresses: AddressStore;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  readonly #members: Readonly<Record<RecordType, Map<MemberId, Reported>>> = { A: new Map(), AAAA: new Map() };
  readonly #due = new Set<Reported>();
  #writing: Promise<void> | null = null;
  #failing = false;

  constructor(listenerId: string, addresses: AddressStore, clock: Clock, onFailure: (error: unknown) => void) {
    this.#listenerId = listenerId;
    this.#addresses = addresses;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Called for each changed beat. A refused one says nothing: its address is not the member's. */
  note(beat: Beat): void {
    if (beat.refusal !== null) return;
    for (const type of recordTypes) {
      const address = reportedAddress(beat, type);
      if (address !== null) this.#want(type, beat.memberId, address);
    }
  }

  /** Another process may have written since: what is said from now on is due again, and what was due is old. A write that runs settles nothing. */
  doubt(memberId: MemberId): void {
    for (const members of Object.values(this.#members)) {
      const known = members.get(memberId);
      if (known === undefined) continue;
      members.set(memberId, { ...known, stored: null });
      this.#due.delete(known);
    }
  }

  #want(type: RecordType, memberId: MemberId, wanted: Address): void {
    const members = this.#members[type];
    const reported = members.get(memberId) ?? { memberId, type, wanted, stored: null, triedAt: null };
    members.set(memberId, reported);
    reported.wanted = wanted;
    if (wanted === reported.stored) this.#due.delete(reported);
    else this.#due.add(reported);
  }

  /** What was said and is not written, for `store` once the beats that said it are stored: before that, another process's word stands there. */
  said(): ReadonlySet<Reported> {
    return new Set(this.#due);
  }

  /** Begins to write what of it is due now, unless a write runs. What failed is due again. */
  store(said: ReadonlySet<Reported>): void {
    if (this.#due.size === 0 || this.#writing !== null) return;
    const writes = this.#dueOf(said);
    if (writes.length === 0) return;
    this.#writing = this.#write(writes)
      .catch((error: unknown) => this.#noteFailed(error))
      .finally(() => {
        this.#writing = null;
      });
  }

  /** Resolves when no write runs. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  forget(memberId: MemberId): void {
    for (const members of Object.values(this.#members)) {
      const reported = members.get(memberId);
      members.delete(memberId);
      if (reported !== undefined) this.#due.delete(reported);
    }
  }

  #dueOf(said: ReadonlySet<Reported>): readonly Due[] {
    const now = this.#clock.now();
    const writes: Due[] = [];
    for (const reported of this.#due) {
      if (!said.has(reported)) continue;
      if (reported.triedAt !== null && now - reported.triedAt < reportedAddressIntervalMs) continue;
      writes.push({
        memberId: reported.memberId,
        address: reported.wanted,
        isDoubted: reported.stored === null,
        reported,
      });
    }
    return writes;
  }

  async #write(writes: readonly Due[]): Promise<void> {
    for (const type of recordTypes) {
      const ofType = writes.filter(({ reported }) => reported.type === type);
      if (ofType.length === 0) continue;
      const reports = ofType.map(({ memberId, address, isDoubted }) => ({ memberId, address, isDoubted }));
      this.#noteStored(ofType, await this.#addresses.write(this.#listenerId, type, reports));
    }
    this.#failing = false;
  }

  /** Told once, not with every batch. */
  #noteFailed(error: unknown): void {
    if (!this.#failing) this.#onFailure(error);
    this.#failing = true;
  }

  #noteStored(writes: readonly Due[], taken: ReadonlySet<MemberId>): void {
    for (const { memberId, address, reported } of writes) {
      reported.triedAt = this.#clock.now();
      if (taken.has(memberId)) continue;
      reported.stored = address;
      if (reported.wanted === address) this.#due.delete(reported);
    }
  }
}

/** The address of the type's family; null = none that clients elsewhere can reach. */
function reportedAddress({ declaredIpv4, declaredIpv6, seenIp }: Beat, type: RecordType): Address | null {
  if (type === 'A') {
    const address = parseIpv4(declaredIpv4 ?? seenIp);
    return address !== null && isPublicIpv4(address) ? address : null;
  }
  const address = parseIpv6(declaredIpv6 ?? seenIp);
  return address !== null && isPublicIpv6(address) ? address : null;
}
