import { AppError } from '@serverctl/core';
import { aborted, lostReply } from './errors.ts';
import type { MemoryFault, MemoryVerb, MemoryZone } from './zone.ts';

/**
 * Carries one call to the zone as a network would: it arrives on a later turn, meets the faults injected for it, takes effect at once and
 * as a whole, and its reply may be lost.
 */
export async function callZone<T>(
  zone: MemoryZone,
  verb: MemoryVerb,
  signal: AbortSignal,
  effect: () => T,
): Promise<T> {
  const faults = zone.takeFaults(verb);
  await Promise.resolve();
  for (const fault of faults) await meet(fault, zone, signal);
  if (signal.aborted) throw aborted(signal);
  const result = effect();
  const loss = faults.find((fault) => fault.kind === 'lose-reply');
  if (loss !== undefined) throw lostReply(verb, loss);
  await Promise.resolve();
  return result;
}

async function meet(fault: MemoryFault, zone: MemoryZone, signal: AbortSignal): Promise<void> {
  switch (fault.kind) {
    case 'fail':
      throw new AppError(fault.code, { injected: true });
    case 'delay':
      return keptOrAborted(fault.until, signal);
    case 'drift':
      return fault.change(zone);
    case 'lose-reply':
      return; // once the call has taken effect
  }
}

function keptOrAborted(until: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted(signal));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    until.then(() => resolve(), reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
