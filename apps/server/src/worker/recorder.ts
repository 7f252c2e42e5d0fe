import { isAppError, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { PoolStore, PublicationUpdate, WorkerLog } from './ports.ts';

/** Stores how publishing one name goes, in order, behind its back: no DNS call ever waits for a row. */
export interface Recorder {
  record(update: PublicationUpdate): void;
}

/** `publishing` waits so long for what comes of it: its row, and the reads that its notice causes, must not compete with the DNS call. */
const holdBackMs = 50;
/** More than any outage leaves behind for one name; beyond it the oldest waiting update goes. */
const mostWaiting = 64;

/** While the database does not answer, updates wait and are tried again each second; one that it refuses is dropped with a word. */
export function createRecorder(clock: Clock, store: PoolStore, log: WorkerLog, signal: AbortSignal): Recorder {
  const waiting: PublicationUpdate[] = [];
  let draining = false;
  let cancelHold = () => {};
  signal.addEventListener('abort', () => cancelHold(), { once: true });

  async function drain(): Promise<void> {
    cancelHold();
    if (draining) return;
    draining = true;
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      await keepStoring(next);
    }
    draining = false;
  }

  async function keepStoring(update: PublicationUpdate): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await store.recordPublication(update);
      } catch (error) {
        if (tries === 1) log.warn({ err: error, binding: update.bindingId }, 'A publication could not be stored.');
        if (isAppError(error) && error.category !== 'unavailable') return;
      }
      await clock.sleep(secondMs, signal);
      if (signal.aborted) return;
    }
  }

  function holdBack(): void {
    cancelHold();
    cancelHold = clock.after(holdBackMs, () => void drain());
  }

  return {
    record(update) {
      waiting.push(update);
      if (waiting.length > mostWaiting) waiting.shift();
      if (update.state !== 'publishing') void drain();
      else if (!draining && !signal.aborted) holdBack();
    },
  };
}
