import { type Kysely, sql } from 'kysely';
import type { Database } from '../schema.ts';

export interface MemberRow {
  id: string;
  key_id: string | null;
  hostname: string;
  previous_hostname: string | null;
  /** Reckoned by the database's clock; negative when it is over. */
  previous_hostname_left_ms: number | null;
  allowed_egress: string[];
  template: string;
  monitored: boolean;
  units: string[];
  last_boot: number;
  active_member_id: string | null;
  epoch: number;
}

/** Every member with its current key and its pool's role and epoch, in one snapshot. */
export async function readMembers(db: Kysely<Database>): Promise<readonly MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    SELECT m.id, k.id AS key_id, m.hostname, m.previous_hostname,
      (extract(epoch FROM m.previous_hostname_until - now()) * 1000)::double precision AS previous_hostname_left_ms,
      m.allowed_egress, m.template, m.monitored, m.units, m.last_boot, p.active_member_id, p.epoch
    FROM member m
    JOIN pool p ON p.id = m.pool_id
    LEFT JOIN member_key k ON k.member_id = m.id AND k.revoked_at IS NULL
    WHERE m.removed_at IS NULL`.execute(db);
  return rows;
}
