import type { HostReport, MemberId, Refusal } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
import type { Listen } from '../db/listener.ts';
import type { Database } from '../db/schema.ts';
import type { HeardMember, Liveness, LivenessNews, Watermark } from '../worker/ports.ts';
import { flushChannel, livenessChannel } from './channels.ts';
import type { Listener } from './listener.ts';

/*
 * The reader's side of liveness. `change_no` comes from a sequence, and with several listeners numbers are not committed in their order:
 * a reader that kept one greatest number would pass over the rows of a slower transaction for ever. One listener, however, has one write
 * in flight at a time, so *its* numbers are committed in order. Hence the cursor: the greatest number seen per listener.
 * Rows and watermarks come from one statement, so from one snapshot: a watermark never runs ahead of the beats it stands for (I7).
 */

interface Row {
  listener_id: string;
  watermark_ms: number | null;
  member_id: string | null;
  boot: number;
  seq: number;
  heard_at_ms: number;
  report: HostReport;
  declared_ipv4: string | null;
  declared_ipv6: string | null;
  seen_ip: string;
  refusal: Refusal | null;
  change_no: number;
}

type Cursor = Record<string, number>;

/** Reads what every listener stored. `ownListener` is null in a process that does not hear agents. */
export function createLiveness(db: Kysely<Database>, listen: Listen, ownListener: Listener | null): Liveness {
  return {
    async news(cursor) {
      return newsOf(await readNews(db, cursor ?? '{}'), cursor);
    },
    async flush() {
      await Promise.all([requestFlush(db), ownListener?.flush()]);
    },
    onChange: (wake) => listen(livenessChannel, wake),
  };
}

/** Asks every process that hears agents to write now (R2). */
export async function requestFlush(db: Kysely<Database>): Promise<void> {
  await sql`SELECT pg_notify(${flushChannel}, '')`.execute(db);
}

async function readNews(db: Kysely<Database>, cursor: string): Promise<readonly Row[]> {
  const query = sql<Row>`
    SELECT coalesce(l.id, m.listener_id) AS listener_id, l.watermark_ms, m.member_id, m.boot, m.seq, m.heard_at_ms, m.report,
      m.declared_ipv4, m.declared_ipv6, m.seen_ip, m.refusal, m.change_no
    FROM listener l
    FULL JOIN (
      SELECT * FROM member_liveness WHERE change_no > coalesce((${cursor}::jsonb ->> listener_id)::bigint, 0)
    ) m ON m.listener_id = l.id
    ORDER BY m.change_no`;
  const { rows } = await query.execute(db);
  return rows;
}

function newsOf(rows: readonly Row[], cursor: string | null): LivenessNews {
  const seen: Cursor = cursor === null ? {} : (JSON.parse(cursor) as Cursor);
  const heard: HeardMember[] = [];
  const watermarks = new Map<string, Watermark>();
  for (const row of rows) {
    const listenerId = row.listener_id;
    if (row.watermark_ms !== null) watermarks.set(listenerId, { listenerId, atMs: row.watermark_ms });
    if (row.member_id === null) continue;
    seen[listenerId] = Math.max(seen[listenerId] ?? 0, row.change_no);
    heard.push(heardMember(row, row.member_id as MemberId));
  }
  return { heard, watermarks: [...watermarks.values()], cursor: JSON.stringify(seen) };
}

function heardMember(row: Row, memberId: MemberId): HeardMember {
  return {
    memberId,
    listenerId: row.listener_id,
    boot: row.boot,
    seq: row.seq,
    heardAtMs: row.heard_at_ms,
    report: row.report,
    declaredIpv4: row.declared_ipv4,
    declaredIpv6: row.declared_ipv6,
    seenIp: row.seen_ip,
    refusal: row.refusal,
  };
}
