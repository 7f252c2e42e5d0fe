import type { PromotionView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { binding, pool } from '../../lib/testing/pools.ts';
import { progressOf } from './steps.ts';

const at = '2026-11-24T08:20:00.000Z';
const step = (name: PromotionView['steps'][number]['step'], afterMs: number, of: string | null = null) => ({
  step: name,
  name: of,
  type: of === null ? null : ('A' as const),
  at,
  afterMs,
});
const promotion = (steps: PromotionView['steps'], state: PromotionView['state'] = 'publishing'): PromotionView => ({
  id: 'p',
  poolId: 'pool',
  kind: 'switchover',
  cause: 'person',
  fromMemberId: 'fra',
  toMemberId: 'ams',
  epoch: 2,
  reason: 'a test',
  actor: 'user:ops@example.com',
  sentence: 'moved',
  state,
  decidedAt: at,
  steps,
});
const shapes = (one: PromotionView, of = pool()) => progressOf(of, one).steps.map(({ shape }) => shape);

test('the first step that is not measured yet is the one that runs', () => {
  expect(shapes(promotion([step('decided', 0)]))).toEqual(['healthy', 'running', 'not-applicable', 'not-applicable']);
  const taken = promotion([step('decided', 0), step('acknowledged', 300, 'lb.example.com')], 'verifying');
  expect(shapes(taken)).toEqual(['healthy', 'healthy', 'running', 'not-applicable']);
});

test('with two records a step is done when both have reached it', () => {
  const two = pool({ status: { bindings: [binding(), binding({ id: 'other', name: 'other.example.com' })] } });
  const one = promotion([step('decided', 0), step('acknowledged', 300, 'lb.example.com')]);
  expect(shapes(one, two)[1]).toBe('running');
});

test('done tells how long it took from the decision until every name server answered', () => {
  const steps = [step('decided', 100), step('acknowledged', 400, 'lb.example.com'), step('all-answered', 1_300)];
  expect(progressOf(pool(), promotion(steps, 'done')).sentence).toBe('Done: every name server answered after 1.2 s.');
});

test('done without every step is done, and runs no more', () => {
  const steps = [step('decided', 100), step('acknowledged', 400, 'lb.example.com')];
  expect(progressOf(pool(), promotion(steps, 'done')).sentence).toBe('Done: every record is published.');
  expect(shapes(promotion(steps, 'done'))).not.toContain('running');
});

test('blocked says why in the server’s words, and overtaken runs no more', () => {
  const error = { code: 'dns_refused', message: 'The key was refused.', remedy: 'Look at the key.' };
  const blocked = pool({ status: { state: 'blocked', sentence: 'Blocked.', bindings: [binding({ error })] } });
  const { sentence, steps } = progressOf(blocked, promotion([step('decided', 0)]));
  expect(sentence).toBe('Blocked.');
  expect(steps[1]?.detail).toBe('The key was refused. Look at the key.');
  expect(shapes(promotion([step('decided', 0)], 'superseded'))).not.toContain('running');
});
