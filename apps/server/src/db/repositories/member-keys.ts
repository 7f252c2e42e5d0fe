import { AppError, type BootLine, type MemberId, noteSupersession, type Supersession } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { CurrentKey } from '../../services/agent-session/ports.ts';
import type { Database } from '../schema.ts';

/** Throws `agent_key_unknown`. */
export async function currentKey(db: Kysely<Database>, memberId: string): Promise<CurrentKey> {
  const key = await db
    .selectFrom('member as m')
    .innerJoin('member_key as k', 'k.member_id', 'm.id')
    .select(['m.pool_id as poolId', 'm.hostname', 'k.id as keyId'])
    .select(['k.public_key as publicKey', 'm.last_boot as lastBoot'])
    .where('m.id', '=', memberId)
    .where('m.removed_at', 'is', null)
    .where('k.revoked_at', 'is', null)
    .executeTakeFirst();
  if (key === undefined) throw new AppError('agent_key_unknown');
  return { ...key, memberId: memberId as MemberId };
}

/** The key that counts now, and its age on the database's clock; null = not enrolled. */
export async function presentKey(db: Kysely<Database>, memberId: string) {
  const row = await db
    .selectFrom('member_key')
    .select(['public_key', 'enrolled_at'])
    .select(sql<number>`(extract(epoch FROM clock_timestamp() - enrolled_at) * 1000)::float8`.as('age_ms'))
    .where('member_id', '=', memberId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** Revokes the member's key, if it has one, and stores the new one (R34). */
export async function replaceKey(
  trx: Transaction<Database>,
  { id, memberId, publicKey }: { readonly id: string; readonly memberId: string; readonly publicKey: Uint8Array },
): Promise<void> {
  await trx
    .updateTable('member_key')
    .set({ revoked_at: sql<Date>`now()` })
    .where('member_id', '=', memberId)
    .where('revoked_at', 'is', null)
    .execute();
  await trx
    .insertInto('member_key')
    .values({ id, member_id: memberId, public_key: Buffer.from(publicKey) })
    .execute();
}

/** The member's next boot, above that of its last stored beat too: a restored `last_boot` may be older (R35). Throws `agent_key_unknown` when the member was removed meanwhile. */
export async function issueBoot(trx: Transaction<Database>, memberId: MemberId): Promise<number> {
  const issued = await trx
    .updateTable('member')
    .set({
      last_boot: sql<number>`1 + greatest(last_boot, (SELECT boot FROM member_liveness WHERE member_id = member.id))`,
    })
    .where('id', '=', memberId)
    .where('removed_at', 'is', null)
    .returning('last_boot as boot')
    .executeTakeFirst();
  if (issued === undefined) throw new AppError('agent_key_unknown');
  return issued.boot;
}

/** Learns a boot that is newer than any known; never lowers one. */
export async function raiseBoot(trx: Transaction<Database>, memberId: MemberId, boot: number): Promise<void> {
  const raised = { last_boot: sql<number>`greatest(last_boot, ${boot})` };
  await trx.updateTable('member').set(raised).where('id', '=', memberId).execute();
}

/** Notes that a living run of the agent took this boot, under the row's lock that issuing it took. Whether two runs do so in turn (R35). */
export async function noteTurn(
  trx: Transaction<Database>,
  memberId: MemberId,
  supersession: Supersession,
): Promise<boolean> {
  const { rows } = await sql<{ lines: readonly BootLine[]; now_ms: number }>`
    SELECT boot_lines AS lines, (extract(epoch FROM now()) * 1000)::double precision AS now_ms
    FROM member WHERE id = ${memberId}`.execute(trx);
  const [known] = rows;
  if (known === undefined) throw new AppError('agent_key_unknown');
  const { lines, isClone } = noteSupersession(known.lines, supersession, known.now_ms);
  await sql`UPDATE member SET boot_lines = ${JSON.stringify(lines)}::jsonb WHERE id = ${memberId}`.execute(trx);
  return isClone;
}
