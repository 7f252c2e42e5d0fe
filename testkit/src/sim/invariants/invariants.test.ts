import { decide, type PoolEvidence } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import type { DecisionRecord, PoolStatusRow } from '../../../../apps/server/src/worker/ports.ts';
import { addressOf } from '../../builders.ts';
import type { AppliedWrite } from '../observer.ts';
import type { ReplicaTruth } from '../truth.ts';
import { lossIsActedOn } from './acts.ts';
import { allInvariants } from './all-invariants.ts';
import { recordFollowsHealth } from './bounded-staleness.ts';
import { recordConverges } from './convergence.ts';
import { secretYieldsOneKey } from './enrolment.ts';
import { epochsRise } from './epochs.ts';
import { onlyRisingBeatsCount } from './hearing.ts';
import type { Invariant } from './invariant.ts';
import { oneLeader } from './lease.ts';
import { blindnessEnds, everyAgentIsHeard, oneLeaderAfterHealing } from './liveness.ts';
import { maintenanceEnds } from './maintenance-end.ts';
import { personsEditStands } from './persons-word.ts';
import { rateLimitHolds } from './rate-limit.ts';
import { recordNamesOneMember, writesFollowOurMark } from './record.ts';
import { decisionsReplay } from './replay.ts';
import { provenIsNeverMore } from './silence.ts';
import { callOf, hostOf, member, name, pool, type Stage, setStage } from './testing/stage.ts';

const applied = (change: Partial<AppliedWrite> = {}): AppliedWrite => ({
  call: callOf(),
  flavour: 'conditional',
  epoch: 1,
  address: addressOf(1),
  epochBefore: 1,
  addressesBefore: [],
  late: false,
  knownEpoch: null,
  ...change,
});
const changed = (addresses: readonly string[], by: 'us' | 'person' | 'other-plane' = 'us') => ({
  bindingId: name,
  poolId: pool,
  by,
  addresses,
});

/** Events every second, as a world has them. */
function pass(stage: Stage, from: number, to: number): void {
  for (let at = from; at <= to; at += 1_000) stage.judge.onEvent?.(at, 0);
}

describe('I1', () => {
  it('lets rising epochs and calls under the present one pass', () => {
    const stage = setStage(epochsRise);
    stage.judge.onDnsCallStarted?.(callOf({ epoch: 1, startedAt: 500 }), 500);
    stage.promote({}, 1_000);
    stage.judge.onDnsCallStarted?.(callOf({ epoch: 2, startedAt: 2_000 }), 2_000);
    expect(stage.breaches).toEqual([]);
  });
  it('sees an epoch that comes again', () => {
    const stage = setStage(epochsRise);
    stage.promote({ epoch: 1 }, 1_000);
    expect(stage.breaches).toHaveLength(1);
  });
  it('sees a write under a superseded epoch, and one on an old answer', () => {
    const stage = setStage(epochsRise);
    stage.promote({}, 1_000);
    stage.judge.onDnsCallStarted?.(callOf({ epoch: 1, startedAt: 2_000 }), 2_000);
    const wish = { readAt: 1_500, answeredAt: 1_501 };
    stage.judge.onDnsCallStarted?.(callOf({ epoch: 2, startedAt: 2_000, wish }), 2_000);
    expect(stage.breaches).toHaveLength(2);
  });
  it('sees a write that goes with others although its process knows a newer epoch', () => {
    const stage = setStage(epochsRise);
    for (const knownEpoch of [null, 1]) stage.judge.onWriteApplied?.(applied({ knownEpoch }), 2_000);
    expect(stage.breaches).toEqual([]);
    stage.judge.onWriteApplied?.(applied({ knownEpoch: 2 }), 2_000);
    expect(stage.breaches).toHaveLength(1);
  });
  it('lets names that travel together wait 100 ms for each other’s answers, and no longer', () => {
    const stage = setStage(epochsRise);
    stage.together = true;
    const write = (startedAt: number) =>
      stage.judge.onDnsCallStarted?.(
        callOf({ epoch: 1, startedAt, wish: { readAt: 1_000, answeredAt: 1_001 } }),
        startedAt,
      );
    write(1_101);
    expect(stage.breaches).toEqual([]);
    write(1_102);
    expect(stage.breaches).toHaveLength(1);
  });
});

