import type { BrakesView } from '@serverctl/contract';

/** Why the question no longer fits what holds now: somebody, or the end of the ten minutes, was first; null = it does. */
export function turnedWords(asked: 'release' | 'restore', { released }: Pick<BrakesView, 'released'>): string | null {
  if ((asked === 'release') === (released === null)) return null;
  return asked === 'release'
    ? 'The brakes were released meanwhile. Close this and look again.'
    : 'The brakes are in force again already.';
}
