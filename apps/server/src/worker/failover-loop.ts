import type { PoolId } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { createAges } from './ages.ts';
import { type CarryOut, createCarryOut, type Outcome } from './carry-out.ts';
import { createDecisionLog } from './decision-log.ts';
import { createJudges, type Judged, type Judges } from './judges.ts';
import { createLookout, type Sight } from './lookout.ts';
import type {
  EventLoopMonitor,
  Lease,
  LeaseFence,
  LeaseTerm,
  Liveness,
  Notifier,
  PoolStore,
  PoolWithMembers,
  WorkerLog,
} from './ports.ts';
import { silenceNotices } from './silence-notices.ts';
import { createStatusWriter } from './status-writer.ts';
import type { ToldBefore } from './told-before.ts';
import { createTroubleWatch } from './trouble-watch.ts';
import { needsFlush, noteHealth, sleepAfter, type Verdict } from './verdict.ts';
import { createWake } from './wake.ts';

/*
 * The failover loop: observe → judge → act, once per turn. A turn begins when a listener stored a change, when a pool changed, when the
 * lease was gained or lost, when a deadline is reached, and every 250 ms as a guard (R6). Without the lease it does nothing (R15).
 *
 *   observe   lookout.ts      the news, and how much of the time since the last turn we could have heard a heartbeat (R2)
 *   judge     judges.ts       core's judge() of each pool's evidence: data, nothing is done (R14)
 *   act       carry-out.ts    record the promotion under the lease's fence, wake the publisher
 */

export interface FailoverLoopPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: PoolStore;
  readonly liveness: Liveness;
  readonly lease: Lease;
  readonly notifier: Notifier;
  readonly toldBefore: Pick<ToldBefore, 'transitions'>;
  readonly eventLoop: EventLoopMonitor;
  readonly log: WorkerLog;
  /** Where decisions go on: who publishes the pools' names. */
  readonly publisher: {
    follow(pools: readonly PoolWithMembers[]): void;
    promoted(poolId: PoolId): void;
    /** No record was changed under the pool's present epoch, nor may it be by a call under way, and its names are blocked. */
    isUntouched(poolId: PoolId): boolean;
    /** Keeps it so until the returned function is called; null = it is so no more. */
    withhold(poolId: PoolId, epoch: number): (() => void) | null;
  };
}

export interface FailoverLoop {
  /** Runs until the signal aborts; never rejects for a failure outside of itself. */
  run(signal: AbortSignal): Promise<void>;
  readonly statistics: { readonly turns: number; readonly frozenTicks: number };
}

const guardMs = 250;
/** After a promotion its names go first: to tell of all pools and to read them again takes longer than their first request. */
const wayClearMs = 20;

export function createFailoverLoop(ports: FailoverLoopPorts): FailoverLoop {
  const { clock, store, liveness, lease, notifier, publisher, toldBefore } = ports;
  const wake = createWake(clock);
  const ages = createAges();
  const lookout = createLookout({ ...ports, ages });
  const trouble = createTroubleWatch();
  const committed = (poolId: PoolId, epoch: number) => ages.committed(poolId, epoch, clock.now());
  const carryOut = createCarryOut({ ...ports, trouble, committed, ...publisher });
  const judges = createJudges(clock, publisher.isUntouched);
  const decisions = createDecisionLog(clock, store, ports.log);
  const status = createStatusWriter(clock, store, ports.log);
  const statistics = { turns: 0, frozenTicks: 0 };
  lookout.onPoolsRead(({ rows }) => publisher.follow(rows));

  async function turn(held: LeaseTerm): Promise<number> {
    let sight = await lookout.look(held, false);
    if (sight === null) return guardMs;
    let judged = judges.judge(sight);
    if (judged.verdicts.some(needsFlush)) {
      const turnBeganAt = sight.at;
      sight = (await lookout.look(held, true)) ?? sight;
      judged = judges.judge(sight, turnBeganAt);
    }
    const { verdicts, fresh } = judged;
    noteHealth(fresh, sight);
    trouble.note(fresh, judged.at);
    const fence = lease.held(); // as young as can be: the commit compares its age (R15)
    const mayAct = sight.actionable && fence?.term === held.term;
    const outcome = mayAct ? await act(verdicts, fence, carryOut, judges) : 'nothing';
    if (outcome !== 'nothing') lookout.notePoolChange();
    if (outcome === 'changed') {
      wake.ring();
      await clock.sleep(wayClearMs);
    }
    tell(judged, sight, held);
    if (outcome === 'nothing') ports.eventLoop.rest?.();
    return sleepAfter(verdicts, guardMs, clock.now());
  }

  function tell(judged: Judged, { observation, pools, frozenTicks }: Sight, held: LeaseTerm): void {
    decisions.note(judged.verdicts, held);
    decisions.write();
    const turns = toldBefore.transitions()?.notice(judged) ?? [];
    const notices = [...turns, ...silenceNotices(observation.takeEndedSilences(), pools.rows)];
    for (const notice of notices) notifier.notify(notice);
    statistics.turns += 1;
    statistics.frozenTicks = frozenTicks;
    status.write(judged.verdicts, frozenTicks);
  }

  function changed(): void {
    lookout.notePoolChange();
    wake.ring();
  }

  /** A mistake of ours in one turn must not end all failovers: said aloud, and tried again. */
  function failed(error: unknown): number {
    ports.log.error({ err: error }, 'A turn of the failover loop failed.');
    return guardMs;
  }

  return {
    statistics,
    async run(signal) {
      const stops = [liveness.onChange(wake.ring), lease.onChange(wake.ring), store.onChange(changed)];
      while (!signal.aborted) {
        const held = lease.held();
        if (held === null) lookout.leave();
        decisions.write();
        await wake.sleep(held === null ? guardMs : await turn(held).catch(failed), signal);
      }
      for (const stop of stops) stop();
      await decisions.end();
    },
  };
}

/** Carries out every verdict, pools side by side. */
async function act(
  verdicts: readonly Verdict[],
  fence: LeaseFence,
  carryOut: CarryOut,
  judges: Pick<Judges, 'triedInVain'>,
): Promise<Outcome> {
  const outcomes = await Promise.all(verdicts.map((verdict) => carryOut(verdict, fence)));
  outcomes.forEach((outcome, index) => {
    const verdict = verdicts[index];
    if (outcome === 'unclear' && verdict !== undefined) judges.triedInVain(verdict.row.pool.id);
  });
  if (outcomes.includes('changed')) return 'changed';
  return outcomes.find((outcome) => outcome !== 'nothing') ?? 'nothing';
}
