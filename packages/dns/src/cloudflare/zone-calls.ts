import type { Replaced, WriteRequest, ZoneCalls } from '@serverctl/core';
import { createDebts } from '../zone-calls/debts.ts';
import { createSheet, fulfilled, rejected, type Settled, settle } from '../zone-calls/settle.ts';
import { sift, writableOnce } from '../zone-calls/sift.ts';
import { asUnsent } from '../zone-calls/unsent.ts';
import { type BatchTerms, type PlannedWrite, sendBatches } from './batch.ts';
import { type Holding, viewHolding } from './read.ts';
import { planWrite, type WriteContext } from './write.ts';
import { createZoneLists } from './zone-lists.ts';
import { atOnce, lookAtMany, looksFor } from './zone-look.ts';

/*
 * Many names of one zone (R22): looked at together (zone-look.ts), and written by one batch for each `batchLimit` operations (batch.ts); one
 * name alone by the request that is its own. A call makes as many requests as it was told that it may, apart from the second look at a name
 * that is absent, which the zone's next call asks for, and what it takes to find a bad name in a batch.
 */

/** The provider's calls for many names. `batchLimit` is in operations, of which most names are one. */
export function createZoneCalls(context: WriteContext, batchLimit: number): ZoneCalls {
  const lists = createZoneLists(context.client, context.zones);
  const looking = { ...context, lists };
  const debts = createDebts(atOnce);
  return {
    mostWrites: batchLimit,
    mostTogether: (zone) => (lists.isListed(zone) ? Number.POSITIVE_INFINITY : atOnce),
    requestsFor(names, zone) {
      const read = looksFor(names, lists.isListed(zone)) + debts.of(zone);
      return { read, write: read + 1 };
    },
    async read(refs, signal, { requests: most = Number.POSITIVE_INFINITY, settled } = {}) {
      const sheet = createSheet(refs, settled);
      const taken = sift(refs, (ref) => ref, sheet.tell);
      const viewOf = (holding: Holding | null) => holding && viewHolding(holding, context);
      const made = await lookAtMany(looking, taken, most, signal, (ref, held) =>
        sheet.tell(ref, held.status === 'rejected' ? held : fulfilled(viewOf(held.value))),
      );
      debts.settleUp(taken[0]?.zone, made, most);
      return sheet.all();
    },
    async write(requests, signal, { requests: most = Number.POSITIVE_INFINITY, isWanted = () => true, settled } = {}) {
      const sheet = createSheet(requests, settled);
      const taken = sift(requests, ({ ref }) => ref, sheet.tell, writableOnce());
      const byRef = new Map(taken.map((request) => [request.ref, request]));
      const writes: PlannedWrite[] = [];
      const made = await lookAtMany(looking, [...byRef.keys()], most - 1, signal, (ref, held) => {
        const request = byRef.get(ref);
        if (request === undefined) return;
        const planned = planFrom(context, held, request);
        if ('planned' in planned) writes.push(planned);
        else sheet.tell(request, planned);
      });
      debts.settleUp(taken[0]?.ref.zone, made, most - 1);
      await send(context, writes, { batchLimit, isWanted, tell: sheet.tell }, signal);
      return sheet.all();
    },
  };
}

/** What is to be sent for a name, or what came of it already. */
function planFrom(
  context: WriteContext,
  held: Settled<Holding | null>,
  request: WriteRequest,
): PlannedWrite | Settled<Replaced | null> {
  if (held.status === 'rejected') return rejected(asUnsent(held.reason));
  const holding = held.value;
  if (holding === null) return fulfilled(null);
  const planned = settle(() => planWrite(context, holding, request));
  if (planned.status === 'rejected') return planned;
  if (planned.value.change.kind !== 'none') return { request, planned: planned.value };
  return fulfilled({ outcome: 'already', fencedBy: planned.value.fencedBy });
}

/** A name that is not in its zone would be created below it: then nothing is sent. */
async function send(
  context: WriteContext,
  writes: readonly PlannedWrite[],
  terms: BatchTerms,
  signal: AbortSignal,
): Promise<void> {
  const created = writes.find(({ planned }) => planned.change.kind === 'create');
  try {
    if (created !== undefined) await context.zones.requireOwn(created.request.ref.zone, signal);
  } catch (error) {
    for (const { request } of writes) terms.tell(request, rejected(asUnsent(error)));
    return;
  }
  await sendBatches(context, writes, terms, signal);
}
