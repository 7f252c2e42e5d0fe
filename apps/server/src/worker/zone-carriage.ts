import type { DnsProvider, RecordRef, RecordView, Replaced, WriteRequest } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { withinLimit } from './time-limit.ts';
import type { Passenger, TripPlan } from './trip.ts';
import type { Ticket } from './zone-places.ts';

type Call<Asked, Got> = TripPlan<unknown, Ticket, Asked, Got>['call'];

/** How those who travel together reach their provider: by one call for all where it has one, each limited in time (R15). */
export interface ZoneCarriage {
  readonly read: Call<RecordRef, RecordView>;
  readonly write: Call<WriteRequest, Replaced>;
}

/** A call that fails as a whole says so of each that was in it and has not been told yet. */
export function createZoneCarriage(clock: Clock, callLimitMs: number, provider: DnsProvider): ZoneCarriage {
  const { zoneCalls } = provider;
  const limited = <Got>(isOver: AbortSignal, call: (limit: AbortSignal) => Promise<Got>) =>
    withinLimit(clock, callLimitMs, call, isOver);
  const writeOne = (request: WriteRequest, limit: AbortSignal) =>
    'next' in request ? provider.replace(request, limit) : provider.withdrawAaaa(request, limit);

  if (zoneCalls === undefined)
    return {
      read: ([only], _ticket, isOver) =>
        settleOne(only, (ref) => limited(isOver, (limit) => provider.read(ref, limit))),
      write: ([only], _ticket, isOver) =>
        settleOne(only, (request) => limited(isOver, (limit) => writeOne(request, limit))),
    };
  return {
    read: (passengers, { requests }, isOver) =>
      settleAll(passengers, (refs, passengerOf) =>
        limited(isOver, (limit) =>
          zoneCalls.read(refs, limit, { requests, settled: (ref, outcome) => passengerOf(ref)?.settle(outcome) }),
        ),
      ),
    write: (passengers, { requests }, isOver) =>
      settleAll(passengers, (all, passengerOf) =>
        limited(isOver, (limit) =>
          zoneCalls.write(all, limit, {
            requests,
            isWanted: (request) => passengerOf(request)?.isWanted() ?? false,
            settled: (request, outcome) => passengerOf(request)?.settle(outcome),
          }),
        ),
      ),
  };
}

async function settleOne<Asked, Got>(
  passenger: Passenger<Asked, Got> | undefined,
  call: (asked: Asked) => Promise<Got>,
): Promise<void> {
  if (passenger === undefined) return;
  const [outcome] = await Promise.allSettled([call(passenger.asked)]);
  passenger.settle(outcome);
}

async function settleAll<Asked, Got>(
  passengers: readonly Passenger<Asked, Got>[],
  call: (
    asked: readonly Asked[],
    passengerOf: (asked: Asked) => Passenger<Asked, Got> | undefined,
  ) => Promise<readonly PromiseSettledResult<Got | null>[]>,
): Promise<void> {
  const byAsked = new Map(passengers.map((passenger) => [passenger.asked, passenger]));
  const asked = passengers.map((passenger) => passenger.asked);
  try {
    const outcomes = await call(asked, (one) => byAsked.get(one));
    for (const [index, outcome] of outcomes.entries()) passengers[index]?.settle(outcome);
  } catch (reason) {
    for (const { settle } of passengers) settle({ status: 'rejected', reason });
  }
}
