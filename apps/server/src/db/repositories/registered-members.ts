import { type Kysely, sql } from 'kysely';
import type { MemberRow } from '../../services/agent-session/ports.ts';
import type { Database } from '../schema.ts';

/** Every member with its current key and its pool's role and epoch, in one snapshot. */
export async function readMembers(db: Kysely<Database>): Promise<readonly MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    SELECT m.id, k.id AS "keyId", k.public_key AS "publicKey", m.hostname, m.previous_hostname AS "previousHostname",
      (extract(epoch FROM m.previous_hostname_until - now()) * 1000)::double precision AS "previousHostnameLeftMs",
      m.allowed_egress AS "allowedEgress", m.template, m.monitored, m.units, m.last_boot AS "lastBoot",
      p.active_member_id AS "activeMemberId", p.epoch
    FROM member m
    JOIN pool p ON p.id = m.pool_id
    LEFT JOIN member_key k ON k.member_id = m.id AND k.revoked_at IS NULL
    WHERE m.removed_at IS NULL`.execute(db);
  return rows;
}
