import { AppError } from '@serverctl/core';
import type { MemoryFault, MemoryVerb } from './zone.ts';

/** What stands for a reply that never came: an open question after a write, nothing worse than silence after a read (R19). */
export function lostReply(verb: MemoryVerb, fault: MemoryFault & { kind: 'lose-reply' }): AppError {
  const isWrite = verb === 'replace' || verb === 'withdrawAaaa';
  return new AppError(fault.code ?? (isWrite ? 'dns_outcome_unknown' : 'dns_unreachable'), { injected: true });
}

/** The caller gave up; before the write took effect there is no question what happened. */
export function aborted(signal: AbortSignal): AppError {
  return new AppError('dns_unreachable', { because: 'aborted' }, signal.reason);
}
