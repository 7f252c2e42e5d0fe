import { setTimeout as sleep } from 'node:timers/promises';
import type { Generator } from '../src/generator.ts';
import type { Address, Outcome, Window } from '../src/messages.ts';

/** Until V8 has compiled what is hot, and the connections of all members are open. */
export const warmUpSeconds = 10;

export interface Measured<Sample> {
  readonly before: Sample;
  readonly after: Sample;
  readonly window: Window;
  /** Of the whole stretch of beats, warm-up included. */
  readonly outcome: Outcome;
}

/** One stretch of beats to one address: warm-up, window, end; samples are taken at the window's two ends. */
export async function measure<Sample>(
  generator: Generator,
  at: Address,
  seconds: number,
  sample: () => Promise<Sample>,
): Promise<Measured<Sample>> {
  await generator.ask({ kind: 'beat', at });
  await sleep(warmUpSeconds * 1_000);
  await generator.ask({ kind: 'begin-window' });
  const before = await sample();
  await sleep(seconds * 1_000);
  const after = await sample();
  const window = await generator.ask({ kind: 'end-window' });
  const outcome = await generator.ask({ kind: 'stop' });
  return { before, after, window, outcome };
}
