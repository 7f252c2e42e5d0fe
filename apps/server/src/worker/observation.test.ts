import type { HostReport, MemberId, TickMeasures } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { hostReport, id } from '../../../../testkit/src/index.ts';
import { startObservation } from './observation.ts';
import type { HeardMember } from './ports.ts';

/* Two listeners on clocks of their own: what is special about replicas. The single process is tested with the whole loop. */

const [one, two] = [id<MemberId>('m', 1), id<MemberId>('m', 2)];
const fleet = new Set([one, two]);
const fine: TickMeasures = { leaseHeld: true, tickGapMs: 250, worstEventLoopDelayMs: 0, databaseWriteAgeMs: 100 };
const offsets: Readonly<Record<string, number>> = { a: 5_000_000, b: -700_000 };

function setUp() {
  const observation = startObservation(0);
  let cursor = 0;
  return {
    observation,
    /** One tick at `now`: which listeners wrote just before, and whom they heard. */
    tick(
      now: number,
      wrote: readonly string[],
      heard: Readonly<Record<string, string>> = {},
      report: HostReport = hostReport(),
    ) {
      const watermarks = wrote.map((listenerId) => ({ listenerId, atMs: now + (offsets[listenerId] ?? 0) }));
      const members = Object.entries(heard).map(([memberId, listenerId]): HeardMember => {
        const heardAtMs = now - 10 + (offsets[listenerId] ?? 0);
        const base = {
          boot: 1,
          seq: now,
          report,
          declaredIpv4: null,
          declaredIpv6: null,
          seenIp: '192.0.2.1',
          refusal: null,
        };
        return { memberId: memberId as MemberId, listenerId, heardAtMs, ...base };
      });
      cursor += 1;
      observation.readNews({ watermarks, heard: members, cursor: String(cursor) }, now);
      observation.closeTick(fine, fleet, now);
    },
    silence: (memberId: MemberId) => observation.member(memberId)?.silence,
  };
}

/** Both listeners have written for long enough that what they hear can be dated; the next tick is at 1,750. */
function setUpProven() {
  const world = setUp();
  for (let now = 250; now <= 1_500; now += 250) world.tick(now, ['a', 'b']);
  return world;
}

describe('two listeners', () => {
  test('a member ages only up to the watermark of the one that heard it last (R2)', () => {
    const { tick, silence } = setUpProven();
    tick(1_750, ['a', 'b'], { [one]: 'a', [two]: 'b' });
    for (let now = 2_000; now <= 4_250; now += 250) tick(now, ['b'], { [two]: 'b' });
    expect(silence(one)?.provenMs).toBe(10);
    tick(4_500, ['a', 'b'], { [two]: 'b' });
    expect(silence(one)?.provenMs).toBe(2_760);
  });

  test('when its listener vanished, silence is proven anew from the loss, and true silence goes on (R2, R7)', () => {
    const { tick, silence, observation } = setUpProven();
    tick(1_750, ['a', 'b'], { [one]: 'a', [two]: 'b' });
    for (let now = 2_000; now <= 6_750; now += 250) tick(now, ['b'], { [two]: 'b' });
    expect(observation.member(one)?.listenerId).toBeNull();
    expect(silence(one)).toMatchObject({ provenMs: 0, silentSince: 1_740 });
    for (let now = 7_000; now <= 8_750; now += 250) tick(now, ['b'], { [two]: 'b' });
    expect(silence(one)?.provenMs).toBe(2_000);
  });

  test('a beat that a hung database stored late makes nobody fresh: it is dated when its listener has written for a second (R7)', () => {
    const { tick, silence, observation } = setUp();
    tick(250, ['a']);
    // What b sent half a minute ago is carried out now: its watermark moves for the first time, and is of then.
    const late = 500 - 30_000 + (offsets['b'] ?? 0);
    const beat = { memberId: two, listenerId: 'b', heardAtMs: late - 10, boot: 1, seq: 1, report: hostReport() };
    const rest = { declaredIpv4: null, declaredIpv6: null, seenIp: '192.0.2.1', refusal: null };
    const before = { listenerId: 'b', atMs: late - 250 };
    observation.readNews({ watermarks: [before], heard: [], cursor: 'x' }, 400);
    observation.readNews(
      { watermarks: [{ listenerId: 'b', atMs: late }], heard: [{ ...beat, ...rest }], cursor: 'y' },
      500,
    );
    observation.closeTick(fine, fleet, 500);
    expect(silence(two)).toMatchObject({ heardAt: null, provenMs: 0 });
    for (let now = 750; now <= 1_500; now += 250) tick(now, ['a', 'b'], { [two]: 'b' });
    expect(silence(two)?.heardAt).toBeNull();
    tick(1_750, ['a', 'b'], { [two]: 'b' });
    expect(silence(two)?.heardAt).toBe(1_740);
  });

  test('whom nobody has heard in this term ages up to the oldest watermark of all that live (R2)', () => {
    const { tick, silence } = setUpProven();
    tick(1_750, ['a', 'b'], { [two]: 'b' });
    for (let now = 2_000; now <= 5_250; now += 250) tick(now, ['b'], { [two]: 'b' });
    const upToA = silence(one)?.provenMs ?? 0;
    expect(upToA).toBeLessThanOrEqual(1_750);
    tick(5_500, ['a', 'b'], { [two]: 'b' });
    expect((silence(one)?.provenMs ?? 0) - upToA).toBeGreaterThanOrEqual(3_500);
  });

  test('a watermark that a hung database stored late proves no silence: its beats are stored with the next one (I7)', () => {
    const { tick, silence, observation } = setUpProven();
    tick(1_750, ['a', 'b'], { [one]: 'b', [two]: 'a' });
    for (let now = 2_000; now <= 4_000; now += 250) tick(now, ['a'], { [two]: 'a' });
    const before = silence(one)?.provenMs ?? 0;
    // What b sent at 1,900 is carried out now. It heard `one` at 2,500, and stores that with its next write.
    const late = { listenerId: 'b', atMs: 1_900 + (offsets['b'] ?? 0) };
    observation.readNews(
      { watermarks: [late, { listenerId: 'a', atMs: 4_250 + (offsets['a'] ?? 0) }], heard: [], cursor: 'x' },
      4_250,
    );
    observation.closeTick(fine, fleet, 4_250);
    expect((silence(one)?.provenMs ?? 0) - before).toBeLessThan(200);
  });

  test('the row that a dead process left holds nobody back for good', () => {
    const { tick, silence } = setUp();
    tick(250, ['a', 'b']);
    for (let now = 500; now <= 6_000; now += 250) tick(now, ['b'], { [two]: 'b' });
    expect(silence(one)?.provenMs).toBeGreaterThanOrEqual(5_000);
  });

  test('what the first reading shows may be hours old: it tells who was ever heard, and nothing else (R3)', () => {
    const { tick, observation } = setUp();
    tick(250, ['a'], { [one]: 'a' }, hostReport('stopped'));
    expect(observation.member(one)).toMatchObject({ everHeard: true, listenerId: null });
    expect(observation.member(one)?.tracker.units).toEqual([]);
    expect(observation.member(two)?.everHeard).toBe(false);
    expect(observation.lastDatabaseWriteAt(250)).toBeNull();
  });

  test('a member that lost its key is forgotten', () => {
    const { tick, observation } = setUp();
    tick(250, ['a']);
    tick(500, ['a'], { [one]: 'a' });
    observation.closeTick(fine, new Set([two]), 750);
    expect(observation.member(one)).toBeUndefined();
  });
});
