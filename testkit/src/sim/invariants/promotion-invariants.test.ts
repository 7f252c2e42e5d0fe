import { describe, expect, it } from 'vitest';
import { nothingWhileBlind } from './blind.ts';
import { ownFaultsMoveNothing } from './control-plane-alone.ts';
import { failbackWaits } from './failback.ts';
import { fullBucketLatches } from './latch.ts';
import { fleetIsBraked } from './promotion-brakes.ts';
import { candidateIsWitness } from './promotion-candidate.ts';
import { flappingIsLimited } from './promotion-limits.ts';
import { troubleIsTrue } from './promotion-trouble.ts';
import { callOf, hostOf, member, pool, type Stage, setStage } from './testing/stage.ts';
import { withdrawalsAreUnwritten } from './withdrawal.ts';

/** Everybody beats for a minute, then the active member is silent. */
function silentActive(stage: Stage, silentFrom: number, until: number): void {
  stage.lead('r1', 1, 0);
  stage.beats([1], 1_000, silentFrom);
  stage.beats([2, 3], 1_000, until);
}

describe('I5: the trouble of a failover', () => {
  it('is there when the member was silent for the delay', () => {
    const stage = setStage(troubleIsTrue);
    silentActive(stage, 60_000, 70_000);
    stage.promote({}, 70_000);
    expect(stage.breaches).toEqual([]);
  });

  it.each([
    ['the silence is shorter than the delay', 65_000, 70_000, () => undefined],
    ['the silence began before the term of the lease', 40_000, 70_000, (stage: Stage) => stage.lead('r1', 2, 61_000)],
  ])('is not there when %s', (_name, silentFrom, at, before) => {
    const stage = setStage(troubleIsTrue);
    silentActive(stage, silentFrom, at);
    before(stage);
    stage.promote({}, at);
    expect(stage.breaches).toHaveLength(1);
  });

  it('is not there when the process stood still for most of it', () => {
    const stage = setStage(troubleIsTrue);
    silentActive(stage, 60_000, 71_000);
    stage.replicas.set('r1', { ...(stage.replicas.get('r1') as never as object), state: 'paused' } as never);
    stage.judge.onReplica?.('r1', 'frozen', 61_000);
    stage.judge.onEvent?.(61_000, 0);
    stage.replicas.set('r1', { ...(stage.replicas.get('r1') as never as object), state: 'running' } as never);
    stage.judge.onReplica?.('r1', 'resumed', 68_000);
    stage.judge.onEvent?.(68_000, 0);
    stage.promote({}, 71_000);
    expect(stage.breaches.join()).toContain('can be proven');
  });

  it.each([
    ['was down for the grace', 1_500, 0],
    ['was down for less', 500, 1],
  ])('of HAProxy that %s', (_name, downMs, breaches) => {
    const stage = setStage(troubleIsTrue);
    silentActive(stage, 60_000, 60_000);
    stage.hosts.set(member(1), hostOf(member(1), { haproxy: 'stopped' }));
    stage.beat(1, 60_001);
    stage.promote({ cause: 'haproxy-inactive' }, 60_001 + downMs);
    expect(stage.breaches).toHaveLength(breaches);
  });

  it('of HAProxy that is told to run is none', () => {
    const stage = setStage(troubleIsTrue);
    silentActive(stage, 60_000, 60_000);
    stage.promote({ cause: 'haproxy-inactive' }, 62_500);
    expect(stage.breaches.join()).toContain('HAProxy runs');
  });
});

describe('I5: the candidate', () => {
  const judged = (change: (stage: Stage) => void, at = 70_000) => {
    const stage = setStage(candidateIsWitness);
    silentActive(stage, 60_000, 70_000);
    change(stage);
    stage.promote({}, at);
    return stage.breaches.join();
  };

  it('that was heard just now may be promoted', () => expect(judged(() => undefined)).toBe(''));
  it('that was not heard for longer may not', () => expect(judged(() => undefined, 75_000)).toContain('5000 ms ago'));
  it('that just enrolled may not', () =>
    expect(judged((stage) => stage.judge.onEnrolled?.(member(2), 's', 50_000))).toContain('enrolled'));
  it('in quarantine may not', () =>
    expect(judged(({ house }) => void house.quarantined.add(member(2)))).toContain('quarantined'));
  it('in maintenance may not', () =>
    expect(judged(({ house }) => void house.memberMaintenance.set(member(2), { from: 0, until: 1e6 }))).toContain(
      'maintenance',
    ));
  it('of a paused pool may not', () =>
    expect(judged((stage) => stage.changePool({ paused: 'person' }))).toContain('paused'));
  it('of a held pool may not', () => expect(judged((stage) => stage.changePool({ held: true }))).toContain('held'));
  it('of a pool that is switched off may not', () =>
    expect(judged((stage) => stage.changePool({ automaticFailover: false }))).toContain('off'));
});

