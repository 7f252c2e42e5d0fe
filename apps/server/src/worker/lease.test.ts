import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../../testkit/src/fake-clock.ts';
import { memoryLeaseRow } from '../../../../testkit/src/memory-lease-row.ts';
import { createLease, type LeaseRow } from './lease.ts';
import { dividedLeaseTimes, usualLeaseTimes } from './lease-times.ts';

/** How one call to the database goes: when it is carried out, when its reply comes; null = it, or its reply, is lost. */
interface Trip {
  readonly outMs: number | null;
  readonly backMs: number | null;
}
const promptTrip: Trip = { outMs: 0, backMs: 0 };

/** The row behind a network that a test owns; notes how old the last renewal was at each takeover. */
function createServer(clock: FakeClock) {
  const row = memoryLeaseRow(() => clock.now());
  const takeovers: number[] = [];
  const terms: number[] = [];
  let renewedAt = 0;

  function rowFor(trip: () => Trip): LeaseRow {
    const later = (error: Error) => clock.sleep(3_000).then(() => error);
    const call = async <Result>(carryOut: () => Promise<Result>): Promise<Result> => {
      const { outMs, backMs } = trip();
      if (outMs === null) throw await later(new Error('lost on its way'));
      if (outMs > 0) await clock.sleep(outMs);
      const result = await carryOut();
      if (backMs === null) throw await later(new Error('its reply was lost'));
      if (backMs > 0) await clock.sleep(backMs);
      return result;
    };
    return {
      acquire: (holder, unrenewed) =>
        call(async () => {
          const before = row.present();
          const acquired = await row.acquire(holder, unrenewed);
          if (acquired.kind === 'taken') return acquired;
          if (before !== null && before.holder !== holder) takeovers.push(clock.now() - renewedAt);
          terms.push(acquired.term);
          renewedAt = clock.now();
          return acquired;
        }),
      renew: (fence) =>
        call(async () => {
          const renewed = await row.renew(fence);
          if (renewed !== null) renewedAt = clock.now();
          return renewed;
        }),
      release: (fence) => call(() => row.release(fence)),
    };
  }
  return { rowFor, row, takeovers, terms, renewedAt: () => renewedAt };
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
    expect(lease.held()).toMatchObject({ holder: 'one', term: 1 });
    for (let second = 1; second <= 60; second += 1) {
      await clock.advance(1_000);
      expect(lease.held()).toMatchObject({ holder: 'one', term: 1 });
      expect(clock.now() - server.renewedAt()).toBeLessThan(usualLeaseTimes.renewMs + 1);
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
    expect(lease.held()).toMatchObject({ holder: 'one', term: 1 });
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
    expect(server.row.present()).toBeNull();
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
      expect(server.terms).toEqual(server.terms.toSorted((a, b) => a - b));
      for (const age of server.takeovers) expect(age).toBeGreaterThanOrEqual(usualLeaseTimes.takeoverMs);
      stop.abort();
    }),
    { numRuns: 60 },
  );
});

test('a database whose statements come or answer up to 1 s late costs no term', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1_000), { minLength: 5, maxLength: 30 }), async (delays) => {
      let next = 0;
      const delay = () => delays[next++ % delays.length] ?? 0;
      const { clock, lease, stop } = setUp(() => ({ outMs: delay(), backMs: delay() }));
      await clock.advance(2_000);
      for (let second = 0; second < 40; second += 1) {
        await clock.advance(1_000);
        expect(lease.held()?.term).toBe(1);
      }
      stop.abort();
    }),
    { numRuns: 30 },
  );
});

