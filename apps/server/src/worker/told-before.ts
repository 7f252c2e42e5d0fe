import { secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Lease, OpenTrouble, PoolStore, WorkerLog } from './ports.ts';
import { createTransitions, type Transitions } from './transitions.ts';
import { createGuess, type GuessedTransitions } from './transitions-guess.ts';

/*
 * Whoever begins to lead goes on from what people were told by whoever led before: nothing is told twice, and an end that came between two
 * leaders is told too.
 *
 *   the term after our own       nobody led meanwhile: what we told is what was told
 *   any other                    the store says it; until then nothing is told of turns, and nothing is missed: each pool is judged again
 *                                within a second, and what was found of a name waits
 *   the store does not say it    after 5 s what we told when we led last must do: told twice is better than not at all. It is asked on, and
 *                                what it says at last is laid under what was told meanwhile (transitions-guess.ts)
 *   no term, the lease is lost   what is found by a call that was under way waits for the term after our own; whoever else leads finds it too
 */

export interface ToldBefore {
  /** Null = we do not lead, or it is not known yet. Never waits. */
  transitions(): Transitions | null;
  /** At once, or as soon as it is known, in the order asked; never once another has led. */
  whenKnown(use: (transitions: Transitions) => void): void;
}

export interface ToldBeforePorts {
  readonly clock: Clock;
  readonly lease: Pick<Lease, 'held'>;
  readonly store: Pick<PoolStore, 'openTroubles'>;
  readonly log: WorkerLog;
}

const mostWaitMs = 5 * secondMs;
const betweenReadsMs = 500;
/** Once nobody waits for it. */
const betweenLateReadsMs = 2 * secondMs;

/** Terms of ours, one after the other. */
interface Leading {
  /** What the store said; null = not yet. */
  open: readonly OpenTrouble[] | null;
  /** What we go on from, once it said it. */
  known: Transitions | null;
  /** What we go on from until then; null = it is waited for. */
  guess: GuessedTransitions | null;
  failure: unknown;
}

export function createToldBefore({ clock, lease, store, log }: ToldBeforePorts): ToldBefore {
  let term: number | null = null;
  let leading = newLeading();
  /** What we told when we led last. */
  let lastKnown = createTransitions([]);
  let stopWaiting = () => {};
  let waiting: ((transitions: Transitions) => void)[] = [];
  let isReading = false;

  /**
   * One read at a time: one that we gave up would go on in PostgreSQL, beside the next and in the way of a failover. It ends when we lead no
   * more.
   */
  async function read(): Promise<void> {
    if (isReading) return;
    isReading = true;
    while (lease.held() !== null && leading.open === null) {
      const asked = leading;
      try {
        asked.open = await store.openTroubles();
      } catch (error) {
        asked.failure = error;
        await clock.sleep(asked.guess === null ? betweenReadsMs : betweenLateReadsMs);
      }
    }
    isReading = false;
    transitions();
  }

  function turnTo(next: number): void {
    const isOurs = term !== null && next === term + 1;
    term = next;
    if (isOurs) return;
    leading = newLeading();
    waiting = [];
    stopWaiting();
    stopWaiting = clock.after(mostWaitMs, goOn);
  }

  function goOn(): void {
    const { open, failure: err } = leading;
    if (open !== null) return;
    log.warn({ err }, 'What people were told before could not be read; some of it may be told again.');
    leading.guess = createGuess(lastKnown);
    transitions();
  }

  function transitions(): Transitions | null {
    const held = lease.held();
    if (held === null) return null;
    if (held.term !== term) turnTo(held.term);
    const present = presentOf(leading);
    if (present !== null) for (const use of waiting.splice(0)) use(present);
    return present;
  }

  function presentOf({ open, known, guess }: Leading): Transitions | null {
    if (known !== null) return known;
    if (open === null) {
      void read();
      return guess;
    }
    stopWaiting();
    lastKnown = guess?.settle(open) ?? createTransitions(open);
    leading.known = lastKnown;
    return lastKnown;
  }

  return {
    transitions,
    whenKnown(use) {
      transitions(); // first: in a term that begins with this, what it says is of this term
      waiting.push(use);
      transitions();
    },
  };
}

function newLeading(): Leading {
  return { open: null, known: null, guess: null, failure: null };
}
