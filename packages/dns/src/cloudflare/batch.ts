import { AppError, type DnsName, type ErrorCode, isAppError, type Replaced, type WriteRequest } from '@serverctl/core';
import { type Sender, type SendTerms, type Sent, sendByHalves } from '../zone-calls/halves.ts';
import { fulfilled, rejected, settle } from '../zone-calls/settle.ts';
import { composeBatch, operationsOf, type PlannedChange } from './change.ts';
import { attemptWrite, isDriftAtServer, requireHeld, sendChange, type WriteContext } from './write.ts';

/*
 * Many names' changes in one transaction (R22). The provider applies all of a batch or, telling the first error, nothing (vendor's page on
 * batches); so one name that is refused must not hold the others back, and is looked for by halves:
 *
 *   the provider says of the batch              | then
 *   done                                        | written, each name that the reply tells of; what became of others is not known (R19)
 *   a refusal that one name can be the cause of | its halves (halves.ts). A name that is alone gets an error of its own, and is looked at once
 *                                               | more where its record was another one
 *   429, the token, the zone, nobody there      | nothing more is sent: all that are left get it
 *   nothing that settles it (R19)               | dns_outcome_unknown for all in that batch; the others are sent
 *
 * Each name is told as soon as that is known, and goes into no further request once it is not wanted any more (R16). One that was refused as
 * another record than the one read is told so all the same: a repeat of the request on its way may be what was refused, and not the request.
 */

/** One name that is to be written. */
export interface PlannedWrite {
  readonly request: WriteRequest;
  readonly planned: PlannedChange;
}

/** How they are sent. */
export interface BatchTerms extends SendTerms {
  /** In operations. */
  readonly batchLimit: number;
}

/** Refusals that a single name can be the cause of. */
const ofOneName: ReadonlySet<ErrorCode> = new Set([
  'dns_cname_in_the_way',
  'dns_rrset_drifted',
  'dns_ttl_refused',
  'dns_request_refused',
]);

/** Refusals that every other name would meet as well. */
const ofAll: ReadonlySet<ErrorCode> = new Set([
  ...(['dns_rate_limited', 'dns_unreachable', 'dns_not_allowed', 'dns_zone_id_wrong'] as const),
  ...(['dns_token_malformed', 'dns_token_refused', 'dns_token_restricted', 'dns_token_locked'] as const),
]);

/** Sends all that are wanted, in as many batches as the plan's limit asks for, one after another. Never rejects. */
export async function sendBatches(
  context: WriteContext,
  writes: readonly PlannedWrite[],
  terms: BatchTerms,
  signal: AbortSignal,
): Promise<void> {
  const zone = writes[0]?.request.ref.zone;
  const sender: Sender<PlannedWrite> = {
    requestOf: ({ request }) => request,
    // It may have been forgotten meanwhile. What fails here fails at the request, too.
    ready: async () => zone !== undefined && context.zones.idOf(zone, signal).catch(() => undefined),
    send: (group) => sendGroup(context, group, terms, signal),
    leftAfter: (refusal) => (isDriftAtServer(refusal) ? rejected(refusal) : fulfilled(null)),
  };
  await sendByHalves(splitByLimit(writes, terms.batchLimit), sender, terms);
}

async function sendGroup(
  context: WriteContext,
  writes: readonly PlannedWrite[],
  terms: BatchTerms,
  signal: AbortSignal,
): Promise<Sent<PlannedWrite>> {
  const [only, ...others] = writes;
  if (only === undefined) return { kind: 'settled', outcomes: new Map() };
  const isAlone = others.length === 0;
  try {
    const { zone } = only.request.ref;
    const sending = isAlone ? sendAlone(context, only, terms, signal) : sendTogether(context, zone, writes, signal);
    return { kind: 'settled', outcomes: await sending };
  } catch (thrown) {
    const error = isAppError(thrown) ? thrown : new AppError('internal', {}, thrown);
    if (ofAll.has(error.code)) return { kind: 'refused-for-all', error, writes };
    if (!isAlone && ofOneName.has(error.code)) return { kind: 'refused-for-one', error, writes };
    return { kind: 'settled', outcomes: new Map(writes.map((write) => [write, rejected(error)])) };
  }
}

async function sendTogether(
  { client, zones }: WriteContext,
  zone: DnsName,
  writes: readonly PlannedWrite[],
  signal: AbortSignal,
) {
  const batch = composeBatch(writes.map(({ planned }) => planned.change));
  const held = await zones.under(zone, signal, (zoneId) => client.changeMany(zoneId, batch, signal));
  const written = ({ request, planned }: PlannedWrite): Replaced => {
    requireHeld(held, request.ref, planned.change);
    return { outcome: 'written', fencedBy: planned.fencedBy };
  };
  return new Map(writes.map((write) => [write, settle(() => written(write))]));
}

async function sendAlone(context: WriteContext, write: PlannedWrite, { isWanted }: BatchTerms, signal: AbortSignal) {
  const { request, planned } = write;
  const { ref } = request;
  const replaced = await context.zones.under(ref.zone, signal, (zoneId) =>
    sendChange(context.client, zoneId, ref, planned, signal).catch((error: unknown) => {
      if (!isDriftAtServer(error)) throw error;
      const requireWanted = () => {
        if (!isWanted(request)) throw error;
      };
      requireWanted(); // before a look that would be for nothing
      return attemptWrite(context, zoneId, request, signal, requireWanted);
    }),
  );
  return new Map([[write, fulfilled(replaced)]]);
}

/** As many names in each as the limit of operations allows. One that is more than that by itself goes alone, and the provider says so. */
function splitByLimit(writes: readonly PlannedWrite[], batchLimit: number): readonly (readonly PlannedWrite[])[] {
  const groups: PlannedWrite[][] = [];
  let operations = Number.POSITIVE_INFINITY;
  for (const write of writes) {
    const more = operationsOf(write.planned.change);
    if (operations + more > batchLimit) {
      groups.push([]);
      operations = 0;
    }
    groups.at(-1)?.push(write);
    operations += more;
  }
  return groups;
}
