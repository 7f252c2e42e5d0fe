import { AppError, type RecordRef } from '@serverctl/core';
import { fulfilled, rejected, type Settled } from '../zone-calls/settle.ts';
import { type Holding, holdingIn, readHolding } from './read.ts';
import type { WriteContext } from './write.ts';
import type { ZoneLists } from './zone-lists.ts';
import { mayLack, type WholeZone } from './zone-page.ts';

/*
 * What many names of one zone hold now:
 *
 *   names      | looked at by
 *   up to 3    | one request each, two where it is absent, all at the same time; by the list where there are not so many requests
 *   more       | one list of the whole zone, of which a torn one is read again once
 *              | where the zone is too large, or its lists fail: one request each, as many as there are requests for. The others were not
 *              | looked at
 *
 * A list costs one request of the token's 1,200 in five minutes, and about 600 bytes for each record of the zone, asked for or not: 120 kB
 * on a free zone, 2 MB on a full paid one. So it pays as soon as it saves more than the two requests that a promotion costs anyway.
 */

const fewNames = 3;
/** Looks under way at the same time: within the provider's 200 requests a second for an address. */
export const atOnce = 20;

/** How many requests it is to look at so many names. */
export function looksFor(names: number, isListed: boolean): number {
  return names > fewNames && isListed ? 1 : names;
}

/**
 * What each holds now, told as it is found out; null = there was no request for it. A list that failed is the outcome of all. Returns how
 * many requests it made, of which the second ones for absent names are beyond `most`. Never rejects.
 */
export async function lookAtMany(
  { client, zones, lists }: Pick<WriteContext, 'client' | 'zones'> & { readonly lists: ZoneLists },
  refs: readonly RecordRef[],
  most: number,
  signal: AbortSignal,
  tell: (ref: RecordRef, held: Settled<Holding | null>) => void,
): Promise<number> {
  const [first] = refs;
  if (first === undefined) return 0;
  const { zone } = first;
  let made = 0;
  try {
    while (lists.isListed(zone) && made < most && refs.length > Math.min(fewNames, most - made)) {
      made += 1;
      const list = await lists.of(zone, signal);
      if (list === null) continue;
      tellFrom(list, refs, tell);
      return made;
    }
    if (made < most) await zones.idOf(zone, signal); // once for all of them
  } catch (error) {
    for (const ref of refs) tell(ref, rejected(error));
    return made;
  }
  const looked = refs.slice(0, Math.max(0, most - made));
  for (const ref of refs.slice(looked.length)) tell(ref, fulfilled(null));
  const look = (ref: RecordRef) => zones.under(zone, signal, (zoneId) => readHolding(client, zoneId, ref, signal));
  const found = await lookAtEach(looked, look, tell);
  if (refs.length > fewNames) lists.lookedWithout(zone, looked.length, found.length);
  return made + looked.length + found.filter(({ records }) => records.length === 0).length;
}

/** One by one, so many at the same time. Returns what was found of those that answered. */
async function lookAtEach(
  refs: readonly RecordRef[],
  look: (ref: RecordRef) => Promise<Holding>,
  tell: (ref: RecordRef, held: Settled<Holding>) => void,
): Promise<readonly Holding[]> {
  const next = refs.values();
  const found: Holding[] = [];
  const lookOn = async () => {
    for (const ref of next) {
      const held = await look(ref).then(fulfilled, rejected);
      if (held.status === 'fulfilled') found.push(held.value);
      tell(ref, held);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lookOn));
  return found;
}

/** A record that cannot be read spoils what is said of the names that it may be of, and of no others. */
function tellFrom(
  list: WholeZone,
  refs: readonly RecordRef[],
  tell: (ref: RecordRef, held: Settled<Holding>) => void,
): void {
  const byName = Map.groupBy(list.records, ({ name }) => name);
  for (const ref of refs) {
    const holding = holdingIn(byName.get(ref.name) ?? [], ref);
    const isEmpty = holding.records.length === 0 && !holding.cname;
    const isSpoilt = mayLack(list, ref, isEmpty);
    const unreadable = () => new AppError('dns_reply_malformed', { name: ref.name, because: 'unreadable-record' });
    tell(ref, isSpoilt ? rejected(unreadable()) : fulfilled(holding));
  }
}
