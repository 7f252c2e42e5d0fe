import type { PlaneTrouble } from './plane.ts';
import type { Refusal } from './replies.ts';

/** What the loop does after an attempt that was not simply heard. */
export type NextStep =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'again'; readonly because: 'token' | 'url' }
  /** No attempt for so long and a random part of the spread, urgent or not. */
  | { readonly kind: 'quiet'; readonly forMs: number; readonly spreadMs: number };

/** How it goes between us and the control plane. */
export interface Condition {
  readonly kind: 'heard' | 'refused' | 'unavailable' | 'unreachable';
  /** Two conditions of one code are the same trouble, whatever their words. */
  readonly code: string;
  readonly words: string;
}

export interface Judgement {
  readonly step: NextStep;
  readonly condition: Condition;
  /** What the session must not use again. A boot goes with its token. */
  readonly dead: 'nothing' | 'token' | 'boot';
}

/**
 * A key that nobody knows does not become known by asking often. But a database that was put back may know it again, and every agent is to be
 * heard 15 s after that (RELIABILITY section 6); the spread keeps a forgotten fleet from coming all at once.
 */
const unknownKeyPause = { forMs: 8_000, spreadMs: 4_000 };
/**
 * Too many came at once. What the control plane does not hold in its line it refuses, and it is through with that line within 2 s: a fleet
 * that starts together is to be heard within 15 s (RELIABILITY section 6), and the spread keeps it from coming together again. Where it asks
 * for longer it gets that, but no more than the limit, since an agent that waits is silent.
 */
const limitedPause = { forMs: 1_000, spreadMs: 2_000 };
const longestLimitedMs = 30_000;
/** For what asking again soon does not change: a request that is not understood, a proof that was not accepted. */
const refusedPauseMs = 5_000;
/**
 * After a newer boot was issued: by a request of our own that was thought lost and came late, or to a copy of this host. An honest agent
 * must not fall silent for it; two copies then take turns slowly enough to be told apart and found (R35).
 */
const supersededPause = { forMs: 2_000, spreadMs: 3_000 };

/**
 * | outcome                                | next                     | token            |
 * | -------------------------------------- | ------------------------ | ---------------- |
 * | no connection, time-out, not our reply | next slot, next URL      | kept             |
 * | a certificate that is not trusted      | next slot, next URL      | kept             |
 * | 5xx                                    | again, at the next URL   | kept             |
 * | agent_token_invalid, another 401       | again, with a new token  | dropped          |
 * | agent_nonce_…, agent_signature_invalid | quiet for 5 s            | dropped          |
 * | agent_key_unknown                      | quiet for 8–12 s         | dropped          |
 * | agent_boot_superseded                  | quiet for 2–5 s          | and boot dropped |
 * | 429: rate_limited                      | quiet for 1–3 s, or more | kept             |
 * | 403: member_wrong_ip, …hostname        | next slot: it is heard   | kept             |
 * | any other refusal                      | quiet for 5 s            | kept             |
 */
export function judgeOutcome(outcome: PlaneTrouble): Judgement {
  if (outcome.kind === 'unreachable') {
    const isUntrusted = outcome.because === 'untrusted';
    const words = isUntrusted
      ? `${outcome.url} is not trusted: ${outcome.detail}.`
      : `${outcome.url} does not answer (${outcome.detail}).`;
    const condition: Condition = { kind: 'unreachable', code: isUntrusted ? 'untrusted' : outcome.kind, words };
    return { step: { kind: 'go-on' }, condition, dead: 'nothing' };
  }
  if (outcome.kind === 'unavailable') {
    const words = `${outcome.url} cannot serve agents now (${outcome.detail}).`;
    const condition: Condition = { kind: 'unavailable', code: outcome.kind, words };
    return { step: { kind: 'again', because: 'url' }, condition, dead: 'nothing' };
  }
  const condition: Condition = {
    kind: 'refused',
    code: outcome.code,
    words: `${outcome.message} ${outcome.remedy} [${outcome.code}]`,
  };
  return { ...stepAfterRefusal(outcome), condition };
}

function stepAfterRefusal({
  code,
  status,
  retryAfterSeconds,
}: Pick<Refusal, 'code' | 'retryAfterSeconds'> & { readonly status: number }): Pick<Judgement, 'step' | 'dead'> {
  switch (code) {
    case 'agent_key_unknown':
      return { step: { kind: 'quiet', ...unknownKeyPause }, dead: 'token' };
    case 'agent_boot_superseded':
      return { step: { kind: 'quiet', ...supersededPause }, dead: 'boot' };
    case 'agent_nonce_invalid':
    case 'agent_signature_invalid':
      return { step: { kind: 'quiet', forMs: refusedPauseMs, spreadMs: 0 }, dead: 'token' };
  }
  if (status === 401) return { step: { kind: 'again', because: 'token' }, dead: 'token' };
  if (status === 403) return { step: { kind: 'go-on' }, dead: 'nothing' };
  if (status === 429) {
    const askedMs = Math.min((retryAfterSeconds ?? 0) * 1_000, longestLimitedMs);
    return {
      step: { kind: 'quiet', ...limitedPause, forMs: Math.max(limitedPause.forMs, askedMs) },
      dead: 'nothing',
    };
  }
  return { step: { kind: 'quiet', forMs: refusedPauseMs, spreadMs: 0 }, dead: 'nothing' };
}
