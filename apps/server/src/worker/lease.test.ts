import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../../testkit/src/fake-clock.ts';
import { type Acquired, createLease, dividedLeaseTimes, type LeaseRow, usualLeaseTimes } from './lease.ts';

/** How one call to the database goes: when it is carried out, when its reply comes; null = it, or its reply, is lost. */
interface Trip {
  readonly outMs: number | null;
  readonly backMs: number | null;
}
const promptTrip: Trip = { outMs: 0, backMs: 0 };

/** The row of PostgreSQL as lease-row.ts has it, on the same virtual time, behind a network that a test owns. */
function createServer(clock: FakeClock) {
  let row = { holder: null as string | null, term: 0, renewedAt: 0 };
  const takeovers: number[] = [];

  function rowFor(trip: () => Trip): LeaseRow {
    const call = async <Result>(carryOut: () => Result): Promise<Result> => {
      const { outMs, backMs } = trip();
      if (outMs === null) throw await later(new Error('lost on its way'));
      if (outMs > 0) await clock.sleep(outMs);
      const result = carryOut();
      if (backMs === null) throw await later(new Error('its reply was lost'));
      if (backMs > 0) await clock.sleep(backMs);
      return result;
    };
    const later = (error: Error) => clock.sleep(3_000).then(() => error);
    const isOurs = (holder: string, term: number) => row.holder === holder && row.term === term;
    return {
      acquire: (holder, takeoverMs) =>
        call((): Acquired => {
          const age = clock.now() - row.renewedAt;
          if (row.holder !== null && row.holder !== holder && age < takeoverMs)
            return { kind: 'taken', freeInMs: takeoverMs - age };
          if (row.holder !== null && row.holder !== holder) takeovers.push(age);
          row = { holder, term: row.term + 1, renewedAt: clock.now() };
          return { kind: 'acquired', term: row.term };
        }),
      renew: ({ holder, term }, leaseMs) =>
        call(() => {
          const renewed = isOurs(holder, term) && clock.now() - row.renewedAt < leaseMs;
          if (renewed) row = { ...row, renewedAt: clock.now() };
          return renewed;
        }),
      release: ({ holder, term }) =>
        call(() => {
          if (isOurs(holder, term)) row = { ...row, holder: null };
        }),
    };
  }
  return { rowFor, takeovers, row: () => row };
}

function setUp(trip: () => Trip = () => promptTrip) {
  const clock = createFakeClock();
  const server = createServer(clock);
  const stop = new AbortController();
  const lease = createLease({ holder: 'one', row: server.rowFor(trip), clock });
  const ended = lease.keep(stop.signal);
  return { clock, server, stop, lease, ended };
}

describe('a lease (R15)', () => {
  test('is held from its acquisition on, renewed every 2 s, and stays of one term', async () => {
    const { clock, lease, server } = setUp();
    await clock.settle();
    expect(lease.held()).toEqual({ holder: 'one', term: 1 });
    for (let second = 1; second <= 60; second += 1) {
      await clock.advance(1_000);
      expect(lease.held()).toEqual({ holder: 'one', term: 1 });
      expect(clock.now() - server.row().renewedAt).toBeLessThan(usualLeaseTimes.renewMs + 1);
    }
  });

  test('ends 5 s after the start of the last confirmed renewal, however late its reply came', async () => {
    let trip: Trip = promptTrip;
    const { clock, lease } = setUp(() => trip);
    await clock.settle();
    trip = { outMs: 0, backMs: 2_900 };
    await clock.advance(2_000); // the renewal begins here
    trip = { outMs: null, backMs: null };
    await clock.advance(4_999);
    expect(lease.held()).not.toBeNull();
    await clock.advance(1);
    expect(lease.held()).toBeNull();
  });

  test('tells of its end at the moment of the self-stop, without any reply', async () => {
    let trip: Trip = promptTrip;
    const { clock, lease } = setUp(() => trip);
    await clock.settle();
    const told: (number | null)[] = [];
    lease.onChange(() => told.push(lease.held()?.term ?? null));
    trip = { outMs: null, backMs: null };
    await clock.advance(5_000);
    expect(told).toEqual([null]);
    trip = promptTrip;
    await clock.advance(3_000);
    expect(told.length).toBe(2);
  });

  test('comes back in its own term when the database was away and nobody else took it', async () => {
    let trip: Trip = promptTrip;
    const { clock, lease } = setUp(() => trip);
    await clock.settle();
    trip = { outMs: null, backMs: null };
    await clock.advance(5_200);
    expect(lease.held()).toBeNull();
    trip = promptTrip;
    await clock.advance(1_000);
    expect(lease.held()).toEqual({ holder: 'one', term: 1 });
  });

  test('must be acquired anew, in a higher term, after 8 s without a renewal', async () => {
    let trip: Trip = promptTrip;
    const { clock, lease } = setUp(() => trip);
    await clock.settle();
    trip = { outMs: null, backMs: null };
    await clock.advance(12_000);
    trip = promptTrip;
    await clock.advance(4_000);
    expect(lease.held()?.term).toBeGreaterThan(1);
  });

  test('is given up at once on a clean stop, and not held from then on', async () => {
    const { clock, lease, server, stop, ended } = setUp();
    await clock.settle();
    stop.abort();
    await ended;
    expect(lease.held()).toBeNull();
    expect(server.row().holder).toBeNull();
    expect(clock.pendingTimers).toBe(0);
  });
});

const trips = fc.array(
  fc.record({
    outMs: fc.oneof({ weight: 4, arbitrary: fc.nat(200) }, fc.integer({ min: 200, max: 12_000 }), fc.constant(null)),
    backMs: fc.oneof({ weight: 4, arbitrary: fc.nat(200) }, fc.integer({ min: 200, max: 12_000 }), fc.constant(null)),
  }),
  { minLength: 5, maxLength: 40 },
);

test('a call that hangs for ever does not keep the next one from being made', async () => {
  let trip: Trip = promptTrip;
  const { clock, lease } = setUp(() => trip);
  await clock.settle();
  trip = { outMs: 0, backMs: Number.MAX_SAFE_INTEGER };
  await clock.advance(2_001);
  trip = promptTrip;
  await clock.advance(7_000);
  expect(lease.held()).not.toBeNull();
});

test('whatever the network does, never do two hold it, nobody takes it before 10 s, and terms only rise (I2)', async () => {
  await fc.assert(
    fc.asyncProperty(trips, trips, async (tripsOfOne, tripsOfTwo) => {
      const clock = createFakeClock();
      const server = createServer(clock);
      const stop = new AbortController();
      const leases = [tripsOfOne, tripsOfTwo].map((plan, index) => {
        let next = 0;
        const row = server.rowFor(() => plan[next++ % plan.length] ?? promptTrip);
        return createLease({ holder: `holder ${index}`, row, clock });
      });
      for (const lease of leases) void lease.keep(stop.signal);
      let highest = 0;
      for (let step = 0; step < 120; step += 1) {
        await clock.advance(500);
        const held = leases.flatMap((lease) => lease.held() ?? []);
        expect(held.length).toBeLessThan(2);
        for (const { term } of held) {
          expect(term).toBeGreaterThanOrEqual(highest);
          highest = term;
        }
      }
      for (const age of server.takeovers) expect(age).toBeGreaterThanOrEqual(usualLeaseTimes.takeoverMs);
      stop.abort();
    }),
    { numRuns: 60 },
  );
});

test('divided times keep their proportions', () => {
  expect(dividedLeaseTimes(20)).toEqual({ leaseMs: 400, renewMs: 100, selfStopMs: 250, takeoverMs: 500 });
});
