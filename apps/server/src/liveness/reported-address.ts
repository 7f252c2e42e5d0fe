import type { Instant, MemberId } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/schema.ts';
import type { Clock } from '../platform/clock.ts';
import type { Beat } from './beat.ts';

/*
 * The address a member without one set by a person is reachable at: what its agent declares, else what we see, when that is IPv4. It is
 * kept on the member (`reported_ipv4`) because it must outlive `member_liveness`, a cache. Written with the batch, only when it
 * changed, and at most once a minute per member: a host behind two egress addresses would otherwise rewrite itself with every beat.
 */

export const reportedAddressIntervalMs = 60_000;

export interface ReportedAddresses {
  /** Called for each changed beat. A refused one says nothing: its address is not the member's. */
  note(beat: Beat): void;
  /** Writes what is due. Rejects when the database does not take it; it is due again next time. */
  store(): Promise<void>;
  forget(memberId: MemberId): void;
}

interface Reported {
  wanted: string;
  /** What we know to be stored; null when this process has not written any. */
  stored: string | null;
  storedAt: Instant;
}

export function createReportedAddresses(db: Kysely<Database>, clock: Clock): ReportedAddresses {
  const members = new Map<MemberId, Reported>();
  const due = new Set<MemberId>();

  return {
    note(beat) {
      const address = reportedAddress(beat);
      if (address === null) return;
      const known = members.get(beat.memberId);
      if (known === undefined) members.set(beat.memberId, { wanted: address, stored: null, storedAt: 0 });
      else known.wanted = address;
      if (address === known?.stored) due.delete(beat.memberId);
      else due.add(beat.memberId);
    },
    async store() {
      if (due.size === 0) return;
      const now = clock.now();
      const writes: { id: MemberId; address: string; reported: Reported }[] = [];
      for (const id of due) {
        const reported = members.get(id);
        if (reported === undefined) continue;
        if (reported.stored !== null && now - reported.storedAt < reportedAddressIntervalMs) continue;
        writes.push({ id, address: reported.wanted, reported });
      }
      if (writes.length === 0) return;
      await write(db, writes);
      for (const { id, address, reported } of writes) {
        reported.stored = address;
        reported.storedAt = now;
        if (reported.wanted === address) due.delete(id);
      }
    },
    forget(memberId) {
      members.delete(memberId);
      due.delete(memberId);
    },
  };
}

function reportedAddress(beat: Beat): string | null {
  if (beat.refusal !== null) return null;
  return beat.declaredIpv4 ?? (beat.seenIp.includes(':') ? null : beat.seenIp);
}

/** The statement is skipped when nothing differs: even an UPDATE of no row would tell every reader that a pool changed. */
async function write(db: Kysely<Database>, writes: readonly { id: MemberId; address: string }[]): Promise<void> {
  const told = sql`unnest(${writes.map(({ id }) => id)}::text[], ${writes.map(({ address }) => address)}::inet[]) AS told (id, address)`;
  const differs = sql`m.id = told.id AND m.removed_at IS NULL AND m.public_ipv4 IS NULL AND m.reported_ipv4 IS DISTINCT FROM told.address`;
  const found = await sql`SELECT 1 FROM member m, ${told} WHERE ${differs} LIMIT 1`.execute(db);
  if (found.rows.length === 0) return;
  await sql`UPDATE member m SET reported_ipv4 = told.address FROM ${told} WHERE ${differs}`.execute(db);
}
