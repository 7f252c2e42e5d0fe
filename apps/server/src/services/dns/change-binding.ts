import type { BindingChanged, BindingPatch, BindingQuery } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { type BindingRow, findBindings, updateBinding } from '../../db/repositories/bindings.ts';
import { type CredentialRow, getCredential } from '../../db/repositories/credentials.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { getPool, lockPool, type PoolRow } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { bindingView } from '../views/binding-view.ts';
import { readSnapshot } from '../views/snapshot.ts';
import type { BindingRefs } from './binding-service.ts';
import { requireAsTried } from './credential-as-tried.ts';
import { joiningOf } from './joining.ts';
import { standingOf } from './publish-at-once.ts';
import { standsDetails } from './stands-words.ts';
import { recordRef, type Tried, tryRecord } from './try-record.ts';
import { requireProxy, requireTtl, usableCredential } from './usable-credential.ts';

type Patch = z.output<typeof BindingPatch>;

/** What can be changed of a managed record. */
interface Settings {
  readonly ttlSeconds: number;
  readonly proxied: boolean | null;
  readonly credentialId: string;
}

interface Change {
  readonly row: BindingRow;
  readonly before: Settings;
  readonly after: Settings;
  readonly tried: Tried;
  /** As it was before the try. */
  readonly credential: CredentialRow;
}

/**
 * Another TTL, proxied or credential for one record, or for all of a name. Each is tried by a real probe and read with what it shall have
 * before anything is stored, and all are changed or none; the publisher writes what it means for the record. Through another credential the
 * name must hold what we left there: a record of somebody else in another account is no part of this yes (R21). A patch that changes
 * nothing leaves no trace.
 */
export async function changeBinding(
  deps: ServiceDeps,
  caller: Caller,
  refs: BindingRefs,
  { type }: BindingQuery,
  patch: Patch,
): Promise<BindingChanged> {
  if (patch.ttlSeconds !== undefined) requireTtl(patch.ttlSeconds);
  const pool = await getPool(deps.db, refs.poolId);
  const rows = await findBindings(deps.db, pool.id, refs.bindingId, type);
  const credential =
    patch.credentialId === undefined ? null : await usableCredential(deps.db, caller, pool.id, patch.credentialId);
  const changes: Change[] = [];
  const isWhole = rows.length > 1;
  for (const row of rows) changes.push(await tryChange(deps, pool, row, { patch, credential, isWhole }));
  const real = changes.filter(({ before, after }) => !isSame(before, after));
  if (real.length > 0) await inTransaction(deps.db, (trx) => storeChanges(trx, caller, pool, real));
  const snapshot = await readSnapshot(deps.db, deps.clock.wallTime(), pool.id);
  const records = changes.flatMap(({ row: { id }, tried: { test } }) => {
    const now = snapshot.bindings.find((one) => one.id === id);
    return now === undefined ? [] : [{ binding: bindingView(snapshot, now), test }];
  });
  return { records };
}

interface Wish {
  readonly patch: Patch;
  /** The other one that is wished for; null = the record's own. */
  readonly credential: CredentialRow | null;
  /** All records of the name get the same. */
  readonly isWhole: boolean;
}

async function tryChange(deps: ServiceDeps, pool: PoolRow, row: BindingRow, wish: Wish): Promise<Change> {
  const before = settingsOf(row);
  const { ttlSeconds = before.ttlSeconds, proxied = before.proxied } = wish.patch;
  const credential = wish.credential ?? (await getCredential(deps.db, before.credentialId));
  const after = { ttlSeconds, proxied, credentialId: credential.id };
  const { provider: kind } = credential;
  requireProxy({ provider: kind }, proxied);
  const ref = recordRef(row);
  const provider = await deps.providers.forCredential(after.credentialId);
  const joining = await joiningOf(deps.db, pool, ref.type);
  // What the patch does not say of proxied may differ between the two.
  const isWhole = wish.isWhole && wish.patch.proxied !== undefined;
  const context = { kind, wish: { ttlSeconds, proxied }, isWhole, pool: joining };
  const tried = await tryRecord(deps, provider, ref, deps.providers.instance, context);
  if (tried.view.cname) throw new AppError('dns_cname_in_the_way', { name: ref.name });
  if (after.credentialId !== before.credentialId) refuseOthers({ ...tried, pool: joining }, row);
  return { row, before, after, tried, credential };
}

/**
 * Throws `dns_foreign_mark` or `record_not_ours_there` where another account holds something else than we left at the name; a yes that is
 * open was for what stood in the account of before. While nobody is active nothing is written: the first publish asks.
 */
function refuseOthers(tried: Parameters<typeof standsDetails>[0][number], row: BindingRow): void {
  const { view, pool } = tried;
  const standing = standingOf(tried, pool);
  const isAsLeft = view.mark.kind === 'none' && view.rrset?.addresses.join() === row.published_address;
  if (!pool.isActive || isAsLeft || standing === 'free' || standing === 'as-wished') return;
  const code = standing === 'claimed' ? 'dns_foreign_mark' : 'record_not_ours_there';
  throw new AppError(code, standsDetails([tried], [tried]));
}

async function storeChanges(
  trx: Transaction<Database>,
  caller: Caller,
  { id: poolRef, active_member_id: activeBefore }: PoolRow,
  changes: readonly Change[],
): Promise<void> {
  const pool = await lockPool(trx, poolRef);
  // What stands elsewhere was judged for a pool that was, or was not, active.
  if (pool.active_member_id !== activeBefore) throw new AppError('binding_changed', { pool: pool.name });
  for (const { row, before, after, credential } of changes) {
    const [now] = await findBindings(trx, pool.id, row.id);
    // What was tried is what is stored: another change since is one that this was not tried with.
    if (now === undefined || !isSame(settingsOf(now), before))
      throw new AppError('binding_changed', { pool: pool.name, name: row.name });
    await requireAsTried(trx, credential);
    const { ttlSeconds: ttl_seconds, proxied, credentialId: credential_id } = after;
    await updateBinding(trx, row.id, { ttl_seconds, proxied, credential_id });
    await writeAudit(trx, {
      ...caller,
      action: 'binding.update',
      target: row.id,
      poolId: pool.id,
      details: { name: row.name, type: row.type, before, after },
    });
  }
  const [{ row }] = changes as [Change]; // the caller has at least one
  const types = changes.map((change) => change.row.type);
  const what = types.join() === 'A' ? row.name : `${row.name} (${types.join(', ')})`;
  const sentence = `${what}: ${wordsOf(changes)}.`;
  await writeEvent(trx, { kind: 'binding.changed', severity: 'info', poolId: pool.id, sentence });
}

/** What was changed, in the words that a person used. */
function wordsOf(changes: readonly Change[]): string {
  const { after } = changes[0] as Change; // as above; of two records both get the same
  const changed = (field: keyof Settings) => changes.some((one) => one.before[field] !== one.after[field]);
  const proxied = after.proxied === null ? 'left as it is' : after.proxied ? 'on' : 'off';
  return [
    changed('ttlSeconds') && `TTL ${after.ttlSeconds} s`,
    changed('proxied') && `proxied ${proxied}`,
    changed('credentialId') && 'another credential',
  ]
    .filter((word) => word !== false)
    .join(', ');
}

function settingsOf(row: BindingRow): Settings {
  return { ttlSeconds: row.ttl_seconds, proxied: row.proxied, credentialId: row.credential_id };
}

function isSame(one: Settings, other: Settings): boolean {
  return (
    one.ttlSeconds === other.ttlSeconds && one.proxied === other.proxied && one.credentialId === other.credentialId
  );
}
