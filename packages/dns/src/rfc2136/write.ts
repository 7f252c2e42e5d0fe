import {
  AppError,
  type InstanceId,
  isAppError,
  type RecordRef,
  type RecordView,
  type Replaced,
  type WriteRequest,
} from '@serverctl/core';
import { holdsMark, holdsWish } from '../record-view.ts';
import type { ResourceRecord } from '../wire/message.ts';
import { rrType } from '../wire/registry.ts';
import type { Client } from './client.ts';
import { isProvenRefusal } from './errors.ts';
import { canChangeMark } from './probe.ts';
import { readView } from './read.ts';
import { deleteRecord, markHolds, recordHolds, replaceMark, replaceRecord } from './records.ts';

/*
 * Record and mark change in one UPDATE, or neither does (R18). An AAAA that is withdrawn is such a change, too (R20): the mark is the name's,
 * of its A as well, so it is raised and stays.
 *
 *   what was expected       | server says  | then                                                        | result
 *   is what is wanted       |              | read: still so?                                             | already / drifted
 *   something else          | NOERROR      |                                                             | written
 *                           | drifted      | read: is it what is wanted? (a repeat, or a lost reply)     | already / drifted
 *                           | not allowed* | the same without the mark, still conditional on the mark    | … by value only
 *
 *   * by its signature, or by BADKEY from a server that proves to know the key: nobody else may talk us out of the mark.
 */

/** Of a mark beside no record: whoever looks at it asks the primary. */
const bareMarkTtlSeconds = 60;

/** Makes the write on condition that `expected` holds. Throws `dns_outcome_unknown` when no believable reply came (R19). */
export async function writeRecordAndMark(
  client: Client,
  request: WriteRequest,
  instance: InstanceId,
  signal: AbortSignal,
): Promise<Replaced> {
  const { ref, expected, mark } = request;
  if (expected.cname) throw new AppError('dns_cname_in_the_way', { zone: ref.zone, name: ref.name });
  if (holdsWish(expected, request) && holdsMark(expected, mark)) {
    return settleDrift(client, request, instance, signal, new AppError('dns_rrset_drifted', { name: ref.name }));
  }
  const prerequisites = [...recordHolds(ref, expected), ...markHolds(ref, expected)];
  const { record, ttlSeconds } = changesOf(request);
  try {
    const changes = [...record, ...replaceMark(ref, mark, ttlSeconds)];
    await client.update({ zone: ref.zone, prerequisites, changes }, signal);
    return { outcome: 'written', fencedBy: 'record-and-mark' };
  } catch (error) {
    if (isAppError(error, 'dns_rrset_drifted')) return settleDrift(client, request, instance, signal, error);
    if (!(await mayLackMark(client, ref, signal, error))) throw error;
  }
  try {
    await client.update({ zone: ref.zone, prerequisites, changes: record }, signal);
    return { outcome: holdsWish(expected, request) ? 'already' : 'written', fencedBy: 'value-only' };
  } catch (error) {
    if (isAppError(error, 'dns_rrset_drifted')) return settleDrift(client, request, instance, signal, error);
    throw await nameRefusal(client, ref, signal, error);
  }
}

/** The change of the record alone, and the TTL that the mark gets beside it. */
function changesOf(request: WriteRequest): { readonly record: ResourceRecord[]; readonly ttlSeconds: number } {
  const { ref, expected } = request;
  if ('next' in request) {
    const { address, ttlSeconds } = request.next;
    return { record: replaceRecord(ref, address, ttlSeconds), ttlSeconds };
  }
  return { record: [deleteRecord(ref)], ttlSeconds: expected.rrset?.ttlSeconds ?? bareMarkTtlSeconds };
}

/**
 * A key without rights on the TXT is refused as a whole: a signed REFUSED from BIND, BADKEY from Knot. Nothing is remembered,
 * so that a right granted later is used at the next write.
 */
async function mayLackMark(client: Client, ref: RecordRef, signal: AbortSignal, error: unknown): Promise<boolean> {
  if (isAppError(error, 'dns_tsig_unknown_key')) return knowsKey(client, ref.zone, signal);
  return isProvenRefusal(error);
}

/** Knot says BADKEY to a change that the key may not make. */
async function nameRefusal(client: Client, ref: RecordRef, signal: AbortSignal, error: unknown): Promise<unknown> {
  if (!isAppError(error, 'dns_tsig_unknown_key')) return error;
  return (await knowsKey(client, ref.zone, signal)) ? new AppError('dns_not_allowed', error.details, error) : error;
}

/** BADKEY comes without a signature, so that anybody may have said it. A signed answer to a query proves that the server knows the key. */
function knowsKey(client: Client, zone: string, signal: AbortSignal): Promise<boolean> {
  return client.query(zone, rrType.soa, signal).then(
    () => true,
    () => false,
  );
}

async function settleDrift(
  client: Client,
  request: WriteRequest,
  instance: InstanceId,
  signal: AbortSignal,
  drifted: AppError,
): Promise<Replaced> {
  const current: RecordView = await readView(client, request.ref, instance, signal);
  if (!holdsWish(current, request)) throw drifted;
  if (holdsMark(current, request.mark)) return { outcome: 'already', fencedBy: 'record-and-mark' };
  // The record is right and the mark is another one: somebody else's write, unless this key cannot write marks at all.
  const addresses = current.rrset?.addresses ?? [];
  if (await canChangeMark(client, request.ref, addresses, signal)) throw drifted;
  return { outcome: 'already', fencedBy: 'value-only' };
}
