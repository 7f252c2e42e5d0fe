import { AppError, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { backOffMs } from './back-off.ts';
import type { CallBudget } from './budget.ts';
import type { DesiredRecord, WorkerLog } from './ports.ts';
import type { PublicationLog } from './publication-log.ts';
import type { Progress } from './publication-progress.ts';
import { blockedPauseMs } from './publication-step.ts';
import { classifyFailure, type PublishFailure, wroteNothing } from './publish-failure.ts';

/** One name's failed calls: noted, told, and how long the next pass waits for them. The table is at the head of publication.ts. */
export interface Failures {
  /** In ms. */
  pauseAfter(thrown: unknown, during: 'read' | 'replace', wish: DesiredRecord): number;
  /**
   * Waits for the turn of a write that is wished for. The limit of its credential may hold it up for as long as the provider asks, for a
   * call of another name: so after 5 s it is told as blocked, as if it had been refused itself.
   */
  whileHeldUp(wish: DesiredRecord, turn: () => Promise<boolean>): Promise<boolean>;
}

export interface FailuresPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: CallBudget;
  readonly progress: Progress;
  readonly say: PublicationLog;
  readonly log: WorkerLog;
}

const mostDrifts = 5;
const heldUpMs = 5 * secondMs;

export function createFailures({ clock, random, budget, progress, say, log }: FailuresPorts): Failures {
  /** A provider that is merely away while the record is as it should be blocks nothing. */
  function tell(failure: Exclude<PublishFailure, { kind: 'drifted' }>, wish: DesiredRecord): void {
    if (failure.kind === 'unknown') say.troubled(wish, 'unknown-outcome', failure.error);
    else if (failure.kind === 'refused' || !progress.isAcknowledged) say.troubled(wish, 'blocked', failure.error);
  }

  return {
    async whileHeldUp(wish, turn) {
      const cancel = clock.after(heldUpMs, () => {
        progress.blocked();
        const because = 'the credential’s limit is used up, or another call of it was told to wait';
        say.troubled(wish, 'blocked', new AppError('dns_rate_limited', { name: wish.binding.name, because }));
      });
      return turn().finally(cancel);
    },
    pauseAfter(thrown, during, wish) {
      const failure = classifyFailure(thrown, during);
      if (during === 'replace' && wroteNothing(failure)) progress.takesBack();
      if (failure.kind === 'drifted' && progress.drifts < mostDrifts) {
        progress.drifts += 1;
        return 0;
      }
      progress.failed();
      if (failure.kind === 'drifted') return backOffMs(progress.failures, random);
      if (failure.kind !== 'unknown') progress.blocked();
      const { epoch, binding } = wish;
      log.warn({ err: failure.error, binding: binding.id, epoch, during }, 'Publishing a name failed.');
      tell(failure, wish);
      if (failure.kind === 'refused') return blockedPauseMs;
      if (failure.kind === 'unknown' || failure.pauseMs === null) return backOffMs(progress.failures, random);
      progress.notBefore = clock.now() + failure.pauseMs;
      budget.holdOff(binding.credentialId, failure.pauseMs);
      return failure.pauseMs;
    },
  };
}
