import type { Invariant } from './invariant.ts';
import { watchPromotions } from './promotion-watch.ts';

export const withdrawalsAreUnwritten: Invariant = {
  id: 'I5',
  sentence: 'A failover is withdrawn only when no write of its epoch was applied, and none is applied after.',
  rules: ['R16', 'R19'],
  watch(say, ledgers) {
    const applied = new Set<string>();
    const withdrawn = new Set<string>();
    const judged = watchPromotions(say, ledgers, ({ promotion: { kind, poolId, expectedEpoch } }) => {
      if (kind !== 'withdrawal') return [];
      withdrawn.add(`${poolId} ${expectedEpoch}`);
      return applied.has(`${poolId} ${expectedEpoch}`)
        ? [`epoch ${expectedEpoch}, which it withdraws, was written.`]
        : [];
    });
    return {
      ...judged,
      onWriteApplied({ call, epoch }, at) {
        const key = `${call.poolId} ${epoch}`;
        applied.add(key);
        if (withdrawn.delete(key))
          say(at, `epoch ${epoch} of pool ${call.poolId} was withdrawn as never written, and is written now.`);
      },
      onRestored() {
        applied.clear(); // epochs that a restored database forgot are made again
        withdrawn.clear();
      },
    };
  },
};