describe('I2', () => {
  it('lets one holder after the other pass', () => {
    const stage = setStage(oneLeader);
    stage.lead('r1', 1, 0);
    stage.lead('r1', null, 5_000);
    stage.lead('r2', 2, 10_000);
    stage.promote({}, 11_000, null);
    expect(stage.breaches).toEqual([]);
  });
  it('sees two at once', () => {
    const stage = setStage(oneLeader);
    stage.lead('r1', 1, 0);
    stage.lead('r2', 2, 10_000);
    expect(stage.breaches).toHaveLength(1);
  });
  it('sees a promotion under a term that is over, and a write without a lease', () => {
    const stage = setStage(oneLeader);
    stage.lead('r2', 2, 10_000);
    stage.promote({}, 11_000);
    stage.judge.onDnsCallStarted?.(callOf({ fence: null }), 12_000);
    expect(stage.breaches).toHaveLength(2);
  });
});

describe('I3', () => {
  it('lets a write of a member pass, and what a person does', () => {
    const stage = setStage(recordNamesOneMember);
    stage.judge.onDnsCallStarted?.(callOf(), 1_000);
    stage.judge.onRecordChanged?.(changed([addressOf(1)]), 1_100);
    stage.judge.onRecordChanged?.(changed([], 'person'), 1_200);
    expect(stage.breaches).toEqual([]);
  });
  it("sees a stranger's address, an empty record, two addresses, and another address than the call's", () => {
    const stage = setStage(recordNamesOneMember);
    stage.judge.onDnsCallStarted?.(callOf({ address: '192.0.2.1' }), 1_000);
    stage.judge.onRecordChanged?.(changed([]), 1_100);
    stage.judge.onRecordChanged?.(changed([addressOf(1), addressOf(2)]), 1_200);
    stage.judge.onWriteApplied?.(applied({ address: addressOf(2) }), 1_300);
    expect(stage.breaches).toHaveLength(4);
  });
});

describe('I4', () => {
  it('lets a write over our own older mark pass, and one over a foreign mark that a person asked for', () => {
    const stage = setStage(writesFollowOurMark);
    stage.judge.onWriteApplied?.(applied({ epoch: 2 }), 1_000);
    stage.judge.onRecordChanged?.(changed([addressOf(1)], 'other-plane'), 2_000);
    stage.judge.onOperator?.({ kind: 'repair', poolId: pool, memberId: null }, 2_500);
    stage.judge.onWriteApplied?.(applied({ epoch: 3, epochBefore: null }), 3_000);
    expect(stage.breaches).toEqual([]);
  });
  it('sees a stale write at a conditional provider, and one over a foreign mark', () => {
    const stage = setStage(writesFollowOurMark);
    stage.judge.onWriteApplied?.(applied({ epoch: 1, epochBefore: 2 }), 1_000);
    stage.judge.onRecordChanged?.(changed([addressOf(1)], 'other-plane'), 2_000);
    stage.judge.onWriteApplied?.(applied({ epoch: 3, epochBefore: null }), 3_000);
    expect(stage.breaches).toHaveLength(2);
  });
});

describe("I4: a person's edit", () => {
  const edited = (epoch: number, before: readonly string[] = []) => {
    const stage = setStage(personsEditStands);
    for (const [id, binding] of stage.house.bindings) stage.house.bindings.set(id, { ...binding, publishedEpoch: 1 });
    if (before.length > 0) stage.judge.onRecordChanged?.(changed(before), 500);
    stage.judge.onRecordChanged?.(changed([addressOf(2)], 'person'), 1_000);
    if (epoch > 1) stage.promote({}, 1_500);
    stage.judge.onWriteApplied?.(applied({ epoch, call: callOf({ epoch, startedAt: 2_000 }) }), 2_100);
    return stage.breaches.length;
  };
  it('stands until a newer epoch is published', () => expect(edited(2)).toBe(0));
  it('that is written over under its epoch is seen', () => expect(edited(1)).toBe(1));
  it('that sets the very address that is there changes nothing, and is no word', () =>
    expect(edited(1, [addressOf(2)])).toBe(0));
});

