import {
  AppError,
  type DnsName,
  type InstanceId,
  isAppError,
  type RecordRef,
  type Replaced,
  type WriteRequest,
} from '@serverctl/core';
import { holdsMark, holdsWish, sameView } from '../record-view.ts';
import type { SendTerms, Sent } from '../zone-calls/halves.ts';
import { fulfilled, rejected, settle } from '../zone-calls/settle.ts';
import { asUnsent } from '../zone-calls/unsent.ts';
import type { Client } from './client.ts';
import { isNoEdit, planEdits } from './edits.ts';
import { mayEdit } from './rehearsal.ts';
import type { CpanelOptions } from './schema.ts';
import { viewZone } from './view.ts';
import type { ZoneText } from './zone-text.ts';

/*
 * Records and marks change in one mass edit that is conditional on the serial of the whole zone (R18). Whatever else changes in the zone makes
 * it stale: certificates, keys, other names. So it is looked at what the zone holds, and tried again with the names that are as they were read:
 *
 *   the zone holds of a name   | the panel says | then
 *   what is wished, our mark   |                | already; the others go on without it
 *   other than what was read   |                | dns_rrset_drifted; the others go on without it
 *   what was read              | done           | written
 *                              | stale          | a pause, then from the top; after four of them dns_zone_contended
 *                              | no             | read: another serial is "stale" in words that nobody knows; the same serial is a refusal.
 *                              |                | Of several names one may be the cause (halves.ts): none is judged before it is alone, as
 *                              |                | dns_not_allowed where the token may not edit it either without a change, else as
 *                              |                | dns_request_refused
 *                              | nothing (R19)  | dns_outcome_unknown, of each name that was sent
 *
 * Line indexes are right under one serial alone, so nothing of one try is taken into the next (R17) but a whole zone that was read after the
 * refusal: the edit is conditional on the serial that it came with.
 */
export interface WriteContext extends Pick<CpanelOptions, 'random' | 'wait'> {
  readonly client: Client;
  readonly instance: InstanceId;
  readonly known: Known;
}

/** What the sendings of one call have found out for those that follow. */
export interface Known {
  /** The token may edit the zone: one finding out does for all names. */
  mayEdit: boolean;
  /** Read after the last edit, which was refused; null = look. */
  zone: ZoneText | null;
}

export function nothingKnown(): Known {
  return { mayEdit: false, zone: null };
}

const mostTries = 4;
const firstPauseMs = 60;

/** Writes names of one zone together, each on condition that its `expected` holds. What is found out before is told. Never rejects. */
export async function writeTogether(
  context: WriteContext,
  requests: readonly WriteRequest[],
  { isWanted, tell }: SendTerms,
  signal: AbortSignal,
): Promise<Sent<WriteRequest>> {
  let left = requests;
  try {
    const { zone: name } = firstOf(left).ref;
    let zone = await lookOnce(context, name, signal);
    for (let tries = 1; ; tries += 1) {
      left = left.filter((request) => isToWrite(context, zone, request, tell));
      const { wanted = [], unwanted = [] } = Object.groupBy(left, (one) => (isWanted(one) ? 'wanted' : 'unwanted'));
      for (const request of unwanted) tell(request, fulfilled(null));
      left = wanted;
      if (left.length === 0) return { kind: 'settled', outcomes: new Map() };
      const edits = planEdits(zone, left);
      // Reader and planner judge by the same lines: would they differ, the panel would be asked for nothing again and again.
      if (isNoEdit(edits)) throw new AppError('internal', { zone: name, because: 'nothing to edit' });
      const outcome = await context.client.edit(name, zone.serial, edits, signal);
      if (outcome.kind === 'applied') {
        context.known.mayEdit = true;
        return settledAs(left, () => fulfilled(written));
      }
      const isLast = tries === mostTries;
      if (outcome.kind === 'stale' && isLast) return settledAs(left, contended);
      if (outcome.kind === 'stale') await pause(context, tries, signal);
      const next = await look(context, name, signal);
      if (outcome.kind === 'refused' && next.serial === zone.serial) {
        context.known.zone = next;
        if (left.length > 1) return { kind: 'refused-for-one', error: outcome.as('dns_request_refused'), writes: left };
        const code = (await isAllowed(context, next, firstOf(left).ref, signal))
          ? 'dns_request_refused'
          : 'dns_not_allowed';
        return settledAs(left, () => rejected(outcome.as(code)));
      }
      if (isLast) return settledAs(left, contended);
      if (outcome.kind === 'stale') {
        zone = next;
      } else {
        await pause(context, tries, signal);
        zone = await look(context, name, signal);
      }
    }
  } catch (thrown) {
    const error = isAppError(thrown) ? thrown : new AppError('internal', {}, thrown);
    if (error.code === 'dns_outcome_unknown') return settledAs(left, () => rejected(error));
    return { kind: 'refused-for-all', error, writes: left };
  }
}

