import { describe, expect, it } from 'vitest';
import { addressOf, id } from '../../builders.ts';
import type { AppliedWrite } from '../observer.ts';
import { epochsOutliveRestores } from './epochs.ts';
import { callOf, pool, setStage } from './testing/stage.ts';

const applied = (change: Pick<AppliedWrite, 'epoch'> & Partial<AppliedWrite>): AppliedWrite => ({
  call: callOf(),
  flavour: 'conditional',
  address: addressOf(1),
  epochBefore: 1,
  addressesBefore: [],
  late: false,
  knownEpoch: null,
  ...change,
});

describe('I20', () => {
  const restored = () => {
    const stage = setStage(epochsOutliveRestores);
    stage.promote({}, 1_000);
    stage.promote({}, 2_000);
    stage.judge.onWriteApplied?.(applied({ epoch: 3 }), 2_500);
    stage.markedEpoch = 3;
    stage.changePool({ epoch: 1 });
    stage.judge.onRestored?.([], 3_000);
    return stage;
  };
  it('lets an epoch above any seen pass', () => {
    const stage = restored();
    stage.judge.onOperator?.({ kind: 'resume', poolId: pool, memberId: null }, 4_000);
    stage.promote({ epoch: 4 }, 5_000);
    stage.judge.onWriteApplied?.(applied({ epoch: 4, call: callOf({ startedAt: 6_000 }) }), 6_000);
    expect(stage.breaches).toEqual([]);
  });
  it('sees an epoch that is made and applied again', () => {
    const stage = restored();
    stage.judge.onOperator?.({ kind: 'resume', poolId: pool, memberId: null }, 4_000);
    stage.promote({ epoch: 3 }, 5_000);
    stage.judge.onWriteApplied?.(applied({ epoch: 3, call: callOf({ startedAt: 6_000 }) }), 6_000);
    expect(stage.breaches).toHaveLength(2);
  });
  it('asks nobody to know what stands beside a name that no read has reached since', () => {
    for (const outcome of ['error:dns_not_allowed', 'ok'] as const) {
      const stage = restored();
      const sibling = callOf({ verb: 'read', bindingId: id('b', 2), startedAt: 4_000 });
      stage.judge.onDnsCallEnded?.(sibling, outcome, 4_000);
      stage.promote({ epoch: 3 }, 5_000);
      stage.judge.onWriteApplied?.(applied({ epoch: 3, call: callOf({ startedAt: 6_000 }) }), 6_000);
      expect(stage.breaches).toHaveLength(outcome === 'ok' ? 1 : 0);
    }
  });
  it('asks nobody to know what a person deleted from the zone before anybody read it', () => {
    const stage = restored();
    stage.markedEpoch = 0;
    stage.fault({ kind: 'mark-deleted', side: 'person', poolId: pool }, 3_500);
    stage.promote({ epoch: 2 }, 5_000);
    stage.judge.onWriteApplied?.(applied({ epoch: 2, call: callOf({ startedAt: 6_000 }) }), 6_000);
    expect(stage.breaches).toEqual([]);
  });
});
