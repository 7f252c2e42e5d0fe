import { type Instant, secondMs } from '@serverctl/core';
import { type Seat, Trip, type TripPlan } from './trip.ts';

/*
 * One line, on which trips leave one after the other, or side by side where it is long. How long a trip that can carry many waits for others:
 *
 *   failover            the end of this turn; for those that are on their way, at most 25 ms (arrivals.ts); while another one of its line is
 *                       under way until that is over, at most 50 ms
 *   background          1 s: what reconciles at nearly the same time is read together
 *
 * A trip that is full waits for nobody, nor does one of one seat.
 */
const behindMs = 50;
const calmGatherMs = secondMs;

/** What all trips of a line have in common. */
export interface LinePlan<Fare, Ticket, Asked, Got> extends Omit<TripPlan<Fare, Ticket, Asked, Got>, 'gather'> {
  readonly calm: boolean;
  /** Resolves when those that are on their way since this moment have boarded; left out: nobody is known to come. */
  readonly awaited?: (since: Instant, isOver: AbortSignal) => Promise<void>;
}

/** Where names board. */
export interface Line<Fare, Ticket, Asked, Got> {
  /** A seat on the trip that is open, or on a new one. */
  board(fare: Fare): Seat<Ticket, Asked, Got>;
}

export function createLine<Fare, Ticket, Asked, Got>(
  plan: LinePlan<Fare, Ticket, Asked, Got>,
): Line<Fare, Ticket, Asked, Got> {
  const { clock, calm } = plan;
  let open: Trip<Fare, Ticket, Asked, Got> | null = null;
  let before: Promise<unknown> = Promise.resolve();
  let isBefore = false;

  /** What one trip waits for; it is behind those that left before it. */
  function gathering(): (isOver: AbortSignal) => Promise<void> {
    const [ahead, isAhead] = [before, isBefore];
    return async (isOver) => {
      if (plan.mostSeats(null) === 1) return;
      const since = clock.now();
      await clock.sleep(calm ? calmGatherMs : 0, isOver);
      await plan.awaited?.(since, isOver);
      if (calm || !isAhead || isOver.aborted) return;
      const waited = new AbortController();
      await Promise.race([ahead, clock.sleep(behindMs, AbortSignal.any([isOver, waited.signal]))]);
      waited.abort();
    };
  }

  return {
    board(fare) {
      if (!open?.isOpen) {
        const trip = new Trip({ ...plan, gather: gathering() });
        open = trip;
        isBefore = true;
        before = trip.over.finally(() => {
          if (open === trip) isBefore = false;
        });
      }
      return open.board(fare);
    },
  };
}
