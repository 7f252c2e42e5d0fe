import type { PlaneTrouble } from './plane.ts';

/** What the loop does after an attempt that was not simply heard. */
export type NextStep =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'again'; readonly because: 'token' | 'url' }
  /** No attempt for so long, urgent or not. */
  | { readonly kind: 'quiet'; readonly forMs: number }
  | { readonly kind: 'end' };

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
  readonly tokenIsDead: boolean;
}

/** A key that nobody knows does not become known by asking often; a person may still be enrolling us again. */
const unknownKeyPauseMs = 30_000;
/** For what asking again soon does not change: limits, a request that is not understood, a proof that was not accepted. */
const refusedPauseMs = 5_000;

/**
 * | outcome                                | next                     | token   |
 * | -------------------------------------- | ------------------------ | ------- |
 * | no connection, time-out, not our reply | next slot, next URL      | kept    |
 * | 5xx                                    | again, at the next URL   | kept    |
 * | agent_token_invalid, another 401       | again, with a new token  | dropped |
 * | agent_nonce_…, agent_signature_invalid | quiet for 5 s            | dropped |
 * | agent_key_unknown                      | quiet for 30 s           | dropped |
 * | agent_boot_superseded                  | end                      | dropped |
 * | 403: member_wrong_ip, …hostname        | next slot: it is heard   | kept    |
 * | any other refusal                      | quiet for 5 s            | kept    |
 */
export function judgeOutcome(outcome: PlaneTrouble): Judgement {
  if (outcome.kind === 'unreachable') {
    const words = `${outcome.url} does not answer (${outcome.detail}).`;
    const condition: Condition = { kind: 'unreachable', code: outcome.kind, words };
    return { step: { kind: 'go-on' }, condition, tokenIsDead: false };
  }
  if (outcome.kind === 'unavailable') {
    const words = `${outcome.url} cannot serve agents now (${outcome.detail}).`;
    const condition: Condition = { kind: 'unavailable', code: outcome.kind, words };
    return { step: { kind: 'again', because: 'url' }, condition, tokenIsDead: false };
  }
  const condition: Condition = {
    kind: 'refused',
    code: outcome.code,
    words: `${outcome.message} ${outcome.remedy} [${outcome.code}]`,
  };
  return { ...stepAfterRefusal(outcome.code, outcome.status), condition };
}

function stepAfterRefusal(code: string, status: number): Pick<Judgement, 'step' | 'tokenIsDead'> {
  switch (code) {
    case 'agent_key_unknown':
      return { step: { kind: 'quiet', forMs: unknownKeyPauseMs }, tokenIsDead: true };
    case 'agent_boot_superseded':
      return { step: { kind: 'end' }, tokenIsDead: true };
    case 'agent_nonce_invalid':
    case 'agent_signature_invalid':
      return { step: { kind: 'quiet', forMs: refusedPauseMs }, tokenIsDead: true };
  }
  if (status === 401) return { step: { kind: 'again', because: 'token' }, tokenIsDead: true };
  if (status === 403) return { step: { kind: 'go-on' }, tokenIsDead: false };
  return { step: { kind: 'quiet', forMs: refusedPauseMs }, tokenIsDead: false };
}
