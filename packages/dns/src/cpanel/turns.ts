import { AppError } from '@serverctl/core';

/*
 * Writes of one zone wait for one another: they all are conditional on the one serial, so that of two at once one is sent for nothing. Others
 * than us still come in between.
 */

/** Lets writes of a zone through one by one, in the order in which they came. */
export interface Turns {
  /** Throws `dns_unreachable` where the signal ends before its turn: nothing was sent. */
  take<T>(zone: string, signal: AbortSignal, act: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async take(zone, signal, act) {
      const before = tails.get(zone) ?? Promise.resolve();
      const own = Promise.withResolvers<void>();
      const tail = before.then(() => own.promise);
      tails.set(zone, tail);
      try {
        await unlessAborted(before, zone, signal);
        return await act();
      } finally {
        own.resolve();
        if (tails.get(zone) === tail) void tail.then(() => tails.get(zone) === tail && tails.delete(zone));
      }
    },
  };
}

function unlessAborted(turn: Promise<unknown>, zone: string, signal: AbortSignal): Promise<void> {
  const late = () => {
    const because = 'its time was over before it was asked';
    return new AppError('dns_unreachable', { zone, because }, signal.reason);
  };
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(late());
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void turn.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
