import { AppError, type ErrorCode } from '@serverctl/core';
import type { Kysely, Transaction } from 'kysely';
import { violatedConstraint } from '../db/pg-errors.ts';
import type { Database } from '../db/schema.ts';

/** What a unique constraint's violation means. The repositories look first and name the other one; this is for two requests at once. */
const conflictOf: Readonly<Record<string, ErrorCode>> = {
  user_email_key: 'user_exists',
  pool_name_key: 'pool_name_taken',
  member_hostname_key: 'member_hostname_taken',
  member_public_ipv4_key: 'member_address_taken',
  member_public_ipv6_key: 'member_address_taken',
  dns_credential_name_key: 'credential_name_taken',
  dns_binding_name_type_key: 'binding_exists',
  dns_binding_name_pool: 'binding_name_taken',
  dns_binding_credential_id_fkey: 'credential_not_found',
};

/** One change, whole or not at all, with its audit entry and events (R41). */
export async function inTransaction<Result>(
  db: Kysely<Database>,
  change: (trx: Transaction<Database>) => Promise<Result>,
): Promise<Result> {
  try {
    return await db.transaction().execute(change);
  } catch (error) {
    const meaning = conflictOf[violatedConstraint(error) ?? ''];
    throw meaning === undefined ? error : new AppError(meaning, {}, error);
  }
}
