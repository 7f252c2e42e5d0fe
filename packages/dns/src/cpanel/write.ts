import { AppError, type InstanceId, type Replaced, type WriteRequest } from '@serverctl/core';
import { holdsMark, holdsWish, sameView } from '../record-view.ts';
import type { Client } from './client.ts';
import { isNoEdit, planEdits } from './edits.ts';
import { mayEdit } from './rehearsal.ts';
import type { CpanelOptions } from './schema.ts';
import { viewZone } from './view.ts';
import type { ZoneText } from './zone-text.ts';

/*
 * Record and mark change in one mass edit that is conditional on the serial of the whole zone (R18). Whatever else changes in the zone makes
 * it stale: certificates, keys, other names. So it is looked at what the zone holds, and tried again where this record is as it was read:
 *
 *   the zone holds             | the panel says | then
 *   what is wished, our mark   |                | already
 *   other than what was read   |                | dns_rrset_drifted
 *   what was read              | done           | written
 *                              | stale          | a pause, then from the top; after four of them dns_zone_contended
 *                              | no             | read: another serial is "stale" in words that nobody knows; the same serial is a refusal,
 *                              |                | dns_request_refused where the token may edit, else dns_not_allowed
 *
 * Line indexes are right under one serial alone, so nothing of one try is taken into the next (R17).
 */
export interface WriteContext extends Pick<CpanelOptions, 'random' | 'wait'> {
  readonly client: Client;
  readonly instance: InstanceId;
}

const mostTries = 4;
const firstPauseMs = 60;

/** Makes the write on condition that `expected` holds. */
export async function writeRecordAndMark(
  context: WriteContext,
  request: WriteRequest,
  signal: AbortSignal,
): Promise<Replaced> {
  const { client, instance } = context;
  const { ref, expected, mark } = request;
  if (expected.cname) throw new AppError('dns_cname_in_the_way', { zone: ref.zone, name: ref.name });
  let zone = await client.readZone(ref.zone, signal);
  for (let tries = 1; ; tries += 1) {
    const current = viewZone(zone, ref, instance);
    if (holdsWish(current, request) && holdsMark(current, mark)) return done('already');
    if (!sameView(current, expected)) throw new AppError('dns_rrset_drifted', { zone: ref.zone, name: ref.name });
    const edits = planEdits(zone, request);
    // Reader and planner judge by the same lines: would they differ, the panel would be asked for nothing again and again.
    if (isNoEdit(edits)) throw new AppError('internal', { name: ref.name, because: 'nothing to edit' });
    const outcome = await client.edit(ref.zone, zone.serial, edits, signal);
    if (outcome.kind === 'applied') return done('written');
    const isLast = tries === mostTries;
    if (outcome.kind === 'stale' && isLast) throw contended(request);
    if (outcome.kind === 'stale') await pause(context, tries, signal);
    const next = await client.readZone(ref.zone, signal);
    if (outcome.kind === 'refused' && next.serial === zone.serial) {
      throw outcome.as(await reasonOf(context, next, request, signal));
    }
    if (isLast) throw contended(request);
    zone = next;
  }
}

function done(outcome: Replaced['outcome']): Replaced {
  return { outcome, fencedBy: 'record-and-mark' };
}

function contended({ ref }: WriteRequest): AppError {
  return new AppError('dns_zone_contended', { zone: ref.zone, name: ref.name, tries: mostTries });
}

/** An edit that is known to be well-formed is refused, too, where the token may not edit at all. */
async function reasonOf({ client }: WriteContext, zone: ZoneText, { ref }: WriteRequest, signal: AbortSignal) {
  return (await mayEdit(client, zone, ref, signal)) ? 'dns_request_refused' : 'dns_not_allowed';
}

/** Twice as long each time, half of it by chance: those who met once are not to meet again. One that the signal ends is over at once. */
async function pause({ random, wait }: WriteContext, tries: number, signal: AbortSignal): Promise<void> {
  const ms = firstPauseMs * 2 ** (tries - 1);
  await wait(ms / 2 + random() * (ms / 2), signal).catch(() => undefined);
}
