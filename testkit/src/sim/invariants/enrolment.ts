import type { MemberId } from '@serverctl/core';
import type { Invariant } from './invariant.ts';

export const secretYieldsOneKey: Invariant = {
  id: 'I15',
  sentence: 'An enrolment secret yields one key.',
  rules: ['R34'],
  watch: (say) => {
    const usedFor = new Map<string, MemberId>();
    return {
      onEnrolled(memberId, secret, at) {
        const before = usedFor.get(secret);
        if (before !== undefined) say(at, `the secret of ${before} made a key again, for ${memberId}.`);
        usedFor.set(secret, memberId);
      },
      // What a restored database forgot, the secrets' use among it, is not ours to know.
      onRestored: () => usedFor.clear(),
    };
  },
};