describe('I7', () => {
  const status = (provenSilentMs: number, silentMs = 20_000) => {
    const one = { id: member(1), hearing: { kind: 'heard', silentMs, provenSilentMs } };
    return [{ poolId: pool, evidence: { members: [one] } }] as unknown as readonly PoolStatusRow[];
  };
  it('lets proven silence up to the true one pass', () => {
    const stage = setStage(provenIsNeverMore);
    stage.lead('r1', 1, 0);
    stage.beats([1], 1_000, 20_000);
    stage.beats([2], 1_000, 40_000);
    stage.judge.onStatuses?.(status(20_000), 'r1', 40_000);
    expect(stage.breaches).toEqual([]);
  });
  it('sees more than its own count, more than the truth, and more than could be heard', () => {
    const stage = setStage(provenIsNeverMore);
    stage.lead('r1', 1, 0);
    stage.beats([1], 1_000, 20_000);
    stage.beats([2], 1_000, 30_000);
    stage.judge.onStatuses?.(status(9_000, 8_000), 'r1', 30_000);
    stage.judge.onStatuses?.(status(15_000), 'r1', 30_000);
    expect(stage.breaches).toHaveLength(2);
    stage.judge.onStatuses?.(status(40_000, 40_000), 'r1', 60_000);
    expect(stage.breaches).toHaveLength(3);
  });
  it('sees silence proven beyond what the one process that heard the member has stored', () => {
    const stage = setStage(provenIsNeverMore);
    stage.lead('r1', 1, 0);
    for (let at = 1_000; at <= 20_000; at += 1_000) stage.beat(1, at, { replica: 'r2' });
    stage.beats([2], 1_000, 40_000);
    stage.replicas.set('r2', { ...(stage.replicas.get('r2') as ReplicaTruth), state: 'paused' });
    stage.judge.onReplica?.('r2', 'frozen', 20_500);
    stage.judge.onEvent?.(20_500, 0);
    stage.judge.onStatuses?.(status(500), 'r1', 25_000);
    stage.judge.onStatuses?.(status(7_000), 'r1', 33_000);
    expect(stage.breaches).toEqual([]);
    stage.judge.onStatuses?.(status(4_500), 'r1', 25_000);
    stage.judge.onStatuses?.(status(12_500), 'r1', 33_000);
    expect(stage.breaches).toHaveLength(2);
  });
  it.each([
    ['frozen: its clock ran on', 'frozen', 1],
    ['suspended: it believes in an old term until it renews', 'suspended', 0],
  ] as const)('judges a process right after it was %s', (_how, state, breaches) => {
    const stage = setStage(provenIsNeverMore);
    stage.lead('r1', 1, 0);
    stage.beats([1], 1_000, 20_000);
    stage.beats([2], 1_000, 24_000);
    const r1 = stage.replicas.get('r1') as ReplicaTruth;
    stage.replicas.set('r1', { ...r1, state: 'paused' });
    stage.judge.onReplica?.('r1', state, 24_000);
    stage.judge.onEvent?.(24_000, 0);
    stage.replicas.set('r1', r1);
    stage.judge.onReplica?.('r1', 'resumed', 60_000);
    stage.judge.onEvent?.(60_000, 0);
    stage.judge.onStatuses?.(status(30_000, 40_000), 'r1', 60_500);
    expect(stage.breaches).toHaveLength(breaches);
  });
  it('sees a beat that is taken twice, or of a run that is over', () => {
    const stage = setStage(onlyRisingBeatsCount);
    stage.beat(1, 1_000, { boot: 2, seq: 5 });
    stage.beat(1, 2_000, { boot: 2, seq: 6 });
    stage.beat(1, 2_000, { boot: 2, seq: 6, replica: 'r2' });
    expect(stage.breaches).toEqual([]);
    stage.beat(1, 3_000, { boot: 2, seq: 6 });
    stage.beat(1, 4_000, { boot: 1, seq: 7 });
    expect(stage.breaches).toHaveLength(2);
  });
});

describe('I8', () => {
  it("sees a call over the provider's limit, unless somebody else used it up", () => {
    const stage = setStage(rateLimitHolds);
    stage.fault({ kind: 'provider-exhausted', side: 'provider' }, 1_000);
    stage.judge.onDnsCallEnded?.(callOf(), 'error:dns_rate_limited', 2_000);
    stage.judge.onDnsCallEnded?.(callOf(), 'ok', 2_000);
    expect(stage.breaches).toEqual([]);
    stage.faults.length = 0;
    stage.fault({ kind: 'provider-exhausted', side: 'provider', phase: 'end' }, 5_000);
    stage.judge.onDnsCallEnded?.(callOf({ startedAt: 4_990 }), 'error:dns_rate_limited', 5_010);
    expect(stage.breaches).toEqual([]);
    stage.judge.onDnsCallEnded?.(callOf({ startedAt: 200_000 }), 'error:dns_rate_limited', 200_000);
    expect(stage.breaches).toHaveLength(1);
  });
});