describe('I5: R11', () => {
  const times = (...at: number[]) => {
    const stage = setStage(flappingIsLimited);
    stage.lead('r1', 1, 0);
    for (const one of at) stage.promote({}, one);
    return stage.breaches.length;
  };

  it('lets three promotions in ten minutes and six in an hour pass', () => {
    expect(times(60_000, 120_000, 180_000, 660_001, 720_001, 780_001)).toBe(0);
  });
  it('sees the fourth in ten minutes', () => expect(times(60_000, 120_000, 180_000, 240_000)).toBe(1));
  it('sees the seventh in an hour', () =>
    expect(times(60_000, 120_000, 180_000, 700_000, 760_000, 820_000, 1_400_000)).toBe(1));
  it('sees two less than 10 s apart', () => expect(times(60_000, 69_000)).toBe(1));
  it.each([
    ['before its process had seen the last one: it may be misjudged', 182_000, false, 0],
    ['later: its age was believed by then', 200_000, false, 1],
    ['later, and the process began after that', 200_000, true, 0],
  ])('when the database is set to another time %s', (_when, setAt, isRestarted, breaches) => {
    const stage = setStage(flappingIsLimited);
    stage.lead('r1', 1, 0);
    for (const at of [60_000, 120_000, 180_000]) stage.promote({}, at);
    const clockSet = { kind: 'database-clock-jumps', side: 'control-plane', memberId: null, momentary: true } as const;
    stage.fault({ ...clockSet, phase: 'end' }, setAt);
    if (isRestarted) stage.judge.onReplica?.('r1', 'started', setAt - 3_000);
    stage.promote({}, 240_000);
    expect(stage.breaches).toHaveLength(breaches);
  });
  it('counts no acknowledged one', () => {
    const stage = setStage(flappingIsLimited);
    stage.lead('r1', 1, 0);
    for (const at of [60_000, 120_000, 180_000]) stage.promote({}, at);
    stage.house.acknowledgedEpoch.set(pool, 4);
    stage.promote({}, 240_000);
    expect(stage.breaches).toEqual([]);
  });
});

describe("I5: R11's latch", () => {
  const findFull = (stage: Stage, replica: string, at: number) => {
    const [first] = stage.house.promotions;
    if (first === undefined) throw new Error('there is no promotion');
    const decision = { kind: 'refuse', because: 'held', trouble: 'heartbeat-lost' } as const;
    stage.judge.onDecision?.({ poolId: pool, decision, evidence: first.evidence, sentence: '' }, replica, at);
  };
  const held = (acknowledged: boolean) => {
    const stage = setStage(fullBucketLatches);
    findFull(stage, 'r1', 60_000);
    if (acknowledged) stage.judge.onOperator?.({ kind: 'acknowledge', poolId: pool, memberId: null }, 100_000);
    stage.promote({}, 700_000);
    return stage.breaches.length;
  };
  it('is ended by a person', () => expect(held(true)).toBe(0));
  it('that was never set is seen by the next promotion', () => expect(held(false)).toBe(1));
  it.each([
    ['alone is none of its', false, 0],
    ['does not hide its own', true, 1],
  ])('that a woken process found before the leader %s', (_name, isFoundByLeader, breaches) => {
    const stage = setStage(fullBucketLatches);
    stage.lead('r2', 1, 0);
    stage.lead('r1', 2, 30_000);
    findFull(stage, 'r2', 60_000);
    if (isFoundByLeader) findFull(stage, 'r1', 60_500);
    stage.promote({}, 700_000);
    expect(stage.breaches).toHaveLength(breaches);
  });
});

describe('I5: a withdrawal', () => {
  const withdrawn = (writtenAt: number, epoch: number) => {
    const stage = setStage(withdrawalsAreUnwritten);
    const { address = '' } = callOf();
    const write = { flavour: 'plain', epochBefore: 1, addressesBefore: [], late: true, knownEpoch: null } as const;
    const apply = () =>
      stage.judge.onWriteApplied?.({ call: callOf({ epoch }), epoch, address: address ?? '', ...write }, writtenAt);
    if (writtenAt < 20_000) apply();
    stage.promote({ kind: 'withdrawal', cause: 'withdrawn' }, 20_000);
    if (writtenAt >= 20_000) apply();
    return stage.breaches.length;
  };
  it('of an epoch that was never written passes', () => expect(withdrawn(1_000, 7)).toBe(0));
  it.each([1_000, 30_000])('of one that was written at %i ms is seen', (at) => expect(withdrawn(at, 1)).toBe(1));
});

