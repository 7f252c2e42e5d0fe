import type { DnsName, Instant } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';

/*
 * Names that have something urgent to ask their provider and have not boarded yet, by zone and credential (R22). Names of one promotion
 * begin together, but each reads its wish for itself: without a word of who else comes, a trip would leave when the first one is there.
 *
 *   announced   woken by a promotion, or a pass begins that is urgent as far as is known before the wish is read
 *   withdrawn   it boards, it waits for something else first, or its pass ends
 *
 * The first one waits for 25 ms at most: from a decision to its request 20 ms pass at p99 (bench/dns), reads of the database included, so of
 * names that began together a later one is held up by something else. One that nobody follows does not wait.
 */
const longestMs = 25;

/** Where names board for the same trip. */
export interface Destination {
  readonly zone: DnsName;
  readonly credentialId: string;
}

export interface Arrivals {
  /** One more is on its way. The returned function says that it is not any more; to be called in any case. */
  announce(to: Destination): () => void;
  /** Resolves when nobody is on the way there any more, 25 ms after `since`, or when the signal aborts. */
  awaited(to: Destination, since: Instant, isOver: AbortSignal): Promise<void>;
}

interface Group {
  onTheWay: number;
  readonly none: PromiseWithResolvers<void>;
}

export function createArrivals(clock: Clock): Arrivals {
  const groups = new Map<string, Group>();
  const keyOf = ({ zone, credentialId }: Destination) => `${credentialId} ${zone}`;

  function withdraw(key: string, group: Group): void {
    group.onTheWay -= 1;
    if (group.onTheWay > 0) return;
    groups.delete(key);
    group.none.resolve();
  }

  return {
    announce(to) {
      const key = keyOf(to);
      const group = groups.get(key) ?? { onTheWay: 0, none: Promise.withResolvers<void>() };
      groups.set(key, group);
      group.onTheWay += 1;
      let isOnTheWay = true;
      return () => {
        if (isOnTheWay) withdraw(key, group);
        isOnTheWay = false;
      };
    },
    async awaited(to, since, isOver) {
      const group = groups.get(keyOf(to));
      const leftMs = since + longestMs - clock.now();
      if (group === undefined || leftMs <= 0) return;
      const waited = new AbortController();
      await Promise.race([group.none.promise, clock.sleep(leftMs, AbortSignal.any([isOver, waited.signal]))]);
      waited.abort();
    },
  };
}
