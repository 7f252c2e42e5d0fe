import { isAppError, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { PoolStore, PublicationUpdate, WorkerLog } from './ports.ts';

/** Stores how publishing one name goes, in order, behind its back: no DNS call ever waits for a row. */
export interface Recorder {
  /** Resolves with what the store says of it (`PoolStore.recordPublication`); with 0 where it will never be stored. */
  record(update: PublicationUpdate): Promise<number>;
}

interface Waiting {
  readonly update: PublicationUpdate;
  readonly ends: (leftMs: number) => void;
}

/** `publishing` waits so long for what comes of it: its row, and the reads that its notice causes, must not compete with the DNS call. */
const holdBackMs = 50;
/** More than any outage leaves behind for one name; beyond it the oldest waiting update goes. */
const mostWaiting = 64;

/** While the database does not answer, updates wait and are tried again each second; one that it refuses is dropped with a word. */
export function createRecorder(clock: Clock, store: PoolStore, log: WorkerLog, signal: AbortSignal): Recorder {
  const waiting: Waiting[] = [];
  let draining = false;
  let cancelHold = () => {};
  signal.addEventListener('abort', stop, { once: true });

  function stop(): void {
    cancelHold();
    for (const { ends } of waiting.splice(0)) ends(0);
  }

  async function drain(): Promise<void> {
    cancelHold();
    if (draining) return;
    draining = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      next.ends(await keepStoring(next.update));
    }
    draining = false;
  }

  async function keepStoring(update: PublicationUpdate): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await store.recordPublication(update);
      } catch (error) {
        if (tries === 1) log.warn({ err: error, binding: update.bindingId }, 'A publication could not be stored.');
        if (isAppError(error) && error.category !== 'unavailable') return 0;
      }
      await clock.sleep(secondMs, signal);
      if (signal.aborted) return 0;
    }
  }

  function holdBack(): void {
    cancelHold();
    cancelHold = clock.after(holdBackMs, () => void drain());
  }

  return {
    record(update) {
      if (signal.aborted) return Promise.resolve(0);
      const { promise, resolve } = Promise.withResolvers<number>();
      waiting.push({ update, ends: resolve });
      if (waiting.length > mostWaiting) waiting.shift()?.ends(0);
      if (update.state !== 'publishing') void drain();
      else if (!draining) holdBack();
      return promise;
    },
  };
}
