import type { PromotionView } from '@serverctl/contract';

const decidedAt = '2026-11-24T08:20:00.000Z';
type Step = PromotionView['steps'][number]['step'];

/** Points of a promotion: what was reached, in milliseconds since the trouble was detected; one record, lb.example.com. */
export const stepsAt = (...given: readonly (readonly [Step, number])[]): PromotionView['steps'] =>
  given.map(([step, afterMs]) => {
    const isOfRecord = !['last-heartbeat', 'detected', 'decided'].includes(step);
    const of = isOfRecord ? ({ name: 'lb.example.com', type: 'A' } as const) : { name: null, type: null };
    return { step, afterMs, ...of, at: new Date(Date.parse(decidedAt) + afterMs).toISOString() };
  });

/** From ams to fra because ams was silent, with the points that it reached. */
export function promotion(otherwise: Partial<PromotionView> = {}): PromotionView {
  return {
    id: 'promotion',
    poolId: 'pool',
    kind: 'failover',
    cause: 'heartbeat-lost',
    fromMemberId: 'ams',
    toMemberId: 'fra',
    epoch: 1,
    reason: null,
    actor: 'loop',
    sentence: 'ams was silent for 15 s.',
    state: 'done',
    decidedAt,
    steps: stepsAt(
      ['last-heartbeat', -15_113],
      ['detected', 0],
      ['decided', 4],
      ['acknowledged', 181],
      ['answered', 393],
      ['all-answered', 1_087],
    ),
    ...otherwise,
  };
}
