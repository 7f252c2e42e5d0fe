import { createHash, timingSafeEqual } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { writeAudit } from '../db/repositories/audit.ts';
import type { Database } from '../db/schema.ts';
import type { Random } from '../platform/random.ts';

/*
 * One administrator token (R44): made at the first start, kept 0600 at DATA_DIR/admin-token, where the command line reads it. The database
 * has its SHA-256 only; 256 bits of chance need no slow hash.
 */

export const adminTokenFile = 'admin-token';
const settingKey = 'administrator_token_sha256';
const tokenBytes = 32;

export interface AdminTokenOptions {
  readonly db: Kysely<Database>;
  readonly random: Random;
  readonly dataDir: string;
  /** Make a new one although there is one: the way back for who lost it. */
  readonly renew: boolean;
}

export interface AdminTokenMade {
  readonly token: string;
  readonly path: string;
}

/** The token when it was made now, else null. Throws when the file cannot be written; the database is then unchanged. */
export async function ensureAdminToken({
  db,
  random,
  dataDir,
  renew,
}: AdminTokenOptions): Promise<AdminTokenMade | null> {
  return db.transaction().execute(async (trx) => {
    const token = `sct_${Buffer.from(random.bytes(tokenBytes)).toString('base64url')}`;
    const value = JSON.stringify(digest(token).toString('hex'));
    const made = await trx
      .insertInto('setting')
      .values({ key: settingKey, value })
      .onConflict((conflict) =>
        renew ? conflict.column('key').doUpdateSet({ value }) : conflict.column('key').doNothing(),
      )
      .returning('key')
      .executeTakeFirst();
    if (made === undefined) return null;
    await writeAudit(trx, { actor: 'system', action: 'administrator-token.create', target: settingKey });
    const path = join(dataDir, adminTokenFile);
    const draft = `${path}.new`;
    await writeFile(draft, `${token}\n`, { mode: 0o600 });
    await rename(draft, path);
    return { token, path };
  });
}

export interface AdminTokens {
  /** In constant time. */
  accepts(token: string): Promise<boolean>;
}

/** Compares with the hash in the database, which is read for each request: a revoked token ends at once. */
export function createAdminTokens(db: Kysely<Database>): AdminTokens {
  return {
    async accepts(token) {
      const row = await db.selectFrom('setting').select('value').where('key', '=', settingKey).executeTakeFirst();
      const expected = Buffer.from(typeof row?.value === 'string' ? row.value : '', 'hex');
      const given = digest(token);
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
  };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
