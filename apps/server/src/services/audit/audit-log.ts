import type { AuditEntryView, AuditFilter, AuditList, AuditQuery } from '@serverctl/contract';
import { AppError, secondMs } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import {
  type AuditRange,
  type AuditRow,
  findAuditedPool,
  readAuditBackwards,
  type TextMatch,
} from '../../db/repositories/audit-read.ts';
import type { Database } from '../../db/schema.ts';

/** The newest entries that fit, or those before a cursor. */
export async function listAudit(
  db: Kysely<Database>,
  { before, limit, ...filter }: z.output<typeof AuditQuery>,
): Promise<AuditList> {
  const rows = await readAuditBackwards(db, await rangeOf(db, filter), { below: before ?? null, limit: limit + 1 });
  const entries = rows.slice(0, limit).map(entryView);
  return { entries, next: rows.length > limit ? (entries.at(-1)?.seq ?? null) : null };
}

export async function rangeOf(db: Kysely<Database>, filter: z.output<typeof AuditFilter>): Promise<AuditRange> {
  const { actor, action, target, poolId, since, until } = filter;
  return {
    actor: matchOf(actor),
    action: matchOf(action),
    target: matchOf(target),
    poolId: poolId === undefined ? null : await poolOf(db, poolId),
    from: since === undefined ? null : new Date(since),
    before: until === undefined ? null : endOf(until),
  };
}

export function entryView(row: AuditRow): AuditEntryView {
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    target: row.target,
    poolId: row.pool_id,
    reason: row.reason,
    requestId: row.request_id,
    details: row.details as AuditEntryView['details'],
    sealed: row.sealed,
  };
}

function matchOf(pattern: string | undefined): TextMatch | null {
  if (pattern === undefined) return null;
  return pattern.endsWith('*')
    ? { text: pattern.slice(0, -1), isBeginning: true }
    : { text: pattern, isBeginning: false };
}

/** A time without a fraction is its whole second, as for `why`; with one, entries of that millisecond are among them. */
function endOf(until: string): Date {
  return new Date(Date.parse(until) + (until.includes('.') ? 1 : secondMs));
}

async function poolOf(db: Kysely<Database>, ref: string): Promise<string> {
  const poolId = await findAuditedPool(db, ref);
  if (poolId === null) throw new AppError('pool_not_found', { pool: ref });
  return poolId;
}
