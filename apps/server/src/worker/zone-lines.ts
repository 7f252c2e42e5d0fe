import type { DnsProvider, Instant, RecordRef, RecordView, Replaced, WriteRequest } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Arrivals } from './arrivals.ts';
import type { CallBudget } from './budget.ts';
import type { Urgency } from './budget-shares.ts';
import { usualLeaseTimes } from './lease-times.ts';
import { createLine } from './line.ts';
import type { Binding, Lease } from './ports.ts';
import type { Seat } from './trip.ts';
import { createZoneCarriage } from './zone-carriage.ts';
import { createZonePlaces, type Ticket, type WriteFare } from './zone-places.ts';

export type ReadSeat = Seat<Ticket, RecordRef, RecordView>;
export type KeepSeat = Seat<Ticket, never, never>;
export type WriteSeat = Seat<Ticket, WriteRequest, Replaced>;

/** The lines of one zone at one credential, on which trips leave. */
export interface ZoneLines {
  read(urgency: Urgency): ReadSeat;
  /** A place for a write alone, held until it is known whether there is one to make. */
  keep(): KeepSeat;
  write(fare: WriteFare): WriteSeat;
}

export interface ZoneLinesPorts {
  readonly clock: Clock;
  readonly budget: CallBudget;
  readonly lease: Pick<Lease, 'held'>;
  /** The time between the lease's self-stop and a successor's start, less the sleep that nobody notices and the margin; default 4 s. */
  readonly callLimitMs?: number;
}

/** The lines of one zone at one provider, opened with one credential. */
export function createZoneLines(
  ports: ZoneLinesPorts,
  provider: DnsProvider,
  binding: Pick<Binding, 'zone' | 'credentialId'>,
  arrivals: Arrivals,
): ZoneLines {
  const { clock, budget, lease, callLimitMs = usualLeaseTimes.callLimitMs } = ports;
  const carriage = createZoneCarriage(clock, callLimitMs, provider);
  const places = createZonePlaces(budget, provider, binding);
  const { mostSeats } = places;
  const mostWrites = provider.zoneCalls?.mostWrites ?? 1;
  const common = { clock, mostSeats, mayGo: () => lease.held() !== null };
  const done = ({ shared }: Ticket) => shared?.letGo();
  const reads = { ...common, done, call: carriage.read };
  const awaited = (since: Instant, isOver: AbortSignal) => arrivals.awaited(binding, since, isOver);
  const urgent = createLine({ ...reads, calm: false, awaited, place: places.toRead });
  const calm = createLine({ ...reads, calm: true, place: places.toReadCalmly });
  const keeping = createLine<null, Ticket, never, never>({
    ...{ ...common, done, calm: false, awaited, place: places.toKeep },
    call: async () => undefined,
  });
  const writing = createLine<WriteFare, Ticket, WriteRequest, Replaced>({
    ...{ ...common, calm: false, place: places.toWrite, call: carriage.write },
    mostSeats: (placedFor) => Math.min(mostSeats(placedFor), mostWrites),
  });
  return {
    read: (urgency) => (urgency === 'failover' ? urgent : calm).board(null),
    keep: () => keeping.board(null),
    write: (fare) => writing.board(fare),
  };
}