const written: Replaced = { outcome: 'written', fencedBy: 'record-and-mark' };

/** Whether the name is to be written now; else it is told what came of it. */
function isToWrite(
  { instance }: WriteContext,
  zone: ZoneText,
  request: WriteRequest,
  tell: SendTerms['tell'],
): boolean {
  const judged = settle(() => {
    const current = viewZone(zone, request.ref, instance);
    if (holdsWish(current, request) && holdsMark(current, request.mark)) return 'already';
    if (sameView(current, request.expected)) return 'to-write';
    throw new AppError('dns_rrset_drifted', { zone: request.ref.zone, name: request.ref.name });
  });
  if (judged.status === 'rejected') tell(request, judged);
  else if (judged.value === 'already') tell(request, fulfilled({ ...written, outcome: 'already' }));
  else return true;
  return false;
}

/** What the zone holds right before a write. */
async function look({ client }: WriteContext, zone: DnsName, signal: AbortSignal): Promise<ZoneText> {
  return client.readZone(zone, signal).catch((error: unknown) => {
    throw asUnsent(error);
  });
}

/** The same, once where the sending before has looked already. */
async function lookOnce(context: WriteContext, name: DnsName, signal: AbortSignal): Promise<ZoneText> {
  const { zone } = context.known;
  context.known.zone = null;
  return zone ?? look(context, name, signal);
}

/** Whether the token may edit the name's zone at all. The edit was refused already: a failure leaves nothing open. */
async function isAllowed(
  { client, known }: WriteContext,
  zone: ZoneText,
  ref: RecordRef,
  signal: AbortSignal,
): Promise<boolean> {
  known.mayEdit ||= await mayEdit(client, zone, ref, signal).catch((error: unknown) => {
    throw asUnsent(error);
  });
  return known.mayEdit;
}

function settledAs(
  requests: readonly WriteRequest[],
  outcomeOf: (ref: RecordRef) => PromiseSettledResult<Replaced>,
): Sent<WriteRequest> {
  return { kind: 'settled', outcomes: new Map(requests.map((request) => [request, outcomeOf(request.ref)])) };
}

function contended({ zone, name }: RecordRef): PromiseRejectedResult {
  return rejected(new AppError('dns_zone_contended', { zone, name, tries: mostTries }));
}

function firstOf(requests: readonly WriteRequest[]): WriteRequest {
  const [first] = requests;
  if (first === undefined) throw new AppError('internal', { because: 'no name to write' });
  return first;
}

/** Twice as long each time, half of it by chance: those who met once are not to meet again. One that the signal ends is over at once. */
async function pause({ random, wait }: WriteContext, tries: number, signal: AbortSignal): Promise<void> {
  const ms = firstPauseMs * 2 ** (tries - 1);
  await wait(ms / 2 + random() * (ms / 2), signal).catch(() => undefined);
}
