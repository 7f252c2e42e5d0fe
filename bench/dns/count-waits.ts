import type { CallBudget } from '../../apps/server/src/worker/budget.ts';

/** A budget that counts failovers which were not let in at once. */
export interface CountedBudget {
  readonly budget: CallBudget;
  waited(): number;
}

/**
 * Whoever is let in at once has its answer before the event loop turns, since no timer and no I/O comes between; whoever has it later
 * waited for others or for the window.
 */
export function countWaits(inner: CallBudget): CountedBudget {
  let waited = 0;
  function watch<Result>(entering: Promise<Result>): Promise<Result> {
    let isLetIn = false;
    const note = () => {
      isLetIn = true;
    };
    entering.then(note, note);
    setImmediate(() => {
      if (!isLetIn) waited += 1;
    });
    return entering;
  }
  return {
    budget: {
      ...inner,
      enter: (credentialId, urgency, ...rest) => {
        const entering = inner.enter(credentialId, urgency, ...rest);
        return urgency === 'failover' ? watch(entering) : entering;
      },
      enterTwice: (...asked) => watch(inner.enterTwice(...asked)),
      enterKept: (...asked) => watch(inner.enterKept(...asked)),
    },
    waited: () => waited,
  };
}
