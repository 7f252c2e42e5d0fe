import { type Kysely, sql } from 'kysely';
import type { Database } from '../../db/schema.ts';

/** What waits: notices for each channel that is on, and audit entries for the sealer. */
export interface Backlog {
  /** Age of the oldest audit entry that is not in the chain yet; 0 = all are. */
  readonly oldestUnsealedSeconds: number;
  readonly channels: readonly { readonly channel: string; readonly pending: number; readonly oldestSeconds: number }[];
}

/** An entry whose transaction lasts is sealed after later ones; so far back is looked. */
const lateEntries = 1_000;

export async function readBacklog(db: Kysely<Database>): Promise<Backlog> {
  const unsealed = await sql<{ seconds: number }>`
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 AS seconds FROM audit_entry
    WHERE seq > (SELECT coalesce(max(seq), 0) FROM audit_seal) - ${sql.lit(lateEntries)}
      AND NOT EXISTS (SELECT FROM audit_seal WHERE audit_seal.seq = audit_entry.seq)
  `.execute(db);
  const channels = await sql<Backlog['channels'][number]>`
    SELECT notification_channel.name AS channel, count(delivery.id)::int AS pending,
      coalesce(extract(epoch FROM clock_timestamp() - min(delivery.created_at)), 0)::float8 AS "oldestSeconds"
    FROM notification_channel
    LEFT JOIN notification_delivery AS delivery ON delivery.channel_id = notification_channel.id AND delivery.state = 'pending'
    WHERE notification_channel.disabled_at IS NULL
    GROUP BY notification_channel.name
  `.execute(db);
  return { oldestUnsealedSeconds: Math.max(0, unsealed.rows[0]?.seconds ?? 0), channels: channels.rows };
}