describe('I15', () => {
  it('sees a secret that makes two keys', () => {
    const stage = setStage(secretYieldsOneKey);
    stage.judge.onEnrolled?.(member(1), 'one', 1_000);
    stage.judge.onEnrolled?.(member(1), 'two', 2_000);
    expect(stage.breaches).toEqual([]);
    stage.judge.onEnrolled?.(member(1), 'one', 3_000);
    expect(stage.breaches).toHaveLength(1);
  });
});

describe('I18', () => {
  it('sees a decision that its evidence does not give', () => {
    const stage = setStage(decisionsReplay);
    const [first] = stage.house.promotions;
    const evidence = first?.evidence as PoolEvidence;
    const record = { poolId: pool, evidence, decision: decide(evidence), sentence: '' } satisfies DecisionRecord;
    stage.judge.onDecision?.(record, 'r1', 1_000);
    expect(stage.breaches).toEqual([]);
    stage.judge.onDecision?.({ ...record, decision: { kind: 'keep', because: 'paused' } }, 'r1', 1_000);
    expect(stage.breaches).toHaveLength(1);
  });
});

describe('B1', () => {
  const moved = (arrivesAt: number) => {
    const stage = setStage(recordFollowsHealth);
    stage.lead('r1', 1, 0);
    stage.promote({}, 100_000);
    stage.judge.onEvent?.(100_000, 0);
    for (let at = 100_500; at <= 104_000; at += 500) {
      if (at === arrivesAt) stage.held = [addressOf(2)];
      stage.judge.onEvent?.(at, 0);
    }
    return stage.breaches.length;
  };
  it('lets a record that follows within 2 s pass', () => expect(moved(101_500)).toBe(0));
  it('sees one that does not', () => expect(moved(103_000)).toBe(1));
  it('gives 12 s more after an ambiguous reply', () => {
    const stage = setStage(recordFollowsHealth);
    stage.lead('r1', 1, 0);
    stage.promote({}, 100_000);
    stage.judge.onDnsCallEnded?.(callOf(), 'error:dns_outcome_unknown', 100_500);
    pass(stage, 101_000, 114_000);
    expect(stage.breaches).toEqual([]);
    pass(stage, 115_000, 116_000);
    expect(stage.breaches).toHaveLength(1);
  });
});

describe('L1', () => {
  it('sees that nobody leads 12 s after the last fault, and that two do', () => {
    for (const leaders of [0, 1, 2]) {
      const stage = setStage(oneLeaderAfterHealing);
      stage.healedAt = 100_000;
      if (leaders > 0) stage.lead('r1', 1, 0);
      if (leaders > 1) stage.lead('r2', 2, 0);
      pass(stage, 100_000, 111_000);
      expect(stage.breaches).toEqual([]);
      pass(stage, 112_000, 120_000);
      expect(stage.breaches).toHaveLength(leaders === 1 ? 0 : 1);
    }
  });
});

describe('L2', () => {
  const run = (change: (stage: Stage) => void, to: number) => {
    const stage = setStage(recordConverges);
    stage.lead('r1', 1, 0);
    change(stage);
    pass(stage, 1_000, to);
    return stage.breaches.length;
  };
  const stale = (stage: Stage) => {
    stage.held = [];
  };
  it('lets a record as desired pass, and another for 35 s', () => {
    expect(run(() => undefined, 100_000)).toBe(0);
    expect(run(stale, 35_000)).toBe(0);
  });
  it('sees one that is not as desired after 35 s', () => expect(run(stale, 37_000)).toBe(1));
  it('lets what looking may use be used up, until the first of those reads is a window old (R22)', () => {
    const usedUp = (stage: Stage) => {
      stale(stage);
      stage.limit = { calls: 8, perMs: 60_000 };
      for (const at of [500, 600]) stage.read(at);
    };
    expect(run(usedUp, 95_000)).toBe(0);
    expect(run(usedUp, 98_000)).toBe(1);
    const oneLess = (stage: Stage) => {
      usedUp(stage);
      stage.limit = { calls: 12, perMs: 60_000 };
      stage.read(700);
    };
    expect(run(oneLess, 98_000)).toBe(1);
    const enough = (stage: Stage) => {
      stale(stage);
      stage.limit = { calls: 12, perMs: 60_000 };
      for (const at of [500, 600]) stage.read(at);
    };
    expect(run(enough, 37_000)).toBe(1);
  });
  it('excepts a paused pool', () => {
    const paused = (stage: Stage) => {
      stale(stage);
      stage.changePool({ paused: 'person' });
    };
    expect(run(paused, 100_000)).toBe(0);
  });
});

