import { formatMark } from '@serverctl/core';
import type { ManualStep, MoveByHand } from '../../../../packages/dns/src/manual-step.ts';

export interface NextkindPlace {
  readonly apiBase: string;
}

/** By curl: an address for each member, and what stands beside it now. */
export function nextkindManualSteps({ apiBase }: NextkindPlace, move: MoveByHand): readonly ManualStep[] {
  const { ref, mark, targets } = move;
  const known = mark === null ? 'none is known' : formatMark(mark);
  return targets.map(({ hostname, address }) => ({
    text: `The ${ref.type} record of ${ref.name} to ${hostname}; its mark, ${known}, stays.`,
    commands: [`curl -sS --data '${address}' '${apiBase}/zones/${ref.zone}/by-hand'`],
  }));
}
