import {
  AppError,
  type InstanceId,
  isAppError,
  type RecordRef,
  type Replaced,
  type WriteRequest,
} from '@serverctl/core';
import { requireNoCname, sameView } from '../record-view.ts';
import { type Change, composeBatch, type PlannedChange, planChange, planWithdrawal } from './change.ts';
import type { Client } from './client.ts';
import { type Holding, readHolding, viewHolding } from './read.ts';
import type { BatchHeld, HeldRecord } from './reply.ts';
import type { PlanLimits } from './schema.ts';
import type { Zones } from './zones.ts';

/*
 * The provider knows no condition (R18), so what was expected is compared right before the write and not by it; whoever calls reads back:
 *
 *   read now: holds       | then                                              | the provider says        | result
 *   exactly what is wished| nothing                                           |                          | already
 *   not what was expected | nothing                                           |                          | dns_rrset_drifted
 *   what was expected     | one request: create, patch, collapse or withdraw  | done                     | written
 *                         |                                                   | stale id, or one exists  | once more from the start
 *
 * The read is what the ids come from, so that none is ever older than the request before. Between it and the write is a gap that nothing
 * closes: a late write may win. It carries its own mark together with its address, so that the next read tells it apart and mends it.
 */

const attempts = 2;

/** What a write works with. */
export interface WriteContext {
  readonly client: Client;
  readonly zones: Zones;
  readonly limits: PlanLimits;
  readonly instance: InstanceId;
}

/** Replaces record and mark in place, or withdraws the AAAA. Throws `dns_outcome_unknown` when no reply settled it (R19). */
export async function writeRecord(
  context: WriteContext,
  request: WriteRequest,
  signal: AbortSignal,
): Promise<Replaced> {
  requireNoCname(request);
  const { zone } = request.ref;
  return context.zones.under(zone, signal, async (zoneId) => {
    for (let left = attempts; ; left -= 1) {
      const outcome = await attemptWrite(context, zoneId, request, signal).catch((error: unknown) => {
        if (left > 1 && isDriftAtServer(error)) return null;
        throw error;
      });
      if (outcome !== null) return outcome;
    }
  });
}

/** The provider itself found that the record is another than the one just read: to be looked at once more. */
export function isDriftAtServer(error: unknown): boolean {
  return isAppError(error, 'dns_rrset_drifted') && error.details['status'] !== undefined;
}

/** What is to be sent for a write; null = it holds already. Throws `dns_rrset_drifted` when it holds something else than expected. */
export function planWrite(
  context: Pick<WriteContext, 'limits' | 'instance'>,
  holding: Holding,
  request: WriteRequest,
): PlannedChange {
  const { limits, instance } = context;
  const planned =
    'next' in request
      ? planChange(holding.records, wishOf(request), limits, instance)
      : planWithdrawal(holding.records);
  if (planned.change.kind === 'none' && !holding.cname) return planned;
  if (!sameView(viewHolding(holding, context), request.expected))
    throw new AppError('dns_rrset_drifted', { name: request.ref.name });
  return planned;
}

/** Looks, and writes once. `requireWanted` throws where it shall not be written any more: asked when nothing but the write is left (R16). */
export async function attemptWrite(
  context: WriteContext,
  zoneId: string,
  request: WriteRequest,
  signal: AbortSignal,
  requireWanted: () => void = () => undefined,
): Promise<Replaced> {
  const { client, zones } = context;
  const { ref } = request;
  const planned = planWrite(context, await readHolding(client, zoneId, ref, signal), request);
  if (planned.change.kind === 'none') return { outcome: 'already', fencedBy: planned.fencedBy };
  if (planned.change.kind === 'create') await zones.requireOwn(ref.zone, signal);
  requireWanted();
  return sendChange(client, zoneId, ref, planned, signal);
}

/** Sends one name's change by the request that is its own. */
export async function sendChange(
  client: Client,
  zoneId: string,
  ref: RecordRef,
  { change, fencedBy }: PlannedChange,
  signal: AbortSignal,
): Promise<Replaced> {
  requireHeld(await sendOnly(client, zoneId, change, signal), ref, change);
  return { outcome: 'written', fencedBy };
}

async function sendOnly(client: Client, zoneId: string, change: Change, signal: AbortSignal): Promise<BatchHeld> {
  if (change.kind === 'create')
    return { ...nothing, created: [await client.createRecord(zoneId, change.post, signal)] };
  if (change.kind === 'patch')
    return { ...nothing, patched: [await client.patchRecord(zoneId, change.id, change.patch, signal)] };
  const [only, ...more] = change.kind === 'withdraw' ? change.deletes : [];
  if (only === undefined || more.length > 0) return client.changeMany(zoneId, composeBatch([change]), signal);
  await client.deleteRecord(zoneId, only, signal);
  return nothing;
}

const nothing: BatchHeld = { patched: [], created: [] };

/** A reply that tells of another record than the one asked for settles nothing: throws `dns_outcome_unknown` (R19). */
export function requireHeld(held: BatchHeld, { name, type }: RecordRef, change: Change): void {
  if (change.kind === 'none' || change.kind === 'withdraw') return;
  const content = change.kind === 'create' ? change.post.content : change.patch.content;
  const isOurs = (record: HeldRecord) => record.name === name && record.type === type && record.content === content;
  const found =
    change.kind === 'create'
      ? held.created.some(isOurs)
      : held.patched.some((record) => record.id === change.id && isOurs(record));
  if (found) return;
  const told = [...held.patched, ...held.created].filter((record) => record.name === name || isOurs(record));
  const holds = told.map((record) => `${record.name} ${record.content}`).join(', ');
  throw new AppError('dns_outcome_unknown', { name, because: 'other-record', holds });
}

function wishOf({ ref, next, mark }: Extract<WriteRequest, { next: unknown }>) {
  const { name, type } = ref;
  const { address: content, ...wished } = next;
  return { name, type, content, mark, ...wished };
}
