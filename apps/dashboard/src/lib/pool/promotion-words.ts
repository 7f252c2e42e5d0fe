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

/** That it made another member active: a new address of the active one is a promotion too, from itself to itself. */
export const isMove = ({ fromMemberId, toMemberId }: Pick<PromotionView, 'fromMemberId' | 'toMemberId'>): boolean =>
  fromMemberId !== toMemberId;

type Measured = Pick<PromotionView, 'steps' | 'state'>;

/** Of each record that was written the name servers all answered, and none is still to be written. */
function isAnswered({ steps, state }: Measured): boolean {
  if (state === 'publishing') return false;
  const has = (name: string | null, type: string | null) =>
    steps.some((one) => one.step === 'all-answered' && one.name === name && one.type === type);
  return state === 'done' || steps.every(({ step, name, type }) => step !== 'acknowledged' || has(name, type));
}

/** How long each part took, and all of it until every name server answered; null while that is not so. */
export function timesOf(promotion: Measured): { parts: readonly Part[]; allMs: number } | null {
  if (!isAnswered(promotion)) return null;
  const { steps } = promotion;
  const first = (step: PromotionView['steps'][number]['step']) => steps.find((one) => one.step === step)?.afterMs;
  const last = (step: PromotionView['steps'][number]['step']) => steps.findLast((one) => one.step === step)?.afterMs;
  const end = last('all-answered');
  const decided = first('decided');
  if (end === undefined || decided === undefined) return null;
  const detected = first('detected') ?? decided;
  const began = Math.min(first('last-heartbeat') ?? detected, detected);
  const acknowledged = Math.min(last('acknowledged') ?? decided, end);
  // HAProxy's trouble is known from its first moment: what follows is the grace that it is given.
  const isSilence = first('last-heartbeat') !== undefined || first('detected') === undefined;
  const parts: Part[] = [
    { part: 'detect', ms: isSilence ? detected - began : decided - detected },
    { part: 'decide', ms: isSilence ? decided - detected : 0 },
    { part: 'publish', ms: acknowledged - decided },
    { part: 'verify', ms: end - acknowledged },
  ];
  return { parts: parts.filter(({ ms }) => ms > 0), allMs: end - began };
}

const causes: Readonly<Record<string, string>> = {
  'heartbeat-lost': 'heartbeat lost',
  'haproxy-inactive': 'HAProxy inactive',
  failback: 'the preferred member is well again',
  withdrawn: 'the failover was never written',
  'address-changed': 'its public address changed',
  'first-publish': 'first publish',
  adopted: 'the record named it',
  kept: 'the record was put back',
  're-addressed': 'its public address was changed',
};

/** Why a promotion was made, in two or three words; a cause of a later release as it is. */
export const causeWords = (cause: string): string => causes[cause] ?? cause;

/** Who decided: "automatic failover", or a person by name. */
export function actorWords(actor: string): string {
  if (actor === 'loop') return 'automatic failover';
  if (actor === 'host') return 'the host';
  return actor.startsWith('token:') ? `the token ${actor.slice(6)}` : actor.replace(/^user:/, '');
}