describe('I5: R9 and R10', () => {
  it('sees a second promotion within 10 s while the fleet is silent', () => {
    const stage = setStage(fleetIsBraked);
    stage.lead('r1', 1, 0);
    stage.beats([1, 2, 3], 1_000, 60_000);
    stage.promote({}, 70_000);
    stage.promote({}, 75_000);
    expect(stage.breaches.join()).toContain('3 of 3');
  });
  it('lets the second one pass after 10 s, or while the fleet is heard', () => {
    const stage = setStage(fleetIsBraked);
    stage.lead('r1', 1, 0);
    stage.beats([1, 2, 3], 1_000, 60_000);
    stage.promote({}, 70_000);
    stage.promote({}, 80_000);
    stage.beats([1, 2, 3], 81_000, 85_000);
    stage.promote({}, 85_000);
    expect(stage.breaches).toEqual([]);
  });
  it('sees the eleventh promotion in a minute', () => {
    const stage = setStage(fleetIsBraked);
    stage.lead('r1', 1, 0);
    for (let one = 0; one < 11; one += 1) stage.promote({}, 10_000 + one * 1_000);
    expect(stage.breaches).toHaveLength(1);
  });
  it('sees a dead zone that is none, and a release that nobody made', () => {
    for (const unbraked of ['dead-zone', 'released'] as const) {
      const stage = setStage(fleetIsBraked);
      silentActive(stage, 60_000, 70_000);
      const decision = {
        kind: 'promote',
        from: member(1),
        to: member(2),
        because: 'heartbeat-lost',
        unbraked,
      } as const;
      stage.promote({ decision }, 70_000);
      expect(stage.breaches).toHaveLength(1);
    }
  });
});

describe('I6', () => {
  it('sees a promotion when nobody else was heard, and one without the lease', () => {
    const alone = setStage(nothingWhileBlind);
    silentActive(alone, 60_000, 60_000);
    alone.promote({}, 70_000);
    expect(alone.breaches.join()).toContain('nobody');
    const lapsed = setStage(nothingWhileBlind);
    silentActive(lapsed, 60_000, 70_000);
    lapsed.lead('r1', null, 65_000);
    lapsed.promote({}, 70_000);
    expect(lapsed.breaches.join()).toContain('lease');
  });
  it('sees none while somebody is heard', () => {
    const stage = setStage(nothingWhileBlind);
    silentActive(stage, 60_000, 70_000);
    stage.promote({}, 70_000);
    expect(stage.breaches).toEqual([]);
  });
});

describe('I9', () => {
  const failback = (stage: Stage, at: number) =>
    stage.promote({ kind: 'failback', cause: 'failback', from: member(2), to: member(1) }, at);
  const prepared = (policy: 'automatic' | 'manual') => {
    const stage = setStage(failbackWaits);
    stage.changePool({ failback: { policy, afterMinutes: 2, window: null } });
    stage.lead('r1', 1, 0);
    return stage;
  };
  it('lets a failback pass after its minutes of health', () => {
    const stage = prepared('automatic');
    stage.beats([1, 2], 1_000, 130_000);
    failback(stage, 130_000);
    expect(stage.breaches).toEqual([]);
  });
  it('takes a time in which nobody at all was heard for no failure of a member', () => {
    const stage = prepared('automatic');
    stage.beats([1, 2], 1_000, 60_000);
    stage.beats([1, 2], 74_000, 180_000);
    failback(stage, 180_000);
    expect(stage.breaches).toEqual([]);
  });
  it('sees one that comes too soon after a silence, or against the policy', () => {
    const soon = prepared('automatic');
    soon.beats([1, 2], 1_000, 60_000);
    soon.beats([2], 61_000, 89_000);
    soon.beats([1, 2], 90_000, 180_000);
    failback(soon, 180_000);
    expect(soon.breaches.join()).toContain('not 2 min');
    const manual = prepared('manual');
    manual.beats([1, 2], 1_000, 130_000);
    failback(manual, 130_000);
    expect(manual.breaches.join()).toContain('manual');
  });
});

describe('I10', () => {
  it('sees a failover from a member whose host and network nothing has touched', () => {
    const stage = setStage(ownFaultsMoveNothing);
    stage.fault({ side: 'control-plane', kind: 'database-stopped', memberId: null }, 40_000);
    stage.promote({}, 70_000);
    expect(stage.breaches).toHaveLength(1);
  });
  it.each([
    ['amid a fault of many hosts that did not strike this one', [{ memberId: null }, { memberId: member(3) }], 1],
    ['amid one that struck it', [{ memberId: null }, { memberId: member(1) }], 0],
    ["amid one of everybody's network", [{ side: 'network', memberId: null }], 0],
  ] as const)('judges a failover %s', (_name, faults, breaches) => {
    const stage = setStage(ownFaultsMoveNothing);
    for (const [id, fault] of faults.entries()) stage.fault({ id, kind: 'some', ...fault }, 60_000);
    stage.promote({}, 70_000);
    expect(stage.breaches).toHaveLength(breaches);
  });
  it('sees none from a member that lost its power, or whose HAProxy stopped', () => {
    const power = setStage(ownFaultsMoveNothing);
    power.fault({}, 50_000);
    power.promote({}, 70_000);
    const down = setStage(ownFaultsMoveNothing);
    down.hosts.set(member(1), hostOf(member(1), { haproxy: 'stopped' }));
    down.promote({}, 70_000);
    expect([...power.breaches, ...down.breaches]).toEqual([]);
  });
});
