import type { MemberStatus } from '@serverctl/contract';
import type { StateWords } from './health-words.ts';

const places = ['next in line', 'second', 'third', 'fourth', 'fifth'] as const;

/** Where a ready standby stands: "next in line", "second"; from the sixth on its number. */
export const placeText = (place: number): string => places[place - 1] ?? `place ${place}`;

/** Whether a standby could take over, with its shape; the sentence why is the server's. */
export function readinessWords({ ready, health }: Pick<MemberStatus, 'ready' | 'health'>): StateWords {
  if (ready) return { shape: 'healthy', word: 'Ready' };
  const isRest = health === 'maintenance' || health === 'drained';
  return { shape: isRest ? 'maintenance' : health === 'quarantined' ? 'refused' : 'needs-you', word: 'Not ready' };
}
