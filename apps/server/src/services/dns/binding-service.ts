import type { BindingAdded, BindingInput, BindingStatus, Removed, TestView } from '@serverctl/contract';
import { AppError, mayDo } from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import {
  deleteBinding,
  getBinding,
  insertBinding,
  listBindings,
  refuseTakenBinding,
} from '../../db/repositories/bindings.ts';
import { type CredentialRow, getCredential } from '../../db/repositories/credentials.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { getPool, lockPool } from '../../db/repositories/pools.ts';
import { newId } from '../../platform/random.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { bindingView } from '../views/binding-view.ts';
import { readSnapshot } from '../views/snapshot.ts';
import { mayPublishAtOnce } from './publish-at-once.ts';
import { recordRef, tryRecord } from './try-record.ts';

export interface BindingRefs {
  readonly poolId: string;
  readonly bindingId: string;
}

const ttlLimits = { least: 1, most: 86_400 } as const;

export async function listBindingViews(deps: ServiceDeps, poolRef: string): Promise<{ bindings: BindingStatus[] }> {
  const snapshot = await readSnapshot(deps.db, deps.clock.wallTime(), poolRef);
  return { bindings: snapshot.bindings.map((row) => bindingView(snapshot, row)) };
}

/**
 * A managed name, tried by a real probe and read before anything is stored. While the pool has no active member nothing is written; with
 * one, the publisher writes its address at once, so a record that is not ours needs `takeOver` here.
 */
export async function addBinding(
  deps: ServiceDeps,
  caller: Caller,
  poolRef: string,
  input: z.output<typeof BindingInput>,
): Promise<BindingAdded> {
  const ref = recordRef(input);
  if (input.ttlSeconds < ttlLimits.least || input.ttlSeconds > ttlLimits.most) {
    throw new AppError('ttl_out_of_range', { field: 'ttlSeconds', ...ttlLimits });
  }
  const { id: ownPoolId } = await getPool(deps.db, poolRef);
  await refuseTakenBinding(deps.db, ref.name, ownPoolId);
  const credential = await credentialFor(deps.db, caller, ownPoolId, input.credentialId);
  const provider = await deps.providers.forCredential(credential.id);
  const tried = await tryRecord(deps, provider, ref, deps.providers.instance);
  if (tried.view.cname) throw new AppError('dns_cname_in_the_way', { name: ref.name });
  const id = newId(deps.random);
  const poolId = await inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, poolRef);
    const takeOver = pool.active_member_id !== null && (await mayPublishAtOnce(trx, pool, tried, input.takeOver));
    await insertBinding(trx, {
      id,
      pool_id: pool.id,
      name: ref.name,
      zone: ref.zone,
      ttl_seconds: input.ttlSeconds,
      credential_id: credential.id,
      take_over: takeOver,
    });
    await writeAudit(trx, {
      ...caller,
      action: 'binding.create',
      target: id,
      poolId: pool.id,
      details: { name: ref.name, zone: ref.zone, ttlSeconds: input.ttlSeconds, credential: credential.id, takeOver },
    });
    const sentence = `${ref.name} is now a managed name of ${pool.name}.`;
    await writeEvent(trx, { kind: 'binding.added', severity: 'info', poolId: pool.id, sentence });
    return pool.id;
  });
  const snapshot = await readSnapshot(deps.db, deps.clock.wallTime(), poolId);
  return { binding: bindingView(snapshot, await getBinding(deps.db, poolId, id)), test: tried.test };
}

/**
 * Credentials belong to no pool, and with one every name may be written that its key may. Who may not see them all uses those that the pool
 * has already; any other is `credential_not_found`, whether there is one or not.
 */
async function credentialFor(
  db: ServiceDeps['db'],
  { access }: Caller,
  poolId: string,
  ref: string,
): Promise<CredentialRow> {
  const credential = await getCredential(db, ref);
  if (mayDo(access, 'dns:read', null)) return credential;
  if ((await listBindings(db, poolId)).some((binding) => binding.credential_id === credential.id)) return credential;
  throw new AppError('credential_not_found', { credential: ref });
}

/** Ends management of the name. The record and its mark stay as they are. */
export async function removeBinding(deps: ServiceDeps, caller: Caller, refs: BindingRefs): Promise<Removed> {
  return inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const row = await getBinding(trx, pool.id, refs.bindingId);
    await deleteBinding(trx, row.id);
    await writeAudit(trx, {
      ...caller,
      action: 'binding.remove',
      target: row.id,
      poolId: pool.id,
      details: { name: row.name, zone: row.zone, publishedAddress: row.published_address },
    });
    await writeEvent(trx, {
      kind: 'binding.removed',
      severity: pool.active_member_id === null ? 'info' : 'warning',
      poolId: pool.id,
      sentence: `${row.name} is no longer managed by ${pool.name}; its record stays as it is.`,
    });
    return { removed: row.id };
  });
}

export async function testBinding(deps: ServiceDeps, refs: BindingRefs): Promise<TestView> {
  const pool = await getPool(deps.db, refs.poolId);
  const row = await getBinding(deps.db, pool.id, refs.bindingId);
  const provider = await deps.providers.forCredential(row.credential_id);
  return (await tryRecord(deps, provider, recordRef(row), deps.providers.instance)).test;
}
