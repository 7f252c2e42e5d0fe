import type { MemberStatus, PoolView } from '@serverctl/contract';
import type { Shape } from '../../ui/state.tsx';
import { isRunning, isSilent, isStopped } from './unit-state.ts';

export interface StateWords {
  readonly shape: Shape;
  readonly word: string;
}

type HealthKind = MemberStatus['health'];

/** DESIGN.md, section 6. The sentence that goes with each is the server's. */
export const healthWords: Readonly<Record<HealthKind, StateWords>> = {
  healthy: { shape: 'healthy', word: 'Healthy' },
  'heartbeat-lost': { shape: 'lost', word: 'Heartbeat lost' },
  'haproxy-inactive': { shape: 'inactive', word: 'HAProxy inactive' },
  unknown: { shape: 'unknown', word: 'Unknown' },
  'haproxy-unresponsive': { shape: 'needs-you', word: 'HAProxy not answering' },
  'service-unreachable': { shape: 'lost', word: 'Not reachable' },
  unheard: { shape: 'unknown', word: 'Unheard' },
  refused: { shape: 'refused', word: 'Refused' },
  quarantined: { shape: 'refused', word: 'Quarantined' },
  maintenance: { shape: 'maintenance', word: 'Maintenance' },
  drained: { shape: 'maintenance', word: 'Drained' },
};

/** Whether its clients are served, as far as its health says: null = nobody can know. */
export const servingByHealth: Readonly<Record<HealthKind, boolean | null>> = {
  healthy: true,
  drained: true,
  maintenance: null,
  quarantined: null,
  refused: null,
  unknown: null,
  unheard: null,
  'haproxy-unresponsive': null,
  'heartbeat-lost': false,
  'haproxy-inactive': false,
  'service-unreachable': false,
};

type Said = Pick<MemberStatus, 'health' | 'alsoHealth' | 'haproxy' | 'heartbeatAgeMs'>;

/** Of a member that its health calls well: HAProxy is stopped within its grace, or nothing is heard within the delay. */
export function memberWords(member: Pick<Said, 'health' | 'haproxy' | 'heartbeatAgeMs'>, preset: PoolView['preset']) {
  if (member.health !== 'healthy') return healthWords[member.health];
  if (preset === 'haproxy' && isStopped(member)) return healthWords['haproxy-inactive'];
  return isSilent(member) ? silentWords : healthWords.healthy;
}

const silentWords: StateWords = { shape: 'unknown', word: 'Silent' };

/** Whether clients of a member are served, as far as anybody can know: its health, and before it what is not settled yet. */
export function isServing(member: Said, preset: PoolView['preset']): boolean | null {
  const byHealth = servingOf(member);
  if (byHealth !== true) return byHealth;
  const runs = preset === 'haproxy' ? isRunning(member) : true;
  return runs === true && isSilent(member) ? null : runs;
}

/** What a member in maintenance is besides counts: it is seen, and not acted on. */
function servingOf({ health, alsoHealth }: Pick<Said, 'health' | 'alsoHealth'>): boolean | null {
  if (health !== 'maintenance') return servingByHealth[health];
  const also = alsoHealth.map((kind) => servingByHealth[kind]).find((serving) => serving !== true);
  return also === undefined ? true : also;
}

type PoolState = PoolView['status']['state'];

/** A pool's state in words; `needsYou`: it goes on only when a person looks. */
export const poolStateWords: Readonly<Record<PoolState, StateWords & { readonly needsYou: boolean }>> = {
  setup: { shape: 'unknown', word: 'Setting up', needsYou: false },
  calm: { shape: 'healthy', word: 'Calm', needsYou: false },
  deciding: { shape: 'running', word: 'Deciding', needsYou: false },
  publishing: { shape: 'running', word: 'Publishing', needsYou: false },
  'unknown-outcome': { shape: 'unknown', word: 'Not known yet', needsYou: false },
  verifying: { shape: 'running', word: 'Verifying', needsYou: false },
  'no-standby': { shape: 'needs-you', word: 'No ready standby', needsYou: true },
  blocked: { shape: 'refused', word: 'Blocked', needsYou: true },
  partial: { shape: 'needs-you', word: 'Partly published', needsYou: true },
  held: { shape: 'needs-you', word: 'Held', needsYou: true },
  braked: { shape: 'needs-you', word: 'Slowed down', needsYou: true },
  blind: { shape: 'unknown', word: 'Not judging', needsYou: true },
  'nobody-heard': { shape: 'unknown', word: 'Nobody heard', needsYou: true },
  drift: { shape: 'needs-you', word: 'Changed by someone else', needsYou: true },
  maintenance: { shape: 'maintenance', word: 'Maintenance', needsYou: false },
  paused: { shape: 'maintenance', word: 'Paused', needsYou: true },
};
