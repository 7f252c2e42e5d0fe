import { type Instant, type MemberId, parseIpv4 } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/schema.ts';
import type { Clock } from '../platform/clock.ts';
import type { Beat } from './beat.ts';

/*
 * The address a member is reachable at unless a person set one: what its agent declares, else what we see, when that is IPv4. It is kept
 * on the member (`reported_ipv4`) because it must outlive `member_liveness`, a cache. Per member:
 *
 *   stored   what was said last is what we wrote last
 *   due      something else was said; written beside the next batch, but at most once a minute: a host behind two egress addresses
 *            would otherwise rewrite itself with every beat
 *
 * Beside the batch, never in it: it waits for locks on `member` that a person's change may hold, and listening must not (R2).
 */

export const reportedAddressIntervalMs = 60_000;

interface Reported {
  wanted: string;
  /** What this process wrote last; null when it has not written any. */
  stored: string | null;
  storedAt: Instant;
}

interface Due {
  readonly id: MemberId;
  readonly address: string;
  readonly reported: Reported;
}

export class ReportedAddresses {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  readonly #members = new Map<MemberId, Reported>();
  readonly #due = new Set<MemberId>();
  #writing: Promise<void> | null = null;
  #failing = false;

  constructor(db: Kysely<Database>, clock: Clock, onFailure: (error: unknown) => void) {
    this.#db = db;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Called for each changed beat. A refused one says nothing: its address is not the member's. */
  note(beat: Beat): void {
    const address = reportedAddress(beat);
    if (address === null) return;
    const known = this.#members.get(beat.memberId);
    if (known === undefined) this.#members.set(beat.memberId, { wanted: address, stored: null, storedAt: 0 });
    else known.wanted = address;
    if (address === known?.stored) this.#due.delete(beat.memberId);
    else this.#due.add(beat.memberId);
  }

  /** Begins to write what is due, unless a write runs. What failed is due again. */
  store(): void {
    if (this.#due.size === 0 || this.#writing !== null) return;
    const writes = this.#dueNow();
    if (writes.length === 0) return;
    this.#writing = write(this.#db, writes)
      .then(
        () => this.#noteStored(writes),
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
    for (const id of this.#due) {
      const reported = this.#members.get(id);
      if (reported === undefined) continue;
      if (reported.stored !== null && now - reported.storedAt < reportedAddressIntervalMs) continue;
      writes.push({ id, address: reported.wanted, reported });
    }
    return writes;
  }

  /** Told once, not with every batch. */
  #noteFailed(error: unknown): void {
    if (!this.#failing) this.#onFailure(error);
    this.#failing = true;
  }

  #noteStored(writes: readonly Due[]): void {
    this.#failing = false;
    for (const { id, address, reported } of writes) {
      reported.stored = address;
      reported.storedAt = this.#clock.now();
      if (reported.wanted === address) this.#due.delete(id);
    }
  }
}

function reportedAddress(beat: Beat): string | null {
  return beat.refusal === null ? (beat.declaredIpv4 ?? parseIpv4(beat.seenIp)) : null;
}

/** The statement is skipped when nothing differs: even an UPDATE of no row would tell every reader that a pool changed. */
async function write(db: Kysely<Database>, writes: readonly Due[]): Promise<void> {
  const ids = writes.map(({ id }) => id);
  const told = sql`unnest(${ids}::text[], ${writes.map(({ address }) => address)}::inet[]) AS told (id, address)`;
  const differs = sql`m.id = told.id AND m.removed_at IS NULL AND m.public_ipv4 IS NULL AND m.reported_ipv4 IS DISTINCT FROM told.address`;
  const found = await sql`SELECT 1 FROM member m, ${told} WHERE ${differs} LIMIT 1`.execute(db);
  if (found.rows.length === 0) return;
  await sql`UPDATE member m SET reported_ipv4 = told.address FROM ${told} WHERE ${differs}`.execute(db);
}
