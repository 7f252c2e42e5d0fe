import { describe, expect, it } from 'vitest';
import { address6Of, addressOf } from '../../builders.ts';
import type { KeptPromotion } from '../../memory-house.ts';
import { familiesNameOneMember, promotionGivesItsTargets } from './both-families.ts';
import { recordFollowsHealth } from './bounded-staleness.ts';
import { recordConverges } from './convergence.ts';
import { desiredOf, neededFamilies } from './families.ts';
import type { Invariant } from './invariant.ts';
import { personsEditStands } from './persons-word.ts';
import { recordNamesOneMember } from './record.ts';
import { callOf, member, name, pool, type Stage, setStage } from './testing/stage.ts';
import { aaaa, addAaaa, giveIpv6 } from './testing/stage-binding.ts';

/** A name with A and AAAA, published; members 1 and 2 have an IPv6 address, 3 has none. */
function begin(invariant: Invariant): Stage {
  const stage = setStage(invariant);
  addAaaa(stage, [1, 2]);
  return stage;
}

const toThird: Partial<KeptPromotion> = { to: member(3), address: addressOf(3), address6: null, epoch: 2 };
const toSecond: Partial<KeptPromotion> = { address6: address6Of(2), epoch: 2 };

const write = (stage: Stage, address: string | null, change: { bindingId?: typeof name; epoch?: number } = {}) => {
  const call = callOf({ bindingId: aaaa, epoch: 2, address, ...change });
  stage.judge.onDnsCallStarted?.(call, 1_000);
  const { bindingId, poolId, epoch } = call;
  const before = { flavour: 'plain', epochBefore: 1, addressesBefore: [], late: false, knownEpoch: null } as const;
  stage.judge.onWriteApplied?.({ call, epoch: epoch ?? 0, address, ...before }, 1_050);
  const addresses = address === null ? [] : [address];
  stage.judge.onRecordChanged?.({ bindingId, poolId, by: 'us', addresses }, 1_050);
};

describe('I3: what is written to a record', () => {
  it('is right for an address of its own family, and for an AAAA that goes by `drop`', () => {
    const stage = begin(recordNamesOneMember);
    write(stage, address6Of(2), { epoch: 1 });
    write(stage, addressOf(3), { bindingId: name, epoch: 1 });
    stage.promote(toThird, 500);
    write(stage, null);
    write(stage, address6Of(2));
    expect(stage.breaches).toEqual([]);
  });

  it('is wrong for an address of the other family, or of nobody', () => {
    const stage = begin(recordNamesOneMember);
    write(stage, addressOf(2), { epoch: 1 });
    write(stage, address6Of(9), { epoch: 1 });
    expect(stage.breaches).toHaveLength(2);
  });

  it.each<[string, (stage: Stage) => void, typeof name]>([
    ['an A goes', () => {}, name],
    ['the setting is `require`', (stage) => stage.changePool({ ipv6: 'require' }), aaaa],
    ['the name has no A', ({ house }) => void house.bindings.delete(name), aaaa],
    [
      'the promotion has an address for it',
      ({ house }) => void house.promotions.splice(-1, 1, { ...present(house), address6: address6Of(2) }),
      aaaa,
    ],
  ])('is wrong when %s', (_name, change, bindingId) => {
    const stage = begin(recordNamesOneMember);
    stage.promote(toThird, 500);
    change(stage);
    write(stage, null, { bindingId });
    expect(stage.breaches.join()).toContain('which is to stay');
  });

  it('is wrong when a withdrawn one is left with an address, or another one without', () => {
    const stage = begin(recordNamesOneMember);
    stage.promote(toThird, 500);
    write(stage, null);
    const change = { bindingId: aaaa, poolId: pool, by: 'us' } as const;
    stage.judge.onRecordChanged?.({ ...change, addresses: [address6Of(2)] }, 2_000);
    stage.judge.onRecordChanged?.({ ...change, bindingId: name, addresses: [] }, 2_000);
    expect(stage.breaches).toHaveLength(2);
  });
});

function present({ promotions }: Stage['house']): KeptPromotion {
  const last = promotions.at(-1);
  if (last === undefined) throw new Error('there is no promotion');
  return last;
}

