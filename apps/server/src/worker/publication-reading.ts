import type { DnsProvider, RecordView } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { CallBudget } from './budget.ts';
import type { DesiredRecord, Lease } from './ports.ts';
import type { ProviderCalls, ProviderPass } from './publication-calls.ts';
import type { Failures } from './publication-failure.ts';
import type { Family } from './publication-family.ts';
import type { Progress } from './publication-progress.ts';
import { type Step, standsStill } from './publication-step.ts';

/*
 * How a pass comes to know what its provider holds, in this order:
 *
 *   its other family's turn first, where both share a mark (publication-family.ts)
 *   what was read or written lately, where calls are scarce and it leads to a write that the provider itself compares (R22)
 *   a read, when the time has come that the provider named, within the budget: as a failover, or calmly
 */

/** One pass's turns up to its view. */
export interface Reading {
  /** What the provider holds; null = the wish or the lease may be another by now. */
  view(provider: DnsProvider, wish: DesiredRecord, pass: ProviderPass, signal: AbortSignal): Promise<RecordView | null>;
}

export interface ReadingPorts {
  readonly clock: Clock;
  readonly budget: Pick<CallBudget, 'isPressed'>;
  readonly lease: Pick<Lease, 'held'>;
  readonly progress: Progress;
  readonly family: Pick<Family, 'turn'>;
  readonly failures: Pick<Failures, 'whileHeldUp'>;
  readonly calls: Pick<ProviderCalls, 'staysAway'>;
  /** What a view would come to. */
  readonly stepOn: (provider: DnsProvider, wish: DesiredRecord, view: RecordView) => Step;
  /** There is news since the pass began: another one follows. */
  readonly hasNews: () => boolean;
  /** It counts as looked at (first-look.ts). */
  readonly looked: () => void;
}

export function createReading(ports: ReadingPorts): Reading {
  const { clock, budget, lease, progress, family, failures, calls, hasNews } = ports;

  /** What a write may be planned on that is not read for; null = nothing that is young enough, or no write. */
  function sparedRead(provider: DnsProvider, wish: DesiredRecord): RecordView | null {
    const recent = progress.recentView(clock.now());
    return recent !== null && ports.stepOn(provider, wish, recent).kind === 'write' ? recent : null;
  }

  /** False = the pass was superseded meanwhile. */
  async function otherFamilyIsDone(provider: DnsProvider, signal: AbortSignal): Promise<boolean> {
    const turn = family.turn(provider, signal);
    if (turn === null) return true;
    ports.looked(); // its mark is its A's
    calls.staysAway();
    await turn;
    return !hasNews();
  }

  /** Waits for its turn to be read; false = it is not to be read now. */
  async function forRead(pass: ProviderPass, isUrgent: boolean, signal: AbortSignal): Promise<boolean> {
    const tooEarlyMs = progress.notBefore - clock.now();
    if (tooEarlyMs > 0) {
      calls.staysAway();
      await clock.sleep(tooEarlyMs, signal);
    }
    if (!isUrgent && hasNews()) return false; // it came before there was a calm read to give way
    return pass.forRead(isUrgent ? 'failover' : 'background');
  }

  return {
    async view(provider, wish, pass, signal) {
      const isUrgent = progress.isUrgent && !standsStill(wish);
      if (isUrgent && !(await otherFamilyIsDone(provider, signal))) return null;
      const inTurn = (turn: () => Promise<boolean>) => (isUrgent ? failures.whileHeldUp(wish, turn) : turn());
      if (isUrgent && budget.isPressed(wish.binding.credentialId) && sparedRead(provider, wish) !== null) {
        if (!(await inTurn(() => pass.forWriteAlone()))) return null;
        const recent = sparedRead(provider, wish);
        if (recent !== null) return recent;
      }
      if (!(await inTurn(() => forRead(pass, isUrgent, signal)))) return null;
      if (lease.held() === null) return null;
      const view = await pass.read();
      if (view !== null) progress.read(view, clock.now());
      return view;
    },
  };
}
