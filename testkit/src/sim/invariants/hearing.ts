import type { MemberId } from '@serverctl/core';
import type { Invariant } from './invariant.ts';

interface Newest {
  readonly boot: number;
  readonly seq: number;
}

export const onlyRisingBeatsCount: Invariant = {
  id: 'I7',
  sentence:
    'A process takes a beat as a sign of life only when its (boot, seq) is above every one that it took before.',
  rules: ['R5', 'R35'],
  watch: (say) => {
    const newest = new Map<string, Map<MemberId, Newest>>();
    return {
      onReplica(replica, state) {
        if (state === 'started') newest.delete(replica);
      },
      onBeatHeard({ verdict, replica, memberId, boot, seq, host }, at) {
        if (verdict !== 'new') return;
        const ofReplica = newest.get(replica) ?? new Map<MemberId, Newest>();
        newest.set(replica, ofReplica);
        const known = ofReplica.get(memberId);
        if (known !== undefined && (boot < known.boot || (boot === known.boot && seq <= known.seq))) {
          say(
            at,
            `${replica} took beat ${boot}/${seq} of ${memberId} from ${host} as new; it knew ${known.boot}/${known.seq}.`,
          );
        }
        ofReplica.set(memberId, { boot, seq });
      },
    };
  },
};