describe('L3', () => {
  it('sees an agent that runs and is not heard 15 s after the last fault; none that is gone', () => {
    const stage = setStage(everyAgentIsHeard);
    stage.healedAt = 100_000;
    for (const number of [1, 2]) stage.hosts.set(member(number), hostOf(member(number), { agent: 'gone' }));
    pass(stage, 100_000, 114_000);
    expect(stage.breaches).toEqual([]);
    pass(stage, 115_000, 116_000);
    expect(stage.breaches.join()).toContain(member(3));
    expect(stage.breaches).toHaveLength(1);
  });
});

describe('L4', () => {
  const status = (blindBecause: string | null) =>
    [
      { poolId: pool, evidence: { listening: { blindBecause, heardMembers: 2 } } },
    ] as unknown as readonly PoolStatusRow[];
  it('sees blindness 30 s after the last fault, and a loop that says nothing', () => {
    const stage = setStage(blindnessEnds);
    stage.healedAt = 100_000;
    stage.judge.onStatuses?.(status('database'), 'r1', 129_000);
    stage.judge.onStatuses?.(status(null), 'r1', 131_000);
    stage.judge.onEnd?.(200_000);
    expect(stage.breaches).toEqual([]);
    stage.judge.onStatuses?.(status('database'), 'r1', 132_000);
    expect(stage.breaches).toHaveLength(1);
    const silent = setStage(blindnessEnds);
    silent.healedAt = 100_000;
    silent.judge.onEnd?.(200_000);
    expect(silent.breaches).toHaveLength(1);
  });
});

const dead = (stage: Stage) => void stage.hosts.set(member(1), hostOf(member(1), { powered: false }));

describe('L5', () => {
  const run = (change: (stage: Stage) => void) => {
    const stage = setStage(lossIsActedOn);
    stage.lead('r1', 1, 0);
    for (let at = 1_000; at <= 120_000; at += 1_000) {
      if (at === 80_000) change(stage);
      for (const number of [2, 3]) stage.beat(number, at);
      stage.judge.onEvent?.(at, 0);
    }
    return stage.breaches.length;
  };
  it('sees that a plain loss is not acted on', () => expect(run(dead)).toBe(1));
  it('lets a pool pass that moved, that is held, or whose active member lives', () => {
    expect(run(() => undefined)).toBe(0);
    expect(
      run((stage) => {
        dead(stage);
        stage.changePool({ held: true });
      }),
    ).toBe(0);
    expect(
      run((stage) => {
        dead(stage);
        stage.promote({}, 80_000);
      }),
    ).toBe(0);
  });
});

/** A pool's maintenance of 20 s from 60 s on, which nobody takes away. */
const rested = (invariant: Invariant, uncertain: (stage: Stage) => void = () => undefined) => {
  const stage = setStage(invariant);
  stage.lead('r1', 1, 0);
  for (let at = 1_000; at <= 120_000; at += 1_000) {
    if (at === 60_000) stage.house.poolMaintenance.set(pool, { from: 5e6, until: 5e6 + 20_000 });
    if (at === 62_000) dead(stage);
    if (at === 70_000) uncertain(stage);
    for (const number of [2, 3]) stage.beat(number, at);
    stage.judge.onEvent?.(at, 0);
    if (stage.breaches.length > 0) return at;
  }
  return null;
};

describe('a maintenance that nobody ends', () => {
  const clockSet = (stage: Stage) => {
    const jump = { kind: 'database-clock-jumps', side: 'control-plane', memberId: null, momentary: true } as const;
    stage.fault({ ...jump, phase: 'end' }, 70_000);
  };
  const slept = (stage: Stage) => {
    stage.judge.onReplica?.('r2', 'suspended', 65_000);
    stage.judge.onReplica?.('r2', 'resumed', 70_000);
  };
  it('is seen (L6) 13 s after its end', () => expect(rested(maintenanceEnds)).toBe(94_000));
  it('may last its length again from when a clock was set or a machine slept', () => {
    expect(rested(maintenanceEnds, clockSet)).toBe(104_000);
    expect(rested(maintenanceEnds, slept)).toBe(104_000);
  });
  it('excuses no loss (L5) beyond that', () => expect(rested(lossIsActedOn)).toBe(119_000));
});

describe('all invariants', () => {
  it('say what must hold, and by which rules', () => {
    for (const { id, sentence, rules } of allInvariants) {
      expect(id).toMatch(/^(I\d+|B1|L\d)$/);
      expect(sentence).toMatch(/\.$/);
      for (const rule of rules) expect(rule).toMatch(/^R\d+$/);
    }
  });
});
