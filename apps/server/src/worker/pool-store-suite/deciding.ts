import type { PoolId } from '@serverctl/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anEvidence } from '../../../../../packages/core/testing/evidence.ts';
import type { DecisionToKeep, PoolStore } from '../ports.ts';
import { freshId, keep } from './furnish.ts';

/** A store of decisions under test. */
export interface DecisionsUnderTest {
  readonly store: Pick<PoolStore, 'recordDecisions'>;
  /** The pool's kept decisions, the earliest first, each with its age now. */
  kept(poolId: PoolId): Promise<readonly { readonly sentence: string; readonly ageMs: number }[]>;
  close(): Promise<void>;
}

/** That a decision is kept once and under its own time, however late and however often it comes (R14). */
export function describeDecisions(name: string, open: () => Promise<DecisionsUnderTest>): void {
  describe(`decisions kept, ${name}`, () => {
    let under: DecisionsUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    const poolId = () => freshId<PoolId>();
    function decided(pool: PoolId, sentence: string, decidedAgoMs: number, id = freshId<string>()): DecisionToKeep {
      return { id, poolId: pool, decision: keep, sentence, evidence: anEvidence(), decidedAgoMs };
    }
    async function ages(pool: PoolId): Promise<readonly (readonly [string, number])[]> {
      const kept = await under.kept(pool);
      return kept.map(({ sentence, ageMs }) => [sentence, Math.round(ageMs / 10_000) * 10_000] as const);
    }

    test('each has the time at which it was made, not that of the write', async () => {
      const pool = poolId();
      await under.store.recordDecisions([decided(pool, 'lost', 90_000), decided(pool, 'moved', 60_000)]);
      await under.store.recordDecisions([decided(pool, 'calm', 0)]);
      expect(await ages(pool)).toEqual([
        ['lost', 90_000],
        ['moved', 60_000],
        ['calm', 0],
      ]);
    });

    test('one that is sent again is kept once, beside new ones, under the earliest of its times', async () => {
      const pool = poolId();
      const [late, early] = [freshId<string>(), freshId<string>()];
      await under.store.recordDecisions([decided(pool, 'late', 30_000, late), decided(pool, 'early', 60_000, early)]);
      await under.store.recordDecisions([
        decided(pool, 'late', 50_000, late),
        decided(pool, 'early', 20_000, early),
        decided(pool, 'new', 10_000),
      ]);
      expect(await ages(pool)).toEqual([
        ['early', 60_000],
        ['late', 50_000],
        ['new', 10_000],
      ]);
    });

    test('two of one moment stay in their order', async () => {
      const pool = poolId();
      await under.store.recordDecisions([decided(pool, 'first', 5_000), decided(pool, 'second', 5_000)]);
      expect((await under.kept(pool)).map(({ sentence }) => sentence)).toEqual(['first', 'second']);
    });
  });
}
