import type { Refusal } from '@serverctl/core';
import { sql } from 'kysely';
import type { OperatorHouse } from './operator-house.ts';

/** Stores what the listener would have stored of a member whose last beat was refused (R5). */
export async function storeRefused(house: OperatorHouse, memberId: string, refusal: Refusal): Promise<void> {
  await sql`
    INSERT INTO member_liveness (member_id, listener_id, boot, seq, heard_at_ms, heard_at, report, seen_ip, hostname, agent_version, refusal, change_no)
    VALUES (${memberId}, 'l', 1, 1, 0, now(), '{}', '203.0.113.9', 'lb.example.com', '0.0.0', ${JSON.stringify(refusal)}::jsonb, 1)
    ON CONFLICT (member_id) DO UPDATE SET refusal = excluded.refusal`.execute(house.database.kysely);
}
