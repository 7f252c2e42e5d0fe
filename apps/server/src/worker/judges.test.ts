import type { HostReport, MemberId, PoolId, TickMeasures } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { buildMember, buildPool, createFakeClock, hostReport, id } from '../../../../testkit/src/index.ts';
import { createAges } from './ages.ts';
import { createJudges } from './judges.ts';
import { startObservation } from './observation.ts';
import { poolsRead } from './pools-read.ts';
import type { HeardMember, PoolWithMembers } from './ports.ts';

const fine: TickMeasures = { leaseHeld: true, tickGapMs: 250, worstEventLoopDelayMs: 0, databaseWriteAgeMs: 100 };

/** Pools of two members each, the first active, on one sight every 250 ms. */
async function setUp(poolCount: number) {
  const clock = createFakeClock();
  const observation = startObservation(clock.now());
  const ages = createAges();
  const rows = Array.from({ length: poolCount }, (_, index): PoolWithMembers => {
    const poolId = id<PoolId>('p', index + 1);
    const members = [1, 2].map((n) => buildMember(index * 2 + n, { poolId }));
    return {
      pool: buildPool({ id: poolId, haproxyGraceMs: 0, epoch: 1, activeMemberId: members[0]?.id ?? null }),
      members,
      enrolledForMs: new Map(members.map((member) => [member.id, 3_600_000])),
      bindings: [],
      recentPromotions: [],
      present: null,
      maintenance: null,
      memberMaintenance: new Map(),
      quarantined: new Set<MemberId>(),
    };
  });
  let pools = poolsRead(rows, clock.now());
  ages.note(pools.rows, null, clock.now());
  const judges = createJudges(clock, () => false);
  let cursor = 0;

  async function sight(reports: Readonly<Record<number, HostReport>> = {}, measures = fine) {
    await clock.advance(250);
    const now = clock.now();
    cursor += 1;
    const heard = rows
      .flatMap(({ members }) => members)
      .map((member, index): HeardMember => {
        const base = {
          listenerId: 'a',
          boot: 1,
          seq: cursor,
          heardAtMs: now,
          declaredIpv4: null,
          declaredIpv6: null,
          seenIp: '192.0.2.1',
        };
        return { ...base, memberId: member.id, report: reports[index + 1] ?? hostReport(), refusal: null };
      });
    observation.readNews({ heard, watermarks: [{ listenerId: 'a', atMs: now }], cursor: String(cursor) }, now);
    observation.closeTick(measures, pools.enrolled, now);
    const judged = judges.judge({ observation, pools, ages, at: now, actionable: true, frozenTicks: 0 });
    for (const { evidence, judgement } of judged.fresh)
      for (const member of evidence.members)
        observation.noteHealth(member.id, judgement.health[member.id]?.kind ?? 'unknown', now);
    return judged;
  }

  for (let ticks = 0; ticks < 60; ticks += 1) await sight();
  return {
    sight,
    judges,
    clock,
    /** A second sight in the same turn, a moment later. */
    async again(turnBeganAt: number) {
      await clock.advance(5);
      const now = clock.now();
      observation.closeTick(fine, pools.enrolled, now);
      return judges.judge({ observation, pools, ages, at: now, actionable: true, frozenTicks: 0 }, turnBeganAt);
    },
    readAgain: (change: Partial<PoolWithMembers> = {}) => {
      pools = poolsRead(
        rows.map((row) => ({ ...row, ...change })),
        clock.now(),
      );
    },
    /** How old each verdict of the next calm sights is, in ms. */
    async verdictAges(sights: number) {
      const seen: number[] = [];
      for (let n = 0; n < sights; n += 1) seen.push(clock.now() + 250 - ((await sight()).verdicts[0]?.judgedAt ?? 0));
      return seen;
    },
  };
}

describe('a calm verdict', () => {
  test('is kept while beats say the same, for less than a second', async () => {
    const { verdictAges } = await setUp(1);
    const seen = await verdictAges(8);
    expect(new Set(seen)).toEqual(new Set([0, 250, 500, 750]));
  });

  test('is replaced in the turn in which a member says something else, its pool does, or we cannot listen', async () => {
    for (const change of ['report', 'pool', 'blind'] as const) {
      const { sight, readAgain, verdictAges } = await setUp(1);
      while ((await verdictAges(1))[0] !== 0);
      if (change === 'pool') readAgain({ quarantined: new Set() });
      const judged = await sight(
        change === 'report' ? { 2: hostReport('stopped') } : {},
        change === 'blind' ? { ...fine, worstEventLoopDelayMs: 900 } : fine,
      );
      expect([change, judged.verdicts[0]?.judgedAt]).toEqual([change, judged.at]);
    }
  });

  test('is kept when its pool was read again and says the same', async () => {
    const { sight, readAgain, verdictAges } = await setUp(1);
    while ((await verdictAges(1))[0] !== 0);
    readAgain();
    const judged = await sight({}, fine);
    expect(judged.verdicts[0]?.judgedAt).toBeLessThan(judged.at);
  });
});

test('a verdict of the turn’s first sight is still new in its second', async () => {
  const { sight, again } = await setUp(1);
  const first = await sight({ 2: hostReport('stopped') });
  const second = await again(first.at);
  expect([first.fresh.length, second.fresh.length]).toEqual([1, 1]);
  expect((await again(second.at)).fresh).toEqual([]);
});

describe('promotions that compete for R10', () => {
  const stopped = (pools: number) =>
    Object.fromEntries(Array.from({ length: pools }, (_, index) => [index * 2 + 1, hostReport('stopped')]));
  const promoting = (judged: Awaited<ReturnType<Awaited<ReturnType<typeof setUp>>['sight']>>) =>
    judged.verdicts.filter(({ judgement }) => judgement.decision.kind === 'promote').map(({ row }) => row.pool.id);

  test('are judged one after the other, each with those before it as of age 0', async () => {
    const { sight } = await setUp(12);
    const judged = await sight(stopped(12));
    expect(promoting(judged)).toHaveLength(10);
    const counts = judged.verdicts.map(({ evidence }) => evidence.fleet.promotionAgesMs.length);
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]);
    const waiting = judged.verdicts.filter(({ judgement }) => judgement.decision.kind === 'wait');
    expect(waiting.map(({ judgement }) => judgement.decision)).toMatchObject(Array(2).fill({ because: 'velocity' }));
  });

  test('go to whoever waits longest, then by id; whose last try was in vain is last', async () => {
    const { sight, judges } = await setUp(12);
    const late = { [23]: hostReport('stopped') };
    await sight(late);
    const last = id<PoolId>('p', 12);
    const first = await sight(stopped(12));
    expect(promoting(first)).toContain(last);
    expect(promoting(first)).not.toContain(id<PoolId>('p', 11));
    judges.triedInVain(last);
    const second = await sight(stopped(12));
    expect(promoting(second)).not.toContain(last);
  });
});
