import { isAppError, type PoolId, type PromotionId } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { newId, type Random } from '../platform/random.ts';
import type { LeaseFence, Notifier, PoolStore, PromotionRecord, WorkerLog } from './ports.ts';
import { withinLimit } from './time-limit.ts';
import type { TroubleWatch } from './trouble-watch.ts';
import type { Verdict } from './verdict.ts';

/*
 * The dumb half of a decision: it is recorded as it is, with the evidence it was made on (R14), or not at all. Nothing is decided here.
 *
 *   promote      one transaction under the fence (R15, R16), then the publisher is woken
 *                  pool_changed   somebody was first: the pools are read again before the next turn
 *                  anything else  it may or may not be recorded: the same; the expected epoch keeps a second one out
 *   refuse held  latched in the store, once (R11)
 *   else         nothing
 */

/** `changed`: read and judge again at once. `unclear`: read again, but with the next turn, or a store that refuses would be hammered. */
export type Outcome = 'nothing' | 'changed' | 'unclear';

/** Carries out what the verdict says. Never rejects. */
export type CarryOut = (verdict: Verdict, fence: LeaseFence) => Promise<Outcome>;

export interface CarryOutPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: PoolStore;
  readonly notifier: Notifier;
  readonly log: WorkerLog;
  readonly trouble: TroubleWatch;
  /** The pool has a new epoch: its names are to be published now. */
  readonly promoted: (poolId: PoolId) => void;
}

/** The database's own statement limits are shorter; this only keeps the loop alive. */
const recordLimitMs = 5_000;

export function createCarryOut(ports: CarryOutPorts): CarryOut {
  const { clock, store, log } = ports;

  async function promote(verdict: Verdict, fence: LeaseFence): Promise<Outcome> {
    const promotion = recordOf(verdict, ports);
    if (promotion === null) return 'nothing';
    try {
      await withinLimit(clock, recordLimitMs, () => store.promote(promotion, fence));
    } catch (error) {
      if (isAppError(error, 'pool_changed'))
        log.info({ pool: promotion.poolId }, 'The pool changed meanwhile; judged again.');
      else
        log.error({ err: error, pool: promotion.poolId }, 'The promotion may not be recorded; the pool is read again.');
      return 'unclear';
    }
    ports.promoted(promotion.poolId);
    tellPromotion(promotion, ports.notifier);
    return 'changed';
  }

  async function hold({ row, judgement }: Verdict, fence: LeaseFence): Promise<Outcome> {
    if (row.pool.held) return 'nothing';
    try {
      await withinLimit(clock, recordLimitMs, () => store.hold(row.pool.id, judgement.sentence, fence));
    } catch (error) {
      log.error({ err: error, pool: row.pool.id }, 'The pool could not be latched as held; tried again.');
      return 'unclear';
    }
    return 'changed';
  }

  return (verdict, fence) => {
    const { decision } = verdict.judgement;
    if (decision.kind === 'promote') return promote(verdict, fence);
    if (decision.kind === 'refuse' && decision.because === 'held') return hold(verdict, fence);
    return Promise.resolve('nothing');
  };
}

function recordOf(verdict: Verdict, { clock, random, trouble }: CarryOutPorts): PromotionRecord | null {
  const { row, evidence, judgement } = verdict;
  const { decision, sentence } = judgement;
  if (decision.kind !== 'promote') return null;
  return {
    id: newId<PromotionId>(random),
    poolId: row.pool.id,
    kind: decision.because === 'failback' ? 'failback' : 'failover',
    cause: decision.because,
    from: decision.from,
    to: decision.to,
    expectedEpoch: row.pool.epoch,
    evidence,
    decision,
    sentence,
    actor: 'failover-loop',
    reason: null,
    ...trouble.timingOf(verdict, clock.now()),
  };
}

/** The event row was written with the promotion; the channels are told here. */
function tellPromotion(promotion: PromotionRecord, notifier: Notifier): void {
  notifier.notify({
    kind: 'pool.promoted',
    severity: promotion.kind === 'failback' ? 'info' : 'critical',
    poolId: promotion.poolId,
    memberId: promotion.to,
    sentence: promotion.sentence,
    details: {
      promotionId: promotion.id,
      epoch: promotion.expectedEpoch + 1,
      kind: promotion.kind,
      cause: promotion.cause,
    },
    logged: true,
  });
}
