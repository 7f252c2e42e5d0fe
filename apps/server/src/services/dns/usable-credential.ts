import { AppError, mayDo } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { listBindings } from '../../db/repositories/bindings.ts';
import { type CredentialRow, getCredential } from '../../db/repositories/credentials.ts';
import type { Database } from '../../db/schema.ts';
import type { Caller } from '../deps.ts';
import { hasProxy } from './ttl-cost.ts';

/**
 * Credentials belong to no pool, and with one every name may be written that its key may. Who may not see them all uses those that the pool
 * has already; any other is `credential_not_found`, whether there is one or not.
 */
export async function usableCredential(
  db: Kysely<Database>,
  { access }: Caller,
  poolId: string,
  ref: string,
): Promise<CredentialRow> {
  const credential = await getCredential(db, ref);
  if (mayDo(access, 'dns:read', null)) return credential;
  if ((await listBindings(db, poolId)).some((binding) => binding.credential_id === credential.id)) return credential;
  throw new AppError('credential_not_found', { credential: ref });
}

/** Throws `proxied_unsupported` for a wish, in either direction, that a provider without a proxy cannot carry out. */
export function requireProxy(
  credential: { readonly provider: string; readonly name?: string },
  proxied: boolean | null,
) {
  if (proxied === null || hasProxy(credential)) return;
  throw new AppError('proxied_unsupported', { field: 'proxied', provider: credential.provider });
}

const ttlLimits = { least: 1, most: 86_400 } as const;

/** Throws `ttl_out_of_range`. Below the provider's lowest is no error: the wish is raised and both are shown (PRODUCT.md section 4). */
export function requireTtl(ttlSeconds: number): void {
  if (ttlSeconds >= ttlLimits.least && ttlSeconds <= ttlLimits.most) return;
  throw new AppError('ttl_out_of_range', { field: 'ttlSeconds', ...ttlLimits });
}
