import { type PromotionView, promotionSteps } from '@serverctl/contract';
import type { RecordType } from '@serverctl/core';
import type { BindingRow } from '../../db/repositories/bindings.ts';
import type { PromotionRow, StepRow } from '../../db/repositories/promotions.ts';

type Step = PromotionView['steps'][number];

const noRecord = { name: null, type: null } as const;

/** A promotion as a timeline with measured times; `afterMs` counts from the moment the trouble was detected. */
export function promotionView(
  row: PromotionRow,
  steps: readonly StepRow[],
  pool: { readonly epoch: number },
  bindings: readonly BindingRow[],
): PromotionView {
  const detectedAt = row.detected_at ?? row.decided_at;
  const step = (name: Step['step'], at: Date | null, of: Pick<Step, 'name' | 'type'> = noRecord): Step[] =>
    at === null ? [] : [{ step: name, ...of, at: at.toISOString(), afterMs: at.getTime() - detectedAt.getTime() }];
  const measured = steps
    .filter((one) => one.promotion_id === row.id && !isOfLater(one, row, bindings))
    .flatMap((one) => {
      const known = promotionSteps.find((name) => name === one.step);
      const record = { name: one.name, type: one.type as RecordType };
      return known === undefined ? [] : step(known, one.at, one.name === '' ? noRecord : record);
    });
  return {
    id: row.id,
    poolId: row.pool_id,
    kind: row.kind as PromotionView['kind'],
    cause: row.cause,
    fromMemberId: row.from_member_id,
    toMemberId: row.to_member_id,
    epoch: row.epoch,
    reason: row.reason,
    actor: row.actor,
    sentence: row.sentence,
    state: stateOf(
      row,
      pool,
      bindings.filter((binding) => binding.created_at <= row.decided_at),
      steps.filter((one) => one.promotion_id === row.id),
    ),
    decidedAt: row.decided_at.toISOString(),
    steps: [
      ...step('last-heartbeat', row.last_heartbeat_at),
      ...step('detected', row.detected_at),
      ...step('decided', row.decided_at),
      ...measured,
    ],
  };
}

/** A record that was bound afterwards is written under the same epoch: that is no part of the move, whenever it comes. */
function isOfLater(step: StepRow, { decided_at }: PromotionRow, bindings: readonly BindingRow[]): boolean {
  const binding = bindings.find(({ name, type }) => name === step.name && type === step.type);
  return binding !== undefined && binding.created_at > decided_at && step.at >= binding.created_at;
}

/** What was answered once stays so: a new TTL, a repair or trouble under the same epoch is verified anew, and is no part of the move. */
function stateOf(
  row: PromotionRow,
  pool: { readonly epoch: number },
  bindings: readonly BindingRow[],
  steps: readonly StepRow[],
): PromotionView['state'] {
  if (row.epoch < pool.epoch) return 'superseded';
  if (bindings.some((binding) => binding.published_epoch < row.epoch)) return 'publishing';
  const isAnswered = ({ name, type, state }: BindingRow) =>
    state === 'published' || steps.some((one) => one.step === 'all-answered' && one.name === name && one.type === type);
  return bindings.every(isAnswered) ? 'done' : 'verifying';
}
