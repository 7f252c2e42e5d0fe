import type { Invariant } from './invariant.ts';

/** Faults in which somebody else uses the credential's calls up. */
const usedUp = /rate|exhaust/;

export const rateLimitHolds: Invariant = {
  id: 'I8',
  sentence: 'The provider never refuses a call of ours for its rate, unless somebody else has used it up.',
  rules: ['R22'],
  watch: (say, { truth }) => {
    let endedAt = Number.NEGATIVE_INFINITY;
    return {
      onFault({ kind, phase }, at) {
        if (phase === 'end' && usedUp.test(kind)) endedAt = at;
      },
      onDnsCallEnded({ replica, bindingId, verb, startedAt }, outcome, at) {
        if (outcome !== 'error:dns_rate_limited') return;
        const wasUsedUp = endedAt >= startedAt || truth.faults.some(({ kind }) => usedUp.test(kind));
        if (!wasUsedUp) say(at, `${replica}'s ${verb} of ${bindingId} was over the provider's limit.`);
      },
    };
  },
};
