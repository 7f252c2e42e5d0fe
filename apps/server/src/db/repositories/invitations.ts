import { AppError } from '@serverctl/core';
import { type ExpressionBuilder, type Insertable, type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/**
 * One-time links (R44). All times are the database's, so that several processes agree. Where its clock was set back, links from after its new
 * time are void meanwhile, else they would live on for as long.
 */
export type InvitationRow = Selectable<Database['invitation']>;

/** What is new in a row; how long it holds is said in minutes from now on. */
export type NewInvitation = Omit<Insertable<Database['invitation']>, 'expires_at' | 'created_at' | 'used_at'> & {
  readonly minutes: number;
};

export async function insertInvitation(
  trx: Transaction<Database>,
  { minutes, ...row }: NewInvitation,
): Promise<InvitationRow> {
  const expires = sql<Date>`now() + make_interval(mins => ${minutes})`;
  return trx
    .insertInto('invitation')
    .values({ ...row, expires_at: expires })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Those that nobody has used, also expired ones, the newest first. */
export function listUnusedInvitations(
  db: Kysely<Database>,
): Promise<(InvitationRow & { readonly isExpired: boolean })[]> {
  return db
    .selectFrom('invitation')
    .selectAll()
    .select(sql<boolean>`expires_at <= now()`.as('isExpired'))
    .where('used_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
}

/** Neither used nor over; a transaction's time is that of its beginning, so a link may lie a little ahead of it. */
const isOpen = sql<boolean>`(used_at IS NULL AND expires_at > now() AND created_at <= now() + interval '1 minute')`;

/** Throws `link_invalid` for an unknown secret, a used one and an expired one alike. */
export async function findOpenInvitation(db: Kysely<Database>, sha256: Buffer): Promise<InvitationRow> {
  const row = await db
    .selectFrom('invitation')
    .selectAll()
    .where('secret_sha256', '=', sha256)
    .where(isOpen)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('link_invalid');
  return row;
}

/** Uses the link up by one conditional update: of any number of requests one gets the row (R44). Throws `link_invalid`. */
export async function useInvitation(trx: Transaction<Database>, sha256: Buffer): Promise<InvitationRow> {
  const row = await trx
    .updateTable('invitation')
    .set({ used_at: sql<Date>`now()` })
    .where('secret_sha256', '=', sha256)
    .where(isOpen)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new AppError('link_invalid');
  return row;
}

/** Throws `invitation_not_found`, also for one that was used. */
export async function deleteInvitation(trx: Transaction<Database>, id: string): Promise<InvitationRow> {
  const row = await trx
    .deleteFrom('invitation')
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new AppError('invitation_not_found', { invitation: id });
  return row;
}

/** Which links a newer one, or a person's leaving, makes void. */
export type Voided =
  | { readonly kind: 'setup' }
  | { readonly kind: 'invitation'; readonly email: string }
  | { readonly kind: 'reset'; readonly userId: string }
  | { readonly kind: 'made-by'; readonly actor: string };

/** Those of one user, as `invited_by` names it. */
export function madeBy(email: string): Voided {
  return { kind: 'made-by', actor: `user:${email}` };
}

/** Takes unused links away; returns how many. */
export async function voidInvitations(trx: Transaction<Database>, which: Voided): Promise<number> {
  const { numDeletedRows } = await trx.deleteFrom('invitation').where(chosen(which)).executeTakeFirst();
  return Number(numDeletedRows);
}

/** How many unused links `voidInvitations` would take away. */
export async function countInvitations(db: Kysely<Database>, which: Voided): Promise<number> {
  const { unused } = await db
    .selectFrom('invitation')
    .select(sql<number>`count(*)::int`.as('unused'))
    .where(chosen(which))
    .executeTakeFirstOrThrow();
  return unused;
}

function chosen(which: Voided) {
  return (where: ExpressionBuilder<Database, 'invitation'>) =>
    where.and([where('used_at', 'is', null), ...kindOf(which, where)]);
}

function kindOf(which: Voided, where: ExpressionBuilder<Database, 'invitation'>) {
  switch (which.kind) {
    case 'setup':
      return [where('kind', '=', 'setup')];
    case 'invitation':
      return [where('kind', '=', 'invitation'), where('email', '=', which.email)];
    case 'reset':
      return [where('kind', '=', 'reset'), where('user_id', '=', which.userId)];
    case 'made-by':
      return [where('invited_by', '=', which.actor)];
  }
}
