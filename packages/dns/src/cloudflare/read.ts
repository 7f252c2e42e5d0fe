import type { InstanceId, RecordRef, RecordView } from '@serverctl/core';
import type { Client } from './client.ts';
import { readComment } from './comment.ts';
import { joinedNote, noteStaysAs } from './note.ts';
import type { HeldRecord } from './reply.ts';
import type { PlanLimits } from './schema.ts';
import { heldTtlSeconds } from './ttl.ts';

/** What the provider holds at one name: its records of the type that is managed, and whether a CNAME is in the way. */
export interface Holding {
  readonly records: readonly HeldRecord[];
  readonly cname: boolean;
}

/** One request where the record exists, two where it does not: the provider keeps no address beside a CNAME. */
export async function readHolding(
  client: Client,
  zoneId: string,
  ref: RecordRef,
  signal: AbortSignal,
): Promise<Holding> {
  const records = await client.listRecords(zoneId, ref.name, ref.type, signal);
  if (records.length > 0) return { records, cname: false };
  const cnames = await client.listRecords(zoneId, ref.name, 'CNAME', signal);
  return { records, cname: cnames.length > 0 };
}

/** What a whole zone's list says of one name. */
export function holdingIn(all: readonly HeldRecord[], ref: RecordRef): Holding {
  const held = all.filter(({ name }) => name === ref.name);
  const records = held.filter(({ type }) => type === ref.type);
  return { records, cname: records.length === 0 && held.some(({ type }) => type === 'CNAME') };
}

/** The holding as the contract says it. Of several records the mark that asks for the most care is the name's. */
export function viewHolding(
  { records, cname }: Holding,
  { instance, limits }: { readonly instance: InstanceId; readonly limits: PlanLimits },
): RecordView {
  const marks = records
    .map(({ comment }) => readComment(comment, instance).mark)
    .sort((left, right) => careOf(right) - careOf(left));
  const note = joinedNote(records, instance);
  const noteStays = noteStaysAs(records, instance, limits.commentLimit);
  return {
    rrset: rrsetOf(records),
    mark: marks[0] ?? { kind: 'none' },
    cname,
    ...(records.some(({ proxied }) => proxied) && { proxied: true }),
    ...(note !== '' && { note }),
    ...(noteStays !== undefined && { noteStays }),
  };
}

function rrsetOf(records: readonly HeldRecord[]): RecordView['rrset'] {
  const [first] = records;
  if (first === undefined) return null;
  const addresses = [...new Set(records.map(({ content }) => content))].sort();
  return { addresses, ttlSeconds: heldTtlSeconds(first.ttl) };
}

/** Foreign before unreadable before ours, the latest first, before none. */
function careOf(mark: RecordView['mark']): number {
  if (mark.kind === 'foreign') return Number.POSITIVE_INFINITY;
  if (mark.kind === 'unreadable') return Number.MAX_VALUE;
  return mark.kind === 'ours' ? 1 + mark.mark.epoch : 0;
}
