import { type Instant, type Ipv4, isPublicIpv4, type MemberId, parseIpv4 } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Beat } from './beat.ts';
import type { AddressStore, ReportedAddress } from './ports.ts';

/*
 * The address a member is reachable at unless a person set one: what its agent declares, else what we see, when that is public IPv4. It is
 * kept on the member (`reported_ipv4`) because it must outlive `member_liveness`, a cache, and kept current also where a person set one.
 * The next promotion uses it; the record of the active member stays as it was decided. Per member:
 *
 *   stored   what was said last is what we wrote last
 *   due      something else was said; written beside the next batch, but at most once a minute: a host behind two egress addresses
 *            would otherwise rewrite itself with every beat
 *   taken    another member has that address: still due, so it is asked for again each minute
 *
 * A private, CGNAT or local address is never kept: only a person can know that clients reach it.
 *
 * Beside the batch, never in it: it waits for locks on `member` that a person's change may hold, and listening must not (R2).
 */

export const reportedAddressIntervalMs = 60_000;

interface Reported {
  wanted: Ipv4;
  /** What this process wrote last; null when it has not written any. */
  stored: Ipv4 | null;
  /** When this process last tried to write it; null = not yet. */
  triedAt: Instant | null;
}

interface Due extends ReportedAddress {
  readonly reported: Reported;
}

export class ReportedAddresses {
  readonly #addresses: AddressStore;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  readonly #members = new Map<MemberId, Reported>();
  readonly #due = new Set<MemberId>();
  #writing: Promise<void> | null = null;
  #failing = false;

  constructor(addresses: AddressStore, clock: Clock, onFailure: (error: unknown) => void) {
    this.#addresses = addresses;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Called for each changed beat. A refused one says nothing: its address is not the member's. */
  note(beat: Beat): void {
    const address = reportedAddress(beat);
    if (address === null) return;
    const known = this.#members.get(beat.memberId);
    if (known === undefined) this.#members.set(beat.memberId, { wanted: address, stored: null, triedAt: null });
    else known.wanted = address;
    if (address === known?.stored) this.#due.delete(beat.memberId);
    else this.#due.add(beat.memberId);
  }

  /** Begins to write what is due, unless a write runs. What failed is due again. */
  store(): void {
    if (this.#due.size === 0 || this.#writing !== null) return;
    const writes = this.#dueNow();
    if (writes.length === 0) return;
    this.#writing = this.#addresses
      .write(writes.map(({ memberId, address }) => ({ memberId, address })))
      .then(
        (taken) => this.#noteStored(writes, taken),
        (error: unknown) => this.#noteFailed(error),
      )
      .finally(() => {
        this.#writing = null;
      });
  }

  /** Resolves when no write runs. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  forget(memberId: MemberId): void {
    this.#members.delete(memberId);
    this.#due.delete(memberId);
  }

  #dueNow(): readonly Due[] {
    const now = this.#clock.now();
    const writes: Due[] = [];
    for (const memberId of this.#due) {
      const reported = this.#members.get(memberId);
      if (reported === undefined) continue;
      if (reported.triedAt !== null && now - reported.triedAt < reportedAddressIntervalMs) continue;
      writes.push({ memberId, address: reported.wanted, reported });
    }
    return writes;
  }

  /** Told once, not with every batch. */
  #noteFailed(error: unknown): void {
    if (!this.#failing) this.#onFailure(error);
    this.#failing = true;
  }

  #noteStored(writes: readonly Due[], taken: ReadonlySet<MemberId>): void {
    this.#failing = false;
    for (const { memberId, address, reported } of writes) {
      reported.triedAt = this.#clock.now();
      if (taken.has(memberId)) continue;
      reported.stored = address;
      if (reported.wanted === address) this.#due.delete(memberId);
    }
  }
}

function reportedAddress(beat: Beat): Ipv4 | null {
  if (beat.refusal !== null) return null;
  const address = parseIpv4(beat.declaredIpv4 ?? beat.seenIp);
  return address !== null && isPublicIpv4(address) ? address : null;
}
