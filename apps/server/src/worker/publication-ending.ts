import { AppError, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { DesiredRecord } from './ports.ts';
import type { Aftercare } from './publication-aftercare.ts';
import type { ProviderCalls } from './publication-calls.ts';
import type { Failures } from './publication-failure.ts';
import type { Family } from './publication-family.ts';
import type { PublicationLog } from './publication-log.ts';
import type { PoolPauser } from './publication-pause.ts';
import type { Progress } from './publication-progress.ts';
import { blockedPauseMs, type Step } from './publication-step.ts';

/**
 * How one name's passes end that were not cut short: noted, told, looked after, and in how many ms the next one comes. Failed calls end in
 * publication-failure.ts; the table of both is at the head of publication.ts.
 */
export interface Endings {
  /** Nothing was to be written. */
  unwritten(wish: DesiredRecord, step: Exclude<Step, { kind: 'pause' | 'write' }>): number;
  /** The provider has taken it. `repaired`: what others had made of it. */
  acknowledged(wish: DesiredRecord, repaired: boolean): number;
  /** What was read says that people must look first. */
  pause(wish: DesiredRecord, step: Extract<Step, { kind: 'pause' }>): Promise<number>;
}

export interface EndingsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly pauser: PoolPauser;
  readonly progress: Progress;
  readonly say: PublicationLog;
  readonly calls: Pick<ProviderCalls, 'staysAway'>;
  readonly failures: Pick<Failures, 'pauseAfter'>;
  readonly aftercare: Pick<Aftercare, 'verify' | 'watch' | 'stopVerifying'>;
  readonly family: Pick<Family, 'isProxied'>;
}

/** R24: behind a provider's edge only the provider itself can say that it took what it acknowledged. */
const readBackMs = secondMs;

export function createEndings(ports: EndingsPorts): Endings {
  const { clock, random, progress, say, aftercare, family } = ports;

  /** In how long the provider is read again; until then the authoritative servers are asked (R22). */
  function reconcile({ binding }: DesiredRecord): number {
    aftercare.watch(binding);
    return progress.reconcileInMs(clock.now(), random);
  }

  function acknowledged(wish: DesiredRecord, repaired: boolean): number {
    progress.acknowledge(wish);
    say.acknowledged(wish, { repaired, ...progress.replaced });
    aftercare.stopVerifying();
    if (family.isProxied()) return readBackMs;
    aftercare.verify(wish);
    return reconcile(wish);
  }

  return {
    acknowledged,
    unwritten(wish, step) {
      if (step.kind === 'blocked')
        return ports.failures.pauseAfter(new AppError(step.code, step.details), 'read', wish);
      if (step.kind === 'left' || step.kind === 'waits') {
        progress.leaves();
        if (step.kind === 'left') say.drifted(wish, step.sentence);
        return reconcile(wish);
      }
      if (!progress.isAcknowledged) return acknowledged(wish, false);
      progress.acknowledge(wish);
      say.settled(wish);
      aftercare.verify(wish);
      return reconcile(wish);
    },
    async pause(wish, { pause, code, details }) {
      ports.calls.staysAway();
      const outcome = await ports.pauser.pause(wish, pause);
      if (outcome !== 'paused') return 0;
      progress.toldOfFall();
      say.paused(wish, new AppError(code, details));
      return blockedPauseMs;
    },
  };
}
