import type {
  BindingAdded,
  BindingInput,
  BindingQuery,
  BindingRemoved,
  BindingStatus,
  TestView,
} from '@serverctl/contract';
import { AppError, markText, type RecordRef, type RecordType } from '@serverctl/core';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import {
  type BindingRow,
  deleteBinding,
  findBindings,
  getBinding,
  insertBinding,
  listBindings,
  refuseTakenBinding,
} from '../../db/repositories/bindings.ts';
import type { CredentialRow } from '../../db/repositories/credentials.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { getPool, lockPool, type PoolRow } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import { newId } from '../../platform/random.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { promoteForJoined } from '../members/re-address.ts';
import { inTransaction } from '../transaction.ts';
import { bindingView } from '../views/binding-view.ts';
import { readSnapshot } from '../views/snapshot.ts';
import { requireAsTried } from './credential-as-tried.ts';
import { joiningOf } from './joining.ts';
import { mayPublishAtOnce } from './publish-at-once.ts';
import { recordRef, type Tried, tryRecord } from './try-record.ts';
import { requireProxy, requireTtl, usableCredential } from './usable-credential.ts';

export interface BindingRefs {
  readonly poolId: string;
  readonly bindingId: string;
}

type NewName = z.output<typeof BindingInput>;

const typesOf: Readonly<Record<NewName['families'], readonly RecordType[]>> = {
  ipv4: ['A'],
  ipv6: ['AAAA'],
  both: ['A', 'AAAA'],
};

export async function listBindingViews(deps: ServiceDeps, poolRef: string): Promise<{ bindings: BindingStatus[] }> {
  const snapshot = await readSnapshot(deps.db, deps.clock.wallTime(), poolRef);
  return { bindings: snapshot.bindings.map((row) => bindingView(snapshot, row)) };
}

/**
 * A managed name, each of its records tried by a real probe and read before anything is stored; of two both are stored, or neither. While
 * the pool has no active member nothing is written; with one, the publisher writes its address at once, so a record that is not ours needs
 * `takeOver` here.
 */
export async function addBinding(
  deps: ServiceDeps,
  caller: Caller,
  poolRef: string,
  input: NewName,
): Promise<BindingAdded> {
  const types = typesOf[input.families];
  const refs = types.map((type) => recordRef({ ...input, type }));
  const [{ name }] = refs as [RecordRef]; // no family is without a type
  requireTtl(input.ttlSeconds);
  const pool = await getPool(deps.db, poolRef);
  await refuseTakenBinding(deps.db, { name, types }, pool.id);
  const credential = await usableCredential(deps.db, caller, pool.id, input.credentialId);
  requireProxy(credential, input.proxied);
  const tried: Tried[] = [];
  for (const ref of refs) tried.push(await tryNew(deps, { pool, credential, ref, input }));
  const poolId = await inTransaction(deps.db, (trx) =>
    storeName(trx, deps, caller, { poolRef, credential, tried, input }),
  );
  const snapshot = await readSnapshot(deps.db, deps.clock.wallTime(), poolId);
  const added = await findBindings(deps.db, poolId, name);
  const [first, second] = tried.map(({ ref, test }) => {
    const row = added.find(({ type }) => type === ref.type);
    if (row === undefined) throw new AppError('binding_not_found', { pool: poolId, name });
    return { binding: bindingView(snapshot, row), test };
  });
  if (first === undefined) throw new Error('no family is without a type');
  return { ...first, aaaa: second ?? null };
}

interface New {
  readonly pool: PoolRow;
  readonly credential: CredentialRow;
  readonly ref: RecordRef;
  readonly input: NewName;
}

async function tryNew(deps: ServiceDeps, { pool, credential, ref, input }: New): Promise<Tried> {
  const provider = await deps.providers.forCredential(credential.id);
  const tried = await tryRecord(deps, provider, ref, deps.providers.instance, {
    kind: credential.provider,
    wish: input,
    isWhole: input.families === 'both',
    pool: await joiningOf(deps.db, pool, ref.type),
    isTakenOver: input.takeOver && pool.active_member_id !== null,
  });
  if (tried.view.cname) throw new AppError('dns_cname_in_the_way', { name: ref.name });
  return tried;
}

