import type { PoolId } from '@serverctl/core';
import { expect, test } from 'vitest';
import type { DecisionRecord } from '../ports.ts';
import { evidenceOf, freshId, furnish, keep } from './furnish.ts';
import type { Under } from './under-test.ts';

/** What is kept of judgements and decisions (R14). */
export function describeExplaining(under: Under): void {
  test('keeps the last status of each pool, also of one that is gone, and of none', async () => {
    const house = await furnish(under());
    const { pool } = await house.read();
    const judgement = {
      decision: keep,
      health: {},
      standings: [],
      nextInLine: null,
      sentence: 'calm',
      judgeAgainInMs: null,
    };
    const status = { poolId: house.poolId, judgement, evidence: evidenceOf(pool), frozenTicks: 3 };
    await under().store.storeStatus([]);
    expect(await under().status(house.poolId)).toBeNull();
    const gone = { ...status, poolId: freshId<PoolId>() };
    await under().store.storeStatus([status, gone]);
    expect(await under().status(house.poolId)).toEqual(status);
    const changed = { ...status, judgement: { ...judgement, sentence: 'still calm' }, frozenTicks: 4 };
    await under().store.storeStatus([changed]);
    expect(await under().status(house.poolId)).toEqual(changed);
    expect(await under().status(gone.poolId)).toEqual(gone);
  });

  test('keeps each changed decision with its evidence, byte for byte, also that of a pool which is gone', async () => {
    const [house, other] = [await furnish(under()), await furnish(under())];
    const { pool } = await house.read();
    const evidence = evidenceOf(pool);
    const calm = { poolId: house.poolId, decision: keep, sentence: 'calm', evidence };
    const wait = { kind: 'wait', because: 'mass-silence', forMs: 9_750.5 } as const;
    const waiting = { ...calm, decision: wait, sentence: 'waiting', evidence: { ...evidence, minuteOfDay: 7 } };
    await under().store.recordDecisions([]);
    const sent = (decision: DecisionRecord) => ({ ...decision, id: freshId<string>(), decidedAgoMs: 0 });
    await under().store.recordDecisions([sent(calm), sent({ ...calm, poolId: freshId<PoolId>() })]);
    await under().store.recordDecisions([sent(waiting)]);
    expect(await under().decisions(house.poolId)).toEqual([calm, waiting]);
    expect(await under().decisions(other.poolId)).toEqual([]);
  });
}
