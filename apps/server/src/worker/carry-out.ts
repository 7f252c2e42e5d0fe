import { type AppError, type Decision, explainMade, isAppError, type PoolId, type PromotionId } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { newId, type Random } from '../platform/random.ts';
import type { LeaseFence, Notifier, PoolStore, PromotionRecord, WorkerLog } from './ports.ts';
import { targetAddresses } from './target-address.ts';
import { withinLimit } from './time-limit.ts';
import type { TroubleWatch } from './trouble-watch.ts';
import type { Verdict } from './verdict.ts';

/*
 * The dumb half of a decision: it is recorded as it is, with the evidence it was made on (R14), or not at all. Nothing is decided here, and
 * what is recorded is told by the store, in the same transaction.
 *
 *   promote      one transaction under the fence (R15, R16), then the publisher is woken. A withdrawal keeps the publisher from writing
 *                until its outcome; where it has written by now there is nothing to withdraw, and the pools are read again
 *                  pool_changed     somebody was first: the pools are read again before the next turn
 *                  not_leader       the same: another leads, or we slept and what we decided on was heard before (R15). No pool's own fault
 *                  target refused   the same, and people are told once: the next turn judges what the store has now
 *                  anything else    it may or may not be recorded: the same; the expected epoch keeps a second one out, and its names
 *                                   are published as soon as a read shows it
 *   refuse held  latched in the store, once (R11)
 *   else         nothing
 */

/**
 * `changed`: read and judge again at once. `unclear`: read again, but with the next turn, or a store that refuses would be hammered; the pool
 * lets others go first. `unfenced`: the same, but it was refused for what holds for all pools, and keeps its place.
 */
export type Outcome = 'nothing' | 'changed' | 'unclear' | 'unfenced';

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
  /** We made this epoch, and its commit was confirmed just now. */
  readonly committed: (poolId: PoolId, epoch: number) => void;
  /** No name of the pool is written under this epoch until the returned function is called; null = one may have been. */
  readonly withhold: (poolId: PoolId, epoch: number) => (() => void) | null;
}

/** The store's own limit is shorter (`fencedWithinMs`); this only keeps the loop alive. */
const recordLimitMs = 5_000;

export function createCarryOut(ports: CarryOutPorts): CarryOut {
  const { clock, store, log } = ports;
  const refused = createRefusedTargets(ports.notifier);

  async function promote(verdict: Verdict, fence: LeaseFence): Promise<Outcome> {
    const promotion = recordOf(verdict, ports);
    if (promotion === null) return 'nothing';
    const { kind, poolId, expectedEpoch } = promotion;
    const release = kind === 'withdrawal' ? ports.withhold(poolId, expectedEpoch) : () => {};
    if (release === null) return 'unclear';
    try {
      const epoch = await withinLimit(clock, recordLimitMs, () => store.promote(promotion, fence));
      ports.committed(poolId, epoch);
      ports.promoted(poolId);
    } catch (error) {
      failed(promotion, error);
      return outcomeOf(error);
    } finally {
      release();
    }
    return 'changed';
  }

  function failed(promotion: PromotionRecord, error: unknown): void {
    const pool = promotion.poolId;
    if (isAppError(error, 'pool_changed')) log.info({ pool }, 'The pool changed meanwhile; judged again.');
    else if (isAppError(error, 'not_leader'))
      log.warn({ pool }, 'Nothing was recorded: the lease is another’s, or this process slept; judged again.');
    else if (isTargetRefused(error)) refused.tell(promotion, error);
    else log.error({ err: error, pool }, 'The promotion may not be recorded; the pool is read again.');
  }

  async function hold({ row, judgement }: Verdict, fence: LeaseFence): Promise<Outcome> {
    if (row.pool.held) return 'nothing';
    try {
      await withinLimit(clock, recordLimitMs, () => store.hold(row.pool.id, row.pool.epoch, judgement.sentence, fence));
    } catch (error) {
      log.error({ err: error, pool: row.pool.id }, 'The pool could not be latched as held; tried again.');
      return outcomeOf(error);
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

function isTargetRefused(error: unknown): error is AppError {
  if (isAppError(error, 'target_has_no_address') || isAppError(error, 'target_has_no_aaaa')) return true;
  return isAppError(error, 'member_not_found');
}

function outcomeOf(error: unknown): Outcome {
  return isAppError(error, 'not_leader') ? 'unfenced' : 'unclear';
}

/** Targets that the store refused: told once for each epoch and target, however often the loop comes back to it. */
function createRefusedTargets(notifier: Notifier) {
  const told = new Map<PoolId, string>();
  return {
    tell({ poolId, to, expectedEpoch, evidence }: PromotionRecord, error: AppError): void {
      const refusal = `${expectedEpoch} ${to} ${error.code}`;
      if (told.get(poolId) === refusal) return;
      told.set(poolId, refusal);
      const hostname = evidence.members.find((member) => member.id === to)?.hostname ?? to;
      notifier.notify({
        kind: 'pool.target-refused',
        severity: 'warning',
        poolId,
        memberId: to,
        sentence: `${hostname} was chosen and could not become active: ${error.message}`,
        details: { code: error.code },
      });
    },
  };
}

function recordOf(verdict: Verdict, { clock, random, trouble }: CarryOutPorts): PromotionRecord | null {
  const { row, evidence, judgement } = verdict;
  const { decision, standings } = judgement;
  if (decision.kind !== 'promote') return null;
  return {
    id: newId<PromotionId>(random),
    poolId: row.pool.id,
    kind: kindOf(decision.because),
    cause: decision.because,
    from: decision.from,
    to: decision.to,
    ...targetAddresses(evidence, decision.to),
    confirmedNames: [],
    expectedEpoch: row.pool.epoch,
    evidence,
    decision,
    sentence: explainMade(decision, evidence, standings),
    actor: 'loop',
    reason: null,
    ...trouble.timingOf(verdict, clock.now()),
  };
}

type Because = Extract<Decision, { kind: 'promote' }>['because'];

const kinds: Readonly<Record<Because, PromotionRecord['kind']>> = {
  'heartbeat-lost': 'failover',
  'haproxy-inactive': 'failover',
  failback: 'failback',
  withdrawn: 'withdrawal',
  'address-changed': 'address',
};

function kindOf(because: Because): PromotionRecord['kind'] {
  return kinds[because];
}