interface Storing {
  readonly poolRef: string;
  readonly credential: CredentialRow;
  readonly tried: readonly Tried[];
  readonly input: NewName;
}

/** Returns the pool's id. */
async function storeName(
  trx: Transaction<Database>,
  deps: ServiceDeps,
  caller: Caller,
  { poolRef, credential, tried, input }: Storing,
): Promise<string> {
  const pool = await lockPool(trx, poolRef);
  await requireAsTried(trx, credential);
  const isActive = pool.active_member_id !== null;
  const takeOvers = isActive ? await mayPublishAtOnce(trx, pool, tried, input) : [];
  const { ttlSeconds, proxied } = input;
  for (const [place, { ref, view }] of tried.entries()) {
    const { name, zone, type } = ref;
    const takeOver = takeOvers[place] ?? false;
    const id = newId(deps.random);
    await insertBinding(trx, {
      id,
      pool_id: pool.id,
      name,
      zone,
      type,
      ttl_seconds: ttlSeconds,
      proxied,
      credential_id: credential.id,
      take_over: takeOver,
      take_over_mark: takeOver ? markText(view) : null,
    });
    await writeAudit(trx, {
      ...caller,
      action: 'binding.create',
      target: id,
      poolId: pool.id,
      details: { name, zone, type, ttlSeconds, proxied, credential: credential.id, takeOver },
    });
  }
  const { name } = tried[0]?.ref ?? input;
  const types = tried.map(({ ref }) => ref.type);
  const sentence = `${name}${typesWords(types)} is now a managed name of ${pool.name}.`;
  await writeEvent(trx, { kind: 'binding.added', severity: 'info', poolId: pool.id, sentence });
  await promoteForJoined(deps, trx, caller, pool, types);
  return pool.id;
}

/** Ends management of one record, or of all that the name has. Records and their marks stay as they are. */
export async function removeBinding(
  deps: ServiceDeps,
  caller: Caller,
  refs: BindingRefs,
  { type }: BindingQuery,
): Promise<BindingRemoved> {
  return inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const rows = await findBindings(trx, pool.id, refs.bindingId, type);
    const [first] = rows as [BindingRow]; // never none
    for (const row of rows) {
      await deleteBinding(trx, row.id);
      await writeAudit(trx, {
        ...caller,
        action: 'binding.remove',
        target: row.id,
        poolId: pool.id,
        details: { name: row.name, zone: row.zone, type: row.type, publishedAddress: row.published_address },
      });
    }
    const stays = (await listBindings(trx, pool.id)).filter(({ name }) => name === first.name).map(typeOf);
    const types = rows.map(typeOf);
    await writeEvent(trx, {
      kind: 'binding.removed',
      severity: pool.active_member_id === null ? 'info' : 'warning',
      poolId: pool.id,
      sentence: `${first.name}${typesWords(types)} is no longer managed by ${pool.name}; its record stays as it is.${staysWords(stays)}`,
    });
    const records = rows.map((row) => ({ id: row.id, name: row.name, type: typeOf(row) }));
    return { removed: first.id, records, stays };
  });
}

/** Only where it is not the A alone, which goes without saying. */
function typesWords(types: readonly RecordType[]): string {
  return types.join() === 'A' ? '' : ` (${types.join(', ')})`;
}

function staysWords(stays: readonly RecordType[]): string {
  return stays.length === 0 ? '' : ` Its ${stays.join(', ')} is managed on, alone.`;
}

const typeOf = ({ type }: BindingRow): RecordType => type as RecordType; // by the table's own constraint

/** Tries one record of a managed name: by id, or the name's A before its AAAA. */
export async function testBinding(deps: ServiceDeps, refs: BindingRefs): Promise<TestView> {
  const pool = await getPool(deps.db, refs.poolId);
  const row = await getBinding(deps.db, pool.id, refs.bindingId);
  const ref = recordRef(row);
  const provider = await deps.providers.forCredential(row.credential_id);
  const context = {
    kind: row.provider,
    wish: { ttlSeconds: row.ttl_seconds, proxied: row.proxied },
    pool: await joiningOf(deps.db, pool, ref.type),
  };
  return (await tryRecord(deps, provider, ref, deps.providers.instance, context)).test;
}