describe('I5: the addresses of a promotion', () => {
  const promoted = (change: Partial<KeptPromotion>, prepare: (stage: Stage) => void = () => {}) => {
    const stage = begin(promotionGivesItsTargets);
    prepare(stage);
    stage.promote(change, 1_000);
    return stage.breaches.join();
  };
  it('are right when they are both the target’s, and when it lacks one that may go', () => {
    expect(promoted(toSecond)).toBe('');
    expect(promoted(toThird)).toBe('');
  });
  it('are wrong when one is another member’s, or left out', () => {
    expect(promoted({ ...toSecond, address6: address6Of(1) })).toContain('its AAAA is');
    expect(promoted({ ...toSecond, address6: null })).toContain('its AAAA is none');
    expect(promoted({ ...toSecond, address: addressOf(1) })).toContain('its A is');
  });
  it('are wrong when the names need one that the target has not', () => {
    expect(promoted(toThird, (stage) => stage.changePool({ ipv6: 'require' }))).toContain('is needed');
    expect(promoted(toThird, ({ house }) => void house.bindings.delete(name))).toContain('is needed');
  });
});

describe('I3: when all is quiet', () => {
  const ended = (heldIpv6: readonly string[], byHand = false) => {
    const stage = begin(familiesNameOneMember);
    stage.promote(toSecond, 1_000);
    stage.held = [addressOf(2)];
    stage.heldIpv6 = heldIpv6;
    if (byHand)
      stage.judge.onRecordChanged?.({ bindingId: aaaa, poolId: pool, by: 'person', addresses: heldIpv6 }, 2_000);
    stage.healedAt = 3_000;
    stage.judge.onEnd?.(100_000);
    return stage.breaches;
  };
  it('both records lead to one member, or one of them is not there', () => {
    expect(ended([address6Of(2)])).toEqual([]);
    expect(ended([])).toEqual([]);
  });
  it('two members are seen, unless a person set one', () => {
    expect(ended([address6Of(1)])).toHaveLength(1);
    expect(ended([address6Of(1)], true)).toEqual([]);
  });
});

describe('what is desired', () => {
  it('is a withdrawal by `drop` alone, where the A was published', () => {
    const stage = begin(recordConverges);
    stage.promote(toThird, 1_000);
    const desired = () => desiredOf({ house: stage.house } as never, aaaa); // it looks at the tables alone
    expect(desired()).toEqual([]);
    stage.changePool({ ipv6: 'require' });
    expect([desired(), neededFamilies(stage.house, { id: pool, ipv6: 'require' })]).toEqual([null, ['A', 'AAAA']]);
  });

  it('is held to 35 s for the AAAA as for the A (L2), and to 2 s after a failover (B1)', () => {
    for (const [judged, at] of [
      [recordConverges, 90_000],
      [recordFollowsHealth, 73_000],
    ] as const) {
      const stage = begin(judged);
      stage.lead('r1', 1, 0);
      stage.promote(toThird, 70_000 - (judged === recordConverges ? 30_000 : 0));
      stage.held = [addressOf(3)];
      stage.judge.onEvent?.(at, 0);
      expect(stage.breaches, judged.id).toHaveLength(1);
      stage.heldIpv6 = [];
      stage.judge.onEvent?.(at + 1_500, 0);
      expect(stage.breaches).toHaveLength(1);
    }
  });

  it('is no person’s word where the AAAA was withdrawn (R21)', () => {
    for (const [target, breaches] of [
      [toSecond, 1],
      [toThird, 0],
    ] as const) {
      const stage = begin(personsEditStands);
      stage.promote(target, 1_000);
      const published = stage.house.bindings.get(aaaa);
      if (published !== undefined) stage.house.bindings.set(aaaa, { ...published, publishedEpoch: 2 });
      giveIpv6(stage, 1, address6Of(1));
      const edit = { bindingId: aaaa, poolId: pool, by: 'person', addresses: [address6Of(1)] } as const;
      stage.judge.onRecordChanged?.(edit, 2_000);
      const call = callOf({ bindingId: aaaa, epoch: 2, startedAt: 3_000, address: null });
      const before = { flavour: 'plain', epochBefore: 2, addressesBefore: [], late: false, knownEpoch: null } as const;
      stage.judge.onWriteApplied?.({ call, epoch: 2, address: null, ...before }, 3_000);
      expect(stage.breaches).toHaveLength(breaches);
    }
  });
});
