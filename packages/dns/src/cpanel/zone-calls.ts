import {
  AppError,
  type InstanceId,
  isAppError,
  type RecordRef,
  type RecordView,
  type WriteRequest,
  type ZoneCalls,
} from '@serverctl/core';
import { createDebts } from '../zone-calls/debts.ts';
import { sendByHalves } from '../zone-calls/halves.ts';
import { createSheet, fulfilled, rejected, type Settled, settle } from '../zone-calls/settle.ts';
import { sift, writableOnce } from '../zone-calls/sift.ts';
import type { Client } from './client.ts';
import { cpanelRequestsPer } from './schema.ts';
import type { Turns } from './turns.ts';
import { viewZone } from './view.ts';
import { nothingKnown, type WriteContext, writeTogether } from './write.ts';

/*
 * Many names of one zone (R22): the panel tells of the whole zone whatever is asked, so all are read by one request, and written by one edit
 * under one serial. What more a call comes to, where others change the zone or a name is refused, the zone's next call asks for.
 */

/** With the longest names there are it is an edit of some 100 KiB: what a panel takes is written nowhere. */
export const mostWrites = 100;

/** Of requests that are owed, how many a call asks for at most. */
const mostDebt = 6;

export interface ZoneCallsContext extends Omit<WriteContext, 'known'> {
  readonly turns: Turns;
}

export function createZoneCalls(context: ZoneCallsContext): ZoneCalls {
  const debts = createDebts(mostDebt);
  const usual = cpanelRequestsPer;
  return {
    mostWrites,
    requestsFor: (_, zone) => ({ read: usual.read + debts.of(zone), write: usual.write + debts.of(zone) }),
    async read(refs, signal, { requests: most = Number.POSITIVE_INFINITY, settled } = {}) {
      const sheet = createSheet(refs, settled);
      const taken = sift(refs, (ref) => ref, sheet.tell);
      const isAffordable = most >= usual.read;
      if (!isAffordable) for (const ref of taken) sheet.tell(ref, fulfilled(null));
      else await readAll(context, taken, sheet.tell, signal);
      debts.settleUp(taken[0]?.zone, isAffordable ? usual.read : 0, most);
      return sheet.all();
    },
    async write(requests, signal, { requests: most = Number.POSITIVE_INFINITY, isWanted = () => true, settled } = {}) {
      const sheet = createSheet(requests, settled);
      const taken = sift(requests, ({ ref }) => ref, sheet.tell, writableOnce());
      const zone = taken[0]?.ref.zone;
      if (zone === undefined) return sheet.all();
      const terms = { isWanted, tell: sheet.tell };
      const counted = counting(context.client);
      const writing = { ...context, client: counted.client, known: nothingKnown() };
      // Each sending has a turn of its own: what looks for a bad name holds no other call up for longer than that.
      const send = (writes: readonly WriteRequest[]) =>
        context.turns
          .take(zone, signal, () => writeTogether(writing, writes, terms, signal))
          .catch((thrown: unknown) => ({ kind: 'refused-for-all' as const, error: asAppError(thrown), writes }));
      const sender = {
        send,
        requestOf: (one: WriteRequest) => one,
        ready: nothingFirst,
        leftAfter: () => fulfilled(null),
      };
      const groups = groupsOf(taken);
      const affordable = groups.slice(0, Math.floor(most / usual.write));
      for (const request of groups.slice(affordable.length).flat()) sheet.tell(request, fulfilled(null));
      await sendByHalves(affordable, sender, terms);
      debts.settleUp(zone, counted.made(), most);
      return sheet.all();
    },
  };
}

const nothingFirst = async () => undefined;

function asAppError(thrown: unknown): AppError {
  return isAppError(thrown) ? thrown : new AppError('internal', {}, thrown);
}

async function readAll(
  { client, instance }: { readonly client: Client; readonly instance: InstanceId },
  refs: readonly RecordRef[],
  tell: (ref: RecordRef, outcome: Settled<RecordView>) => void,
  signal: AbortSignal,
): Promise<void> {
  const [first] = refs;
  if (first === undefined) return;
  const read = await client.readZone(first.zone, signal).then(fulfilled, rejected);
  for (const ref of refs)
    tell(ref, read.status === 'rejected' ? read : settle(() => viewZone(read.value, ref, instance)));
}

/**
 * What goes in one edit each. A and AAAA of a name have one mark between them: where they wish for two, the second comes after the first,
 * and finds that its expectation does not hold any more.
 */
function groupsOf(requests: readonly WriteRequest[]): readonly (readonly WriteRequest[])[] {
  const byMark = Map.groupBy(requests, ({ ref, mark }) => `${ref.name} ${mark.instance} ${mark.pool} ${mark.epoch}`);
  const turnOf = new Map<string, number>();
  const waves: WriteRequest[][] = [];
  for (const sharing of byMark.values()) {
    const name = sharing[0]?.ref.name ?? '';
    const turn = turnOf.get(name) ?? 0;
    turnOf.set(name, turn + 1);
    waves[turn] = [...(waves[turn] ?? []), ...sharing];
  }
  return waves;
}

function counting(client: Client) {
  let made = 0;
  const count =
    <Given extends readonly unknown[], Got>(call: (...given: Given) => Got) =>
    (...given: Given) => {
      made += 1;
      return call(...given);
    };
  const counted: Client = {
    readZone: count(client.readZone),
    edit: count(client.edit),
    rehearse: count(client.rehearse),
  };
  return { client: counted, made: () => made };
}
