import type { PromotionView } from '@serverctl/contract';

export const kindWords: Readonly<Record<PromotionView['kind'], string>> = {
  failover: 'Failover',
  switchover: 'Switchover',
  failback: 'Failback',
  'first-publish': 'First publish',
  withdrawal: 'Withdrawn failover',
  adoption: 'Adoption',
  address: 'New address',
};

/** One part of a promotion's time, in the order in which they follow each other. */
export interface Part {
  readonly part: 'detect' | 'decide' | 'publish' | 'verify';
  readonly ms: number;
}

/** How long each part took, and all of it until every name server answered; null while that is not so. */
export function timesOf({ steps }: Pick<PromotionView, 'steps'>): { parts: readonly Part[]; allMs: number } | null {
  const first = (step: PromotionView['steps'][number]['step']) => steps.find((one) => one.step === step)?.afterMs;
  const last = (step: PromotionView['steps'][number]['step']) => steps.findLast((one) => one.step === step)?.afterMs;
  const end = last('all-answered');
  const decided = first('decided');
  if (end === undefined || decided === undefined) return null;
  const detected = first('detected') ?? decided;
  const began = Math.min(first('last-heartbeat') ?? detected, detected);
  const acknowledged = Math.min(last('acknowledged') ?? decided, end);
  const parts: Part[] = [
    { part: 'detect', ms: detected - began },
    { part: 'decide', ms: decided - detected },
    { part: 'publish', ms: acknowledged - decided },
    { part: 'verify', ms: end - acknowledged },
  ];
  return { parts: parts.filter(({ ms }) => ms > 0), allMs: end - began };
}
