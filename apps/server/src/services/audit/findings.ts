import type { AuditVerified } from '@serverctl/contract';

export type Problem = AuditVerified['problems'][number];

/** What a verification found, in the order of finding. */
export interface Findings {
  add(problem: Problem): void;
  /** How many there are; `list` may hold fewer. */
  readonly count: number;
  /** The first ones, and one more that says how many follow. */
  list(): Problem[];
}

/** A chain that is broken everywhere must fit into one reply. */
const mostListed = 100;

export function createFindings(): Findings {
  const first: Problem[] = [];
  let count = 0;
  return {
    add(problem) {
      count += 1;
      if (first.length < mostListed) first.push(problem);
    },
    get count() {
      return count;
    },
    list() {
      const more = count - first.length;
      if (more === 0) return first;
      return [...first, { position: null, seq: null, sentence: `${more} more problems like these are not listed.` }];
    },
  };
}
