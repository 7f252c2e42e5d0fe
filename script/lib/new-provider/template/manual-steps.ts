import type { ManualStep, MoveByHand } from '../../../../packages/dns/src/manual-step.ts';
import { NotWritten } from './not-written.ts';

/** Where the API is, as far as it is no secret. */
export interface NextkindPlace {
  readonly apiBase: string;
}

/** The record moved in the provider's own pages, or by curl. The mark stays as it is, so that the change is found as a person's (R18, R21). */
export function nextkindManualSteps({ apiBase }: NextkindPlace, move: MoveByHand): readonly ManualStep[] {
  throw new NotWritten('the steps by hand', `${move.ref.type} ${move.ref.name} at ${apiBase}`);
}
