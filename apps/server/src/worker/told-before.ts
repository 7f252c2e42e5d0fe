import { type Instant, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { LeaseTerm, OpenTrouble, PoolStore, WorkerLog } from './ports.ts';
import { withinLimit } from './time-limit.ts';
import { createTransitions, type Transitions } from './transitions.ts';

/*
 * Whoever begins to lead goes on from what people were told by whoever led before: nothing is told twice, and an end that came between two
 * leaders is told too.
 *
 *   the term after our own       nobody led meanwhile: what we told is what was told
 *   any other                    the store says it; until then nothing is told of turns, and nothing is missed, for each pool is judged again
 *                                within a second
 *   the store does not say it    after 5 s what we know must do: told twice is better than not at all
 */

export interface ToldBefore {
  /** Null = not known yet. Never waits. */
  transitions(held: LeaseTerm): Transitions | null;
}

export interface ToldBeforePorts {
  readonly clock: Clock;
  readonly store: Pick<PoolStore, 'openTroubles'>;
  readonly log: WorkerLog;
}

const readLimitMs = 2 * secondMs;
const betweenReadsMs = 500;
const mostWaitMs = 5 * secondMs;

export function createToldBefore({ clock, store, log }: ToldBeforePorts): ToldBefore {
  let term: number | null = null;
  let known: Transitions | null = null;
  let isKnown = false;

  async function read(ofTerm: number, until: Instant): Promise<void> {
    const open = await withinLimit(clock, readLimitMs, () => store.openTroubles()).catch((error: unknown) => error);
    if (term !== ofTerm) return;
    if (isRead(open)) known = createTransitions(open);
    else if (clock.now() >= until) {
      log.warn({ err: open }, 'What people were told before could not be read; some of it may be told again.');
      known ??= createTransitions([]);
    } else {
      await clock.sleep(betweenReadsMs);
      return term === ofTerm ? read(ofTerm, until) : undefined;
    }
    isKnown = true;
  }

  return {
    transitions(held) {
      if (held.term !== term) {
        const isOurs = isKnown && term !== null && held.term === term + 1;
        term = held.term;
        isKnown = isOurs;
        if (!isOurs) void read(term, clock.now() + mostWaitMs);
      }
      return isKnown ? known : null;
    },
  };
}

function isRead(open: unknown): open is readonly OpenTrouble[] {
  return Array.isArray(open);
}
