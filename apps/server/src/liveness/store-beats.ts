import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/schema.ts';
import { livenessChannel } from './channels.ts';
import type { Batch, BeatStore, HeardBeat } from './ports.ts';

/**
 * Stores what was heard and the watermark in one statement, so that no reader can see a watermark without the beats before it (R2, I7).
 *
 * - A row only goes forward in `(boot, seq)`: a delayed batch of a process that the agent has left cannot undo a newer word.
 * - `heard_at` is for people; it is reckoned on the database's clock from the age of the beat, so no wall clock of ours enters.
 * - A row's traffic stays until there is news of it, and keeps its own time; a new boot changes nothing about that.
 * - Rows are written in the order of their ids, so that two processes cannot deadlock.
 */
export function createBeatStore(db: Kysely<Database>): BeatStore {
  return { store: (batch) => storeBeats(db, batch) };
}

async function storeBeats(db: Kysely<Database>, batch: Batch): Promise<void> {
  const { listenerId, watermarkMs } = batch;
  const mark = sql`INSERT INTO listener AS l (id, watermark_ms, written_at) VALUES (${listenerId}, ${watermarkMs}, now())
    ON CONFLICT (id) DO UPDATE SET watermark_ms = greatest(l.watermark_ms, excluded.watermark_ms), written_at = excluded.written_at`;
  if (batch.beats.length === 0) {
    await mark.execute(db);
    return;
  }
  const tell = batch.changed ? sql`pg_notify(${livenessChannel}, ${listenerId})` : sql`NULL`;
  await sql`WITH heard AS (${upsert(batch)}), mark AS (${mark}) SELECT ${tell}`.execute(db);
}

function upsert({ listenerId, watermarkMs, beats }: Batch) {
  const column = (of: (heard: HeardBeat) => string | number | null) => beats.map(of);
  return sql`
    INSERT INTO member_liveness AS known (member_id, listener_id, boot, seq, heard_at_ms, heard_at, report, declared_ipv4, declared_ipv6, seen_ip,
      hostname, agent_version, refusal, traffic, traffic_at, change_no)
    SELECT b.member_id, ${listenerId}, b.boot, b.seq, b.heard_at_ms,
      now() - (${watermarkMs}::double precision - b.heard_at_ms) * interval '1 millisecond', b.report::jsonb, b.declared_ipv4, b.declared_ipv6, b.seen_ip,
      b.hostname, b.agent_version, b.refusal::jsonb, b.traffic::jsonb,
      now() - (${watermarkMs}::double precision - b.traffic_at_ms) * interval '1 millisecond', nextval('liveness_change')
    FROM unnest(
      ${column(({ beat }) => beat.memberId)}::text[], ${column(({ beat }) => beat.boot)}::bigint[],
      ${column(({ beat }) => beat.seq)}::bigint[], ${column(({ heardAtMs }) => heardAtMs)}::double precision[],
      ${column(({ reportJson }) => reportJson)}::text[], ${column(({ beat }) => beat.declaredIpv4)}::text[],
      ${column(({ beat }) => beat.declaredIpv6)}::text[],
      ${column(({ beat }) => beat.seenIp)}::text[], ${column(({ beat }) => beat.hostname)}::text[],
      ${column(({ beat }) => beat.agentVersion)}::text[],
      ${column(({ beat }) => (beat.refusal === null ? null : JSON.stringify(beat.refusal)))}::text[],
      ${column(({ traffic }) => (traffic === null ? null : JSON.stringify(traffic.traffic)))}::text[],
      ${column(({ traffic }) => traffic?.heardAtMs ?? null)}::double precision[]
    ) AS b (member_id, boot, seq, heard_at_ms, report, declared_ipv4, declared_ipv6, seen_ip, hostname, agent_version, refusal, traffic, traffic_at_ms)
    ORDER BY b.member_id
    ON CONFLICT (member_id) DO UPDATE SET
      listener_id = excluded.listener_id, boot = excluded.boot, seq = excluded.seq, heard_at_ms = excluded.heard_at_ms,
      heard_at = excluded.heard_at, report = excluded.report, declared_ipv4 = excluded.declared_ipv4,
      declared_ipv6 = excluded.declared_ipv6, seen_ip = excluded.seen_ip,
      hostname = excluded.hostname, agent_version = excluded.agent_version, refusal = excluded.refusal, change_no = excluded.change_no,
      traffic = coalesce(excluded.traffic, known.traffic), traffic_at = coalesce(excluded.traffic_at, known.traffic_at)
    WHERE (excluded.boot, excluded.seq) > (known.boot, known.seq)`;
}
