import { createHash, timingSafeEqual } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Instant, secondMs } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { writeAudit } from '../db/repositories/audit.ts';
import { keepSetting, readSetting } from '../db/repositories/settings.ts';
import type { Database } from '../db/schema.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { inTransaction } from './transaction.ts';

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
  return inTransaction(db, async (trx) => {
    const token = `sct_${Buffer.from(random.bytes(tokenBytes)).toString('base64url')}`;
    if (!(await keepSetting(trx, settingKey, digest(token).toString('hex'), { replace: renew }))) return null;
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

/** A wrong token is judged by a copy that is at most so old: a flood of them costs one query a second. */
const rereadMs = secondMs;

/**
 * Compares with the hash in the database. A token that matches what was last read is never taken at that word: the hash is read again, so
 * a revoked token ends at once. One that does not match is refused from memory; a new token is known within a second.
 */
export function createAdminTokens(db: Kysely<Database>, clock: Clock): AdminTokens {
  let known: Buffer = Buffer.alloc(0);
  let readAt: Instant = Number.NEGATIVE_INFINITY;
  let reading: Promise<Buffer> | null = null;

  async function read(): Promise<Buffer> {
    const beganAt = clock.now();
    const value = await readSetting(db, settingKey);
    known = Buffer.from(typeof value === 'string' ? value : '', 'hex');
    readAt = beganAt;
    return known;
  }

  /** Strangers share one query, however many they are. */
  function readOnce(): Promise<Buffer> {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  }

  return {
    async accepts(token) {
      const given = digest(token);
      if (isEqual(known, given)) return isEqual(await read(), given);
      return clock.now() - readAt >= rereadMs && isEqual(await readOnce(), given);
    },
  };
}

function isEqual(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
