import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from '../schema.ts';

/** An entry as it is shown. */
export type AuditRow = Selectable<Database['audit_entry']> & { readonly sealed: boolean };

/** Which entries; null = not narrowed by this. */
export interface AuditRange {
  readonly actor: TextMatch | null;
  readonly action: TextMatch | null;
  readonly target: TextMatch | null;
  readonly poolId: string | null;
  readonly from: Date | null;
  /** Entries of this very moment are not among them. */
  readonly before: Date | null;
}

/** The whole text, or how it begins. */
export interface TextMatch {
  readonly text: string;
  readonly isBeginning: boolean;
}

/** The newest ones with a smaller number than `below`, newest first. */
export function readAuditBackwards(
  db: Kysely<Database>,
  range: AuditRange,
  { below, limit }: { readonly below: number | null; readonly limit: number },
): Promise<AuditRow[]> {
  return entriesIn(db, range)
    .$if(below !== null, (some) => some.where('e.seq', '<', below))
    .orderBy('e.seq', 'desc')
    .limit(limit)
    .execute();
}

/** Those between two numbers, neither of them included, oldest first. */
export function readAuditForwards(
  db: Kysely<Database>,
  range: AuditRange,
  { above, below, limit }: { readonly above: number; readonly below: number; readonly limit: number },
): Promise<AuditRow[]> {
  return entriesIn(db, range)
    .where('e.seq', '>', above)
    .where('e.seq', '<', below)
    .orderBy('e.seq')
    .limit(limit)
    .execute();
}

/** A pool by its id or its name; the log outlives pools, and one that is gone is named by its id. */
export async function findAuditedPool(db: Kysely<Database>, ref: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    (SELECT id, 1 AS place FROM pool WHERE id = ${ref})
    UNION ALL (SELECT id, 2 FROM pool WHERE lower(name) = lower(${ref}))
    UNION ALL (SELECT pool_id, 3 FROM audit_entry WHERE pool_id = ${ref} LIMIT 1)
    ORDER BY place LIMIT 1`.execute(db);
  return rows[0]?.id ?? null;
}

function entriesIn(db: Kysely<Database>, { actor, action, target, poolId, from, before }: AuditRange) {
  let query: SelectQueryBuilder<Database & { e: Database['audit_entry'] }, 'e', AuditRow> = db
    .selectFrom('audit_entry as e')
    .selectAll('e')
    .select(sql<boolean>`EXISTS (SELECT FROM audit_seal AS s WHERE s.seq = e.seq)`.as('sealed'));
  for (const [column, match] of [
    ['actor', actor],
    ['action', action],
    ['target', target],
  ] as const) {
    if (match === null) continue;
    const { text, isBeginning } = match;
    query = isBeginning
      ? query.where(sql<boolean>`starts_with(${sql.ref(`e.${column}`)}, ${text})`)
      : query.where(`e.${column}`, '=', text);
  }
  if (poolId !== null) query = query.where('e.pool_id', '=', poolId);
  if (from !== null) query = query.where('e.at', '>=', from);
  if (before !== null) query = query.where('e.at', '<', before);
  return query;
}
