import { decide, type Instant, type MemberId, parseMark } from '@serverctl/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressOf, createWorld, type World } from '../../../../testkit/src/index.ts';
import type { PromotionRecord } from './ports.ts';

/*
 * Random schedules of deaths, stops, outages and faults over the whole worker. What the world truly did is kept beside it, so that a
 * promotion is held against the truth and not against the loop's own opinion.
 */

const delayMs = 10_000;
const members = 3;

type Act = (world: World) => Promise<void> | void;

const acts: fc.Arbitrary<readonly [string, Act]> = fc.oneof(
  weighted(8, 'advance', span(1, 20_000), (w, ms) => w.clock.advance(ms)),
  weighted(3, 'kill', span(1, members + 1), (w, n) => w.kill(n)),
  weighted(4, 'revive', span(1, members + 1), (w, n) => w.revive(n)),
  weighted(4, 'crash the active one', span(1, 1), (w) => w.kill(Math.max(1, w.active()))),
  weighted(3, 'stop haproxy', span(1, members), (w, n) => w.report(n, 'stopped')),
  weighted(2, 'restart haproxy', span(1, members), (w, n) => w.report(n, 'restarting')),
  weighted(4, 'start haproxy', span(1, members), (w, n) => w.report(n, 'running')),
  weighted(1, 'database away', span(500, 20_000), async (w, ms) => {
    w.databaseDown(true);
    await w.clock.advance(ms);
    w.databaseDown(false);
  }),
  weighted(1, 'flusher stuck', span(500, 20_000), async (w, ms) => {
    w.liveness.flusherStuck = true;
    await w.clock.advance(ms);
    w.liveness.flusherStuck = false;
  }),
  weighted(1, 'lease away', span(1, 20_000), async (w, ms) => {
    w.lease.lose();
    await w.clock.advance(ms);
    w.lease.grant();
  }),
  weighted(1, 'event loop blocked', span(100, 8_000), (w, ms) => w.clock.block(ms)),
  weighted(1, 'reply lost', span(1, 1), (w) => void w.zone.inject({ kind: 'lose-reply' })),
  weighted(1, 'provider away', span(1, 6), (w, times) => {
    w.zone.inject({ kind: 'fail', code: 'dns_unreachable' }, { times });
  }),
  weighted(2, 'acknowledge', span(1, 1), (w) => w.acknowledge()),
);

function span(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min, max });
}

function weighted(
  weight: number,
  name: string,
  amount: fc.Arbitrary<number>,
  act: (world: World, amount: number) => Promise<void> | void,
) {
  return {
    weight,
    arbitrary: amount.map((n): readonly [string, Act] => [`${name} ${n}`, (world) => act(world, n)]),
  };
}

/** Watches the world from outside: when each member truly beat last, and every state that the record ever had. */
function watch(world: World) {
  const violations: unknown[] = [];
  // Thrown at the worker it would be one more fault to survive, so it is kept for the end.
  const check = (assertion: () => void) => {
    try {
      assertion();
    } catch (violation) {
      violations.push(violation);
    }
  };
  const beatAt = new Map<MemberId, Instant>();
  const { beat } = world.liveness;
  world.liveness.beat = (memberId, said) => {
    beatAt.set(memberId, world.clock.now());
    beat(memberId, said);
  };
  const { promote } = world.store;
  world.store.promote = (promotion, fence) => {
    if (promotion.kind !== 'first-publish') check(() => assertJustified(world, promotion, beatAt));
    return promote(promotion, fence);
  };
  const { put } = world.zone;
  let epoch = 0;
  world.zone.put = (name, type, values, ttl) => {
    const mark = type === 'TXT' ? parseMark(values[0] ?? '') : null;
    check(() => {
      if (type === 'A') assertWritable(values);
      if (mark !== null) expect(mark.epoch, 'I1: no write under an older epoch').toBeGreaterThanOrEqual(epoch);
    });
    epoch = mark?.epoch ?? epoch;
    put(name, type, values, ttl);
  };
  const lifts: (() => void)[] = [];
  const { inject } = world.zone;
  world.zone.inject = (fault, plan) => {
    const lift = inject(fault, plan);
    lifts.push(lift);
    return lift;
  };
  return {
    violations,
    liftFaults: () => {
      for (const lift of lifts) lift();
    },
  };
}

function assertWritable(values: readonly string[]): void {
  expect(values, 'I3: one address, always a registered member’s').toHaveLength(1);
  expect(Array.from({ length: members }, (_, index) => addressOf(index + 1))).toContain(values[0]);
}

function assertJustified(world: World, promotion: PromotionRecord, beatAt: ReadonlyMap<MemberId, Instant>): void {
  const { evidence, decision } = promotion;
  const now = world.clock.now();
  const truly = (memberId: MemberId) => now - (beatAt.get(memberId) ?? Number.NEGATIVE_INFINITY);
  expect(decide(evidence), 'I18').toEqual(decision);
  expect(evidence.listening.blindBecause, 'I6').toBeNull();
  expect(world.lease.held(), 'I2').not.toBeNull();
  // A listener's instants come out late by its shortest way to the loop, at most one guard of it (listener-clock.ts).
  expect(truly(promotion.to), 'R7: the candidate is its own witness').toBeLessThanOrEqual(3_000 + 250);
  if (promotion.cause === 'heartbeat-lost' && promotion.from !== null) {
    expect(truly(promotion.from), 'I5, I10: truly silent for the whole delay').toBeGreaterThanOrEqual(delayMs);
  }
  for (const { id, hearing } of evidence.members) {
    if (hearing.kind !== 'heard') continue;
    expect(hearing.provenSilentMs, 'I7').toBeLessThanOrEqual(hearing.silentMs);
    expect(hearing.provenSilentMs, 'I7, against the truth').toBeLessThanOrEqual(truly(id));
  }
}

async function heal(world: World): Promise<void> {
  world.databaseDown(false);
  world.liveness.flusherStuck = false;
  for (let n = 1; n <= members + 1; n += 1) world.revive(n);
  for (let n = 1; n <= members; n += 1) world.report(n, 'running');
  world.lease.grant();
  world.acknowledge();
  await world.clock.advance(75_000);
}

describe('the worker under random schedules', () => {
  test('never promotes without justification, never leaves the record empty or twofold, and converges once healed', async () => {
    const schedules = fc.array(acts, { minLength: 10, maxLength: 60, size: 'max' });
    let promotions = 0;
    let frozen = 0;
    await fc.assert(
      fc.asyncProperty(schedules, fc.integer({ min: 0, max: 30_000 }), async (schedule, haproxyGraceMs) => {
        const world = createWorld({ members, pool: { failoverDelayMs: delayMs, haproxyGraceMs } });
        const { liftFaults, violations } = watch(world);
        await world.start(15_000);
        for (const [, act] of schedule) {
          await act(world);
          await world.clock.advance(50);
        }
        liftFaults();
        await heal(world);
        expect(violations).toEqual([]);
        expect(world.published(), 'record = desired once healed').toBe(world.active());
        expect(world.logged.filter((line) => line.includes('A turn of the failover loop failed'))).toEqual([]);
        promotions += world.store.house.promotions.length - 1;
        frozen += world.worker.statistics.frozenTicks;
        await world.stop();
        expect(world.clock.pendingTimers, 'nothing is left running').toBe(0);
      }),
      { numRuns: 100 },
    );
    expect(promotions, 'the schedules move something').toBeGreaterThan(50);
    expect(frozen, 'and freeze something').toBeGreaterThan(200);
  }, 120_000);
});
