import type { DnsName, DnsProvider, Instant } from '@serverctl/core';
import type { CallBudget, KeptCall } from './budget.ts';
import { oneRequestEach, type Requests } from './budget-shares.ts';
import { SharedPlace } from './shared-place.ts';
import type { TripPlan } from './trip.ts';

/** What is brought to a write: a place that is held already, and until when what was read is young enough. */
export interface WriteFare {
  readonly held: SharedPlace | null;
  readonly until: Instant;
}

/** What a trip comes with once it has its place. */
export interface Ticket {
  /** Kept for the write that follows. */
  readonly shared: SharedPlace | null;
  /** How many requests the call may be. */
  readonly requests: number;
}

type PlaceFor<Fare> = TripPlan<Fare, Ticket, unknown, unknown>['place'];

/** The places in the budget that trips of one zone take: as many as they are going to make requests (R22). */
export interface ZonePlaces {
  readonly toReadCalmly: PlaceFor<unknown>;
  /** In a failover: one for the write that follows is kept. */
  readonly toRead: PlaceFor<unknown>;
  /** For a write alone, which comes later if at all. */
  readonly toKeep: PlaceFor<unknown>;
  /** One or several of those that are held, else one of its own. */
  readonly toWrite: PlaceFor<WriteFare>;
  /** How many names a trip has seats for. */
  mostSeats(placedFor: number | null): number;
}

export function createZonePlaces(
  budget: CallBudget,
  provider: DnsProvider,
  { zone, credentialId }: { readonly zone: DnsName; readonly credentialId: string },
): ZonePlaces {
  const { zoneCalls, requestsPer = oneRequestEach } = provider;
  const most = () => (zoneCalls === undefined ? 1 : (zoneCalls.mostTogether?.(zone) ?? Number.POSITIVE_INFINITY));
  /** By who is aboard when the place is asked for: of who boarded before the zone was known so well, those above are not carried. */
  const requestsOf = (fares: () => readonly unknown[]): Requests =>
    zoneCalls?.requestsFor?.(Math.min(fares().length, most()), zone) ?? requestsPer;

  async function keep(entering: Promise<KeptCall | null>, { read, write }: Requests): Promise<Ticket | null> {
    const kept = await entering;
    return kept === null ? null : { shared: new SharedPlace(kept, write), requests: read };
  }

  return {
    // Where each name is a request of its own nobody comes along for whom none was asked.
    mostSeats: (placedFor) => (placedFor === null || most() === Number.POSITIVE_INFINITY ? most() : placedFor),
    async toReadCalmly(fares, isOver) {
      const requests = requestsOf(fares);
      const isIn = await budget.enter(credentialId, 'background', isOver, requests);
      return isIn ? { shared: null, requests: requests.read } : null;
    },
    toRead(fares, isOver) {
      const requests = requestsOf(fares);
      return keep(budget.enterTwice(credentialId, isOver, requests), requests);
    },
    toKeep(fares, isOver) {
      const requests = requestsOf(fares);
      return keep(budget.enterKept(credentialId, isOver, requests), requests);
    },
    async toWrite(fares, isOver) {
      const until = () => Math.max(...fares().map((fare) => fare.until));
      const needed = requestsOf(fares);
      let requests = 0;
      for (const place of unusedOf(fares())) {
        if (requests >= needed.write) break;
        if (place.isUsed) continue; // by another trip meanwhile
        if (!(await place.use(isOver, until()))) return requests > 0 ? { shared: null, requests } : null;
        requests += place.requests;
      }
      if (requests > 0) return { shared: null, requests };
      const kept = await budget.enterKept(credentialId, isOver, needed, until());
      if (kept === null) return null;
      const isUsed = await kept.use(isOver, until());
      kept.release();
      return isUsed ? { shared: null, requests: needed.write } : null;
    },
  };
}

/** The places that those aboard hold and no earlier trip has used, the largest first. */
function unusedOf(fares: readonly WriteFare[]): readonly SharedPlace[] {
  const held = fares.flatMap((fare) => (fare.held === null || fare.held.isUsed ? [] : [fare.held]));
  return [...new Set(held)].sort((left, right) => right.requests - left.requests);
}
