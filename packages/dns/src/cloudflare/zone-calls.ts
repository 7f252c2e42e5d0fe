import {
  AppError,
  type DnsName,
  type ErrorCode,
  isAppError,
  type RecordRef,
  type Replaced,
  type WriteRequest,
  type ZoneCalls,
} from '@serverctl/core';
import { requireInZone, requireOfType } from '../record-view.ts';
import { type BatchTerms, type PlannedWrite, sendBatches } from './batch.ts';
import { type Holding, viewHolding } from './read.ts';
import { createSheet, fulfilled, rejected, type Settled, settle } from './settle.ts';
import { planWrite, requireNoCname, type WriteContext } from './write.ts';
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
  /** Looks that were made beyond what was asked for, by zone. */
  const owed = new Map<DnsName, number>();
  const settleUp = (zone: DnsName | undefined, made: number, paid: number) => {
    if (zone === undefined || paid === Number.POSITIVE_INFINITY) return;
    owed.set(zone, Math.max(0, (owed.get(zone) ?? 0) + made - paid));
  };
  return {
    mostWrites: batchLimit,
    mostTogether: (zone) => (lists.isListed(zone) ? Number.POSITIVE_INFINITY : atOnce),
    requestsFor(names, zone) {
      const read = looksFor(names, lists.isListed(zone)) + Math.min(owed.get(zone) ?? 0, atOnce);
      return { read, write: read + 1 };
    },
    async read(refs, signal, { requests: most = Number.POSITIVE_INFINITY, settled } = {}) {
      const sheet = createSheet(refs, settled);
      const taken = sift(refs, (ref) => ref, sheet.tell);
      const viewOf = (holding: Holding | null) => holding && viewHolding(holding, context);
      const made = await lookAtMany(looking, taken, most, signal, (ref, held) =>
        sheet.tell(ref, held.status === 'rejected' ? held : fulfilled(viewOf(held.value))),
      );
      settleUp(taken[0]?.zone, made, most);
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
      settleUp(taken[0]?.ref.zone, made, most - 1);
      await send(context, writes, { batchLimit, isWanted, tell: sheet.tell }, signal);
      return sheet.all();
    },
  };
}

/** What can be asked for at all; the others are told why they cannot. */
function sift<T>(
  asked: readonly T[],
  refOf: (one: T) => RecordRef,
  refuse: (one: T, outcome: PromiseRejectedResult) => void,
  require: (one: T) => void = () => undefined,
): readonly T[] {
  const zone = asked.map(refOf)[0]?.zone;
  return asked.filter((one) => {
    const ref = refOf(one);
    const sifted = settle(() => {
      if (ref.zone !== zone) throw new AppError('internal', { name: ref.name, because: 'of another zone' });
      requireInZone(ref);
      require(one);
    });
    if (sifted.status === 'rejected') refuse(one, sifted);
    return sifted.status === 'fulfilled';
  });
}

/** Two writes of one record would both be planned from what it holds now: a new one would be there twice. */
function writableOnce(): (request: WriteRequest) => void {
  const seen = new Set<string>();
  return (request) => {
    requireOfType(request);
    requireNoCname(request);
    const { name, type } = request.ref;
    if (seen.has(`${type} ${name}`)) throw new AppError('internal', { name, type, because: 'written twice at once' });
    seen.add(`${type} ${name}`);
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

/** Of a write these codes leave open whether it happened (R19). */
const openToWrites: ReadonlySet<ErrorCode> = new Set(['dns_server_failure', 'dns_reply_malformed']);

/** The failure of a look before a write: whatever the reply was like, no write was sent. */
function asUnsent(error: unknown): unknown {
  if (!isAppError(error) || !openToWrites.has(error.code)) return error;
  return new AppError(
    'dns_unreachable',
    { ...error.details, because: 'the look before the write failed', look: error.code },
    error,
  );
}
