import { AppError, isAppError, type ProbeReport, type RecordRef } from '@serverctl/core';
import type { Client } from './client.ts';
import { noteStaysAs } from './note.ts';
import { readHolding } from './read.ts';
import type { WriteContext } from './write.ts';

/*
 * The provider has no dry run, and says of a token only that it is active, also to one that its address filter shuts out. So the rights are
 * asked for where they are used (R23):
 *
 *   reading   the very request of every read
 *   editing   a PATCH without fields, on an id that no record has: whoever may not edit is refused (403), whoever may is told that there
 *             is no such record (404). Nothing could change even if it were there, so it cannot race with a write of ours, which sending
 *             the present values again could: what was read a moment ago would be written over a promotion.
 *   marking   editing, and room for a mark behind the note that a person left in the comment
 *
 * That refusal comes before the look for the record is how the API is laid out (rights are checked by path), and is not documented: the
 * worst that a change of that could do is a report that is too good, and the first write says so.
 */

/** Proves with the real token what it may do, and changes nothing. Throws for a zone that is paused or not active. */
export async function probeRights(context: WriteContext, ref: RecordRef, signal: AbortSignal): Promise<ProbeReport> {
  const { client, zones, limits, instance } = context;
  return zones.under(ref.zone, signal, async (zoneId) => {
    const [holding] = await Promise.all([
      readHolding(client, zoneId, ref, signal),
      zones.requireOwn(ref.zone, signal),
      requireActive(context, ref, signal),
    ]);
    const canEdit = await mayEdit(client, zoneId, signal);
    const canMark = canEdit && noteStaysAs(holding.records, instance, limits.commentLimit) === undefined;
    return { canEdit, canMark, soaSerial: null, skewSeconds: null };
  });
}

/**
 * Looked at here and not before a write: the records of a paused zone are served as ever, and a failover must not wait for what a person
 * has to mend. Where the token may not look at the zone nothing is said.
 */
async function requireActive({ zones }: WriteContext, ref: RecordRef, signal: AbortSignal): Promise<void> {
  const zone = await zones.look(ref.zone, signal);
  if (zone === null) return;
  if (zone.name !== ref.zone) throw new AppError('dns_zone_id_wrong', { zone: ref.zone, holds: zone.name });
  if (zone.paused) throw new AppError('dns_zone_paused', { zone: ref.zone });
  if (zone.status !== 'active') throw new AppError('dns_zone_inactive', { zone: ref.zone, state: zone.status });
}

async function mayEdit(client: Client, zoneId: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.rehearse(zoneId, signal);
    return true;
  } catch (error) {
    if (isAppError(error, 'dns_not_allowed')) return false;
    // There is no such record, or no field to change: told only to whoever may change one.
    if (isAppError(error, 'dns_rrset_drifted') || isAppError(error, 'dns_request_refused')) return true;
    throw error;
  }
}
