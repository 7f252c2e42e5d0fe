import { type DnsName, type ErrorCode, isAppError } from '@serverctl/core';
import { abortedError } from '../zone-calls/settle.ts';
import type { Client } from './client.ts';
import { createListStanding, type ListStanding } from './list-standing.ts';
import type { WholeZone } from './zone-page.ts';
import type { Zones } from './zones.ts';

/*
 * Lists of whole zones, shared by calls that begin at nearly the same time (R22):
 *
 *   unsent    from the first caller until the request leaves: the end of the turn, and as long as the zone's id is looked up. Who comes joins
 *   sent      who comes begins another one: a list is never older than the call that it is for (R17)
 *
 * It is ended when everybody who waits for it has given up; one of them ends nothing for the others.
 *
 *   it came to                                | whoever waits gets | the zone (list-standing.ts)
 *   whole                                     | the list           | is trusted
 *   too large, or not said how large          | null               | is not listed again
 *   torn, or refused as a request             | null               | is doubted, and rested the second time
 *   no reply, 5xx, unreadable, given up by all| the failure        | the same; when it is rested by it, null
 *   refused for token, zone or rate           | the failure        | as it was: its names would be refused, too
 *
 * Given up by all counts because of a zone whose list takes longer than a call may. That calls give way for other reasons does little harm:
 * two in succession, with no list between them, would rest the zone for a while.
 */

/** Lists that begin after they were asked for. */
export interface ZoneLists extends Pick<ListStanding, 'isListed' | 'lookedWithout'> {
  /**
   * A zone's list, by one request; null where its names are to be looked at otherwise, or once more. Throws `dns_zone_id_wrong` when a
   * record there is of another zone; `dns_unreachable` to whoever gave up.
   */
  of(zone: DnsName, signal: AbortSignal): Promise<WholeZone | null>;
}

/** Failures that a list may have where single names answer. */
const ofList: ReadonlySet<ErrorCode> = new Set([
  ...(['dns_unreachable', 'dns_server_failure', 'dns_reply_malformed', 'dns_request_refused'] as const),
]);

interface SharedList {
  readonly result: Promise<WholeZone | null>;
  readonly ending: AbortController;
  waiting: number;
}

export function createZoneLists(client: Client, zones: Zones): ZoneLists {
  const unsent = new Map<DnsName, SharedList>();
  const standing = createListStanding();

  async function list(zone: DnsName, signal: AbortSignal): Promise<WholeZone | null> {
    await Promise.resolve(); // the end of this turn: who calls in it joins
    return zones.under(zone, signal, async (zoneId) => {
      if (unsent.get(zone)?.ending.signal === signal) unsent.delete(zone);
      if (signal.aborted) throw abortedError(signal);
      const wasDoubted = standing.isDoubted(zone);
      const fails = () => standing.failed(zone, wasDoubted);
      signal.addEventListener('abort', fails, { once: true });
      try {
        const page = await client.listZone(zoneId, signal);
        if (page.kind === 'too-large') standing.tooLarge(zone);
        if (page.kind === 'torn') fails();
        if (page.kind !== 'whole') return null;
        standing.whole(zone);
        const [sample] = page.records;
        if (sample !== undefined) zones.prove(zone, sample.name);
        return page;
      } catch (error) {
        if (!isAppError(error) || !ofList.has(error.code)) throw error;
        fails();
        if (error.code === 'dns_request_refused' || !standing.isListed(zone)) return null;
        throw error;
      }
    });
  }

  function begin(zone: DnsName): SharedList {
    const ending = new AbortController();
    const shared = { result: list(zone, ending.signal), ending, waiting: 0 };
    const forget = () => {
      if (unsent.get(zone) === shared) unsent.delete(zone);
    };
    shared.result.then(forget, forget); // a failure is told to those who wait, and there may be none
    unsent.set(zone, shared);
    return shared;
  }

  return {
    async of(zone, signal) {
      if (signal.aborted) throw abortedError(signal);
      const known = unsent.get(zone);
      const shared = known === undefined || known.ending.signal.aborted ? begin(zone) : known;
      return waitFor(shared, signal);
    },
    isListed: standing.isListed,
    lookedWithout: standing.lookedWithout,
  };
}

function waitFor(shared: SharedList, signal: AbortSignal): Promise<WholeZone | null> {
  return new Promise((resolve, reject) => {
    shared.waiting += 1;
    const onAbort = () => {
      shared.waiting -= 1;
      if (shared.waiting === 0) shared.ending.abort(signal.reason);
      reject(abortedError(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const end =
      <T>(settled: (value: T) => void) =>
      (value: T) => {
        signal.removeEventListener('abort', onAbort);
        settled(value);
      };
    shared.result.then(end(resolve), end(reject));
  });
}
