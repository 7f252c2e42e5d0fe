import type { Decision } from '@serverctl/core';
import { expect, test } from 'vitest';
import { anEvidence, aPool, memberId } from '../../../../packages/core/testing/evidence.ts';
import { createPoolTransitions } from './transitions-pool.ts';
import type { Verdict } from './verdict.ts';

function verdict(decision: Partial<Decision>, held = false): Verdict {
  const pool = { ...anEvidence().pool, ...aPool({ held }), name: 'edge', activeMemberId: memberId(1) };
  return { row: { pool, members: [] }, judgement: { decision, sentence: 'It is so.' } } as unknown as Verdict;
}

const held = { kind: 'refuse', because: 'held' } as const;
const healthy = { kind: 'keep', because: 'active-healthy' } as const;
const kindsOf = (verdicts: readonly Verdict[]) => {
  const told = createPoolTransitions();
  return verdicts.flatMap((one) => told(one).map(({ kind }) => kind));
};

test('a pool that was to be held, and never was, has nothing to recover from: nobody was told of it (R11)', () => {
  expect(kindsOf([verdict(held), verdict(healthy)])).toEqual([]);
});

test('one that was held is told by the store, and its recovery here, once', () => {
  const judged = [verdict(held), verdict(held, true), verdict(healthy, true), verdict(healthy, true)];
  expect(kindsOf(judged)).toEqual(['pool.recovered']);
});

test('trouble that was told is not over because the pool was to be held', () => {
  const noStandby = verdict({ kind: 'refuse', because: 'no-standby' });
  expect(kindsOf([noStandby, verdict(held), noStandby, verdict(healthy)])).toEqual([
    'pool.no-standby',
    'pool.recovered',
  ]);
});

test.each(['address-changed', 'dynamic-dns'] as const)(
  'trouble is over when a healthy member’s address is followed: %s',
  (because) => {
    const noStandby = verdict({ kind: 'refuse', because: 'no-standby' });
    const followed = (kind: string) => {
      const { judgement, ...rest } = verdict({ because });
      return { ...rest, judgement: { ...judgement, health: { [memberId(1)]: { kind } } } } as unknown as Verdict;
    };
    expect(kindsOf([noStandby, followed('healthy')])).toEqual(['pool.no-standby', 'pool.recovered']);
    expect(kindsOf([noStandby, followed('unknown')])).toEqual(['pool.no-standby']);
  },
);
