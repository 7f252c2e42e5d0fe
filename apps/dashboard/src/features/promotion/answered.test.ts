import { expect, test } from 'vitest';
import { promotion, stepsAt } from '../../lib/testing/promotions.ts';
import { answeredOf } from './answered.ts';
import { verdictOf } from './verdict.ts';

test('of each record: when the first and the last name server gave the new address, since the acknowledgement', () => {
  expect(answeredOf(promotion().steps)).toMatchObject([
    { name: 'lb.example.com', type: 'A', firstMs: 212, allMs: 906 },
  ]);
  expect(answeredOf(stepsAt(['decided', 0], ['acknowledged', 9]))).toMatchObject([{ firstMs: null, allMs: null }]);
});

test('the verdict counts from what was measured first, and is none while it is open', () => {
  expect(verdictOf(promotion())).toBe('Every name server gave the new address 16.2 s after the last heartbeat.');
  const asked = stepsAt(['decided', 0], ['acknowledged', 90], ['answered', 100]);
  expect(verdictOf(promotion({ state: 'verifying', steps: asked }))).toBe(
    'Not every name server gives the new address yet.',
  );
  expect(verdictOf(promotion({ state: 'superseded' }))).toBe(
    'Every name server gave the new address of 1 record 16.2 s after the last heartbeat.',
  );
  const other = { step: 'acknowledged', name: 'api.example.com', type: 'A', afterMs: 190, at: '' } as const;
  for (const state of ['verifying', 'superseded'] as const)
    expect(verdictOf(promotion({ state, steps: [...promotion().steps, other] }))).not.toContain('Every');
  expect(verdictOf(promotion({ state: 'superseded', steps: stepsAt(['decided', 0]) }))).toBe(
    'Another promotion took over before every name server gave its address.',
  );
});
