import type { DnsName } from '@serverctl/core';

/*
 * Whether a zone is looked at by its list, or name by name. A list can fail where single names answer: it is torn by a zone that changes all
 * the time, longer on its way than a call has, or refused by what stands in front of the API.
 *
 *   trusted   listed. A failed list makes it doubted
 *   doubted   listed. A whole list makes it trusted; a failed one that began since then makes it rested
 *   rested    name by name, for so many looks; then doubted. Each rest in succession is twice as long, up to a limit. Where no name at all
 *             answers to begin with, it is the provider that fails and not the list: trusted, since one list asks for less than all names
 *   too large name by name, until the credential is opened anew
 *
 * Counted in looks and not in time: looks are what a rest costs (R22), and a zone without any has no need of its list.
 */

const shortestRest = 100;
/** About as many as a large zone has in ten minutes of calm. */
const longestRest = 1_600;

export interface ListStanding {
  isListed(zone: DnsName): boolean;
  isDoubted(zone: DnsName): boolean;
  tooLarge(zone: DnsName): void;
  whole(zone: DnsName): void;
  /** `wasDoubted`: when the list began. Of several that began together one counts, and of one that fails in two ways one way. */
  failed(zone: DnsName, wasDoubted: boolean): void;
  /** So many names were looked at one by one for want of a list, and so many of them answered. */
  lookedWithout(zone: DnsName, looks: number, answered: number): void;
}

interface Doubt {
  /** 0 = listed. */
  readonly looksLeft: number;
  readonly nextRest: number;
  /** Names answered where the list did not. */
  readonly isProven: boolean;
}

export function createListStanding(): ListStanding {
  const unlisted = new Set<DnsName>();
  const doubts = new Map<DnsName, Doubt>();
  const looksLeft = (zone: DnsName) => doubts.get(zone)?.looksLeft ?? 0;

  return {
    isListed: (zone) => !unlisted.has(zone) && looksLeft(zone) === 0,
    isDoubted: (zone) => doubts.has(zone),
    tooLarge: (zone) => void unlisted.add(zone),
    whole: (zone) => void doubts.delete(zone),
    failed(zone, wasDoubted) {
      const { nextRest } = doubts.get(zone) ?? { nextRest: shortestRest };
      if (!doubts.has(zone)) doubts.set(zone, { looksLeft: 0, nextRest, isProven: false });
      else if (wasDoubted && looksLeft(zone) === 0)
        doubts.set(zone, { looksLeft: nextRest, nextRest: Math.min(2 * nextRest, longestRest), isProven: false });
    },
    lookedWithout(zone, looks, answered) {
      const doubt = doubts.get(zone);
      if (doubt === undefined || doubt.looksLeft === 0 || looks === 0) return;
      const isProven = doubt.isProven || answered > 0;
      if (isProven) doubts.set(zone, { ...doubt, isProven, looksLeft: Math.max(0, doubt.looksLeft - looks) });
      else doubts.delete(zone);
    },
  };
}
