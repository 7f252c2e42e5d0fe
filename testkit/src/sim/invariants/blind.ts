import type { Invariant } from './invariant.ts';
import { type Committed, watchPromotions } from './promotion-watch.ts';
import { unknownBeatMs } from './unknown-beat.ts';

/** R2, R7: a new beat of somebody is at most so old. */
const heardWithinMs = 3_000;
/** R2: the last database write is at most so old; a look may take another such time to find out. */
const writtenWithinMs = 1_000;

export const nothingWhileBlind: Invariant = {
  id: 'I6',
  sentence: 'No promotion while its process lacks the lease, cannot reach the database, or nobody else is heard.',
  rules: ['R2', 'R7', 'R9'],
  watch: (say, ledgers) =>
    watchPromotions(say, ledgers, (committed) => [...judgeLease(committed), ...judgeHearing(committed)]),
};

function judgeLease({ listening, replica, calledAt }: Committed): readonly string[] {
  const words: string[] = [];
  if (!listening.ledAt(replica, calledAt)) words.push(`${replica} does not hold the lease.`);
  const downSince = listening.databaseDownSince(replica);
  if (downSince !== null && calledAt - downSince > 2 * writtenWithinMs)
    words.push(`${replica} has not reached the database for ${Math.round(calledAt - downSince)} ms.`);
  return words;
}

function judgeHearing({ heard, calledAt, promotion: { from } }: Committed): readonly string[] {
  const since = calledAt - heardWithinMs - unknownBeatMs;
  return from === null || heard.otherHeard(from, since, calledAt)
    ? []
    : ['nobody but the old active was heard within 3 s.'];
}