describe('a takeover (R15)', () => {
  /** One holds the lease, two waits for it. */
  async function rivals() {
    const clock = createFakeClock();
    const server = createServer(clock);
    let tripOfOne: Trip = promptTrip;
    const [stopOne, stopTwo] = [new AbortController(), new AbortController()];
    const one = createLease({ holder: 'one', row: server.rowFor(() => tripOfOne), clock });
    const onRelease = server.row.onRelease;
    const two = createLease({ holder: 'two', row: server.rowFor(() => promptTrip), clock, onRelease });
    void one.keep(stopOne.signal);
    await clock.advance(700);
    void two.keep(stopTwo.signal);
    await clock.advance(30_000);
    return {
      clock,
      server,
      one,
      two,
      stopOne,
      stopTwo,
      cutOne: () => {
        tripOfOne = { outMs: null, backMs: null };
      },
    };
  }

  test('comes 10 to 12 s after the last renewal of a holder that died', async () => {
    const { clock, server, two, cutOne } = await rivals();
    cutOne();
    const last = server.renewedAt();
    while (two.held() === null) await clock.advance(50);
    expect(clock.now() - last).toBeGreaterThanOrEqual(10_000);
    expect(clock.now() - last).toBeLessThanOrEqual(12_050);
  });

  test('never comes while the holder renews, whatever the wall clock says', async () => {
    const { clock, server, one, two } = await rivals();
    for (const years of [10, -20, 10]) {
      clock.jumpWallTime(years * 365 * 86_400_000);
      for (let second = 0; second < 40; second += 1) {
        await clock.advance(1_000);
        expect([one.held()?.term, two.held()]).toEqual([1, null]);
      }
    }
    expect(server.takeovers).toEqual([]);
  });

  test('of a dead holder is in time whatever the wall clock says', async () => {
    for (const years of [10, -10]) {
      const { clock, two, cutOne } = await rivals();
      cutOne();
      clock.jumpWallTime(years * 365 * 86_400_000);
      await clock.advance(12_000);
      expect(two.held()).toMatchObject({ holder: 'two', term: 2 });
    }
  });

  test('is not made by a process that slept through the renewals: what it saw is no longer there', async () => {
    const { clock, server, two, cutOne } = await rivals();
    cutOne();
    await clock.advance(9_000); // two has watched the same stamp for a while
    const { row } = server;
    await row.renew({ holder: 'one', term: 1 });
    await clock.block(60_000);
    expect([two.held(), row.present()?.holder]).toEqual([null, 'one']);
  });

  test.each([
    ['for long', 1, 20_000, true],
    ['for longer than the lease allows for', 1, 801, true],
    ['for less', 1, 800, false],
    ['for long, while the clock of the row was set back', 1, -801, true],
    ['for less, while it was set back', 1, -800, false],
    ['for long, at divided times', 20, 41, true],
    ['for less, at divided times', 20, 40, false],
  ])(
    'is not needed, but a new term is, for a holder who was suspended %s',
    async (_name, divisor, forMs, isNoticed) => {
      const clock = createFakeClock();
      let sleptMs = 0;
      const row = memoryLeaseRow(() => clock.now() + sleptMs);
      const stop = new AbortController();
      const lease = createLease({ holder: 'one', row, clock, times: dividedLeaseTimes(divisor) });
      const kept = lease.keep(stop.signal);
      await clock.advance(3_000 / divisor);
      sleptMs = forMs; // the database's time went on, ours stood still
      const looksHeld = () => {
        const fence = lease.held();
        return [fence?.term, fence !== null && row.nowMs() >= fence.rowsFromMs && row.nowMs() <= fence.rowsByMs()];
      };
      expect(looksHeld()).toEqual([1, !isNoticed]);
      await clock.advance(2_000 / divisor);
      expect(looksHeld()).toEqual([isNoticed ? 2 : 1, true]);
      stop.abort();
      await clock.settle();
      await kept;
    },
  );

  test('comes at once after a clean stop', async () => {
    const { clock, two, stopOne } = await rivals();
    stopOne.abort();
    await clock.settle();
    expect(two.held()).toMatchObject({ holder: 'two', term: 2 });
  });
});

test('times that could let two act at once are refused at the start', () => {
  const clock = createFakeClock();
  const times = { ...usualLeaseTimes, takeoverMs: 9_999 };
  expect(() => createLease({ holder: 'one', row: memoryLeaseRow(() => 0), clock, times })).toThrow(
    /two could write at once/,
  );
});
