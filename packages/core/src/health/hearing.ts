import type { Hearing } from '../failover/evidence.ts';

/** True and proven silence in ms, whatever the kind of hearing; an unproven wait of a member never heard is 0. */
export function silenceOf(hearing: Hearing): { readonly trueMs: number; readonly provenMs: number } {
  return hearing.kind === 'heard'
    ? { trueMs: hearing.silentMs, provenMs: hearing.provenSilentMs }
    : { trueMs: hearing.waitedMs, provenMs: hearing.provenWaitedMs ?? 0 };
}

/** Whether any process ever heard the member: one that nobody ever heard is unknown, not silent. */
export function wasEverHeard(hearing: Hearing): boolean {
  return hearing.kind === 'heard' || hearing.provenWaitedMs !== undefined;
}
