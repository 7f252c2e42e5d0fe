import { AppError } from '@serverctl/core';
import type { Transaction } from 'kysely';
import type { CredentialRow } from '../../db/repositories/credentials.ts';
import type { Database } from '../../db/schema.ts';

/**
 * What was tried is what is stored (R23): throws `credential_changed` where the credential is another one than was read before the try,
 * `credential_not_found` where it is gone. It stays as it is until the transaction ends.
 */
export async function requireAsTried(
  trx: Transaction<Database>,
  { id, name, version }: Pick<CredentialRow, 'id' | 'name' | 'version'>,
): Promise<void> {
  const now = await trx
    .selectFrom('dns_credential')
    .select('version')
    .where('id', '=', id)
    .forShare()
    .executeTakeFirst();
  if (now === undefined) throw new AppError('credential_not_found', { credential: name });
  if (now.version !== version) throw new AppError('credential_changed', { credential: name });
}
