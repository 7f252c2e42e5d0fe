import { describe, expect, it } from 'vitest';
import type { PublicationUpdate } from '../../../../apps/server/src/worker/ports.ts';
import { address6Of } from '../../builders.ts';
import type { KeptPromotion } from '../../memory-house.ts';
import { addressIsFollowed } from './followed-address.ts';
import { fullBucketLatches } from './latch.ts';
import { flappingIsLimited } from './promotion-limits.ts';
import { member, name, pool, type Stage, setStage } from './testing/stage.ts';
import { addAaaa, giveIpv6 } from './testing/stage-binding.ts';

const elsewhere = '192.0.2.7' as KeptPromotion['address'];

/** The active member beats, and its agent declares another address than the records hold. */
function moved(judged = addressIsFollowed): Stage {
  const stage = setStage(judged);
  stage.lead('r1', 1, 0);
  stage.beats([1, 2, 3], 1_000, 70_000);
  stage.changePool({ dynamicDns: true });
  declare(stage, 1, elsewhere);
  return stage;
}

function declare({ house }: Stage, number: number, address: string | null): void {
  const known = house.members.get(member(number));
  if (known !== undefined && address !== null) house.members.set(known.id, { ...known, publicIpv4: address });
}

const followed: Partial<KeptPromotion> = {
  kind: 'address',
  cause: 'address-changed',
  from: member(1),
  to: member(1),
  address: elsewhere,
  epoch: 2,
};

const left: Omit<PublicationUpdate, 'bindingId'> = {
  state: 'drift',
  epoch: 1,
  address: null,
  error: null,
  servers: [],
  step: null,
};

describe('I5: a promotion by dynamic DNS', () => {
  it('is right when the active member that is heard has another public address', () => {
    const stage = moved();
    stage.promote(followed, 70_000);
    expect(stage.breaches).toEqual([]);
  });

  it.each<[string, (stage: Stage) => Partial<KeptPromotion> | undefined, string]>([
    ['it is off', (stage) => void stage.changePool({ dynamicDns: false }), 'dynamic DNS is off'],
    ['the pool is paused (R13)', (stage) => void stage.changePool({ paused: 'person' }), 'is paused'],
    ['in quarantine (R35)', (stage) => void stage.house.quarantined.add(member(1)), 'is quarantined'],
    [
      'in maintenance (R13)',
      (stage) => void stage.house.memberMaintenance.set(member(1), { from: 0, until: 90_000 }),
      'is in maintenance',
    ],
    ['it moves to another member', () => ({ to: member(2) }), 'was active'],
    ['the address is another member’s (R20)', (stage) => void declare(stage, 2, elsewhere), 'alone'],
    ['the address is nobody’s (R20)', () => ({ address: '192.0.2.8' as KeptPromotion['address'] }), 'alone'],
    [
      'the address is private (R20)',
      (stage) => {
        declare(stage, 1, '10.0.0.7');
        return { address: '10.0.0.7' as KeptPromotion['address'] };
      },
      'not public',
    ],
    [
      'the records hold it already',
      (stage) => {
        const [first] = stage.house.promotions;
        declare(stage, 1, first?.address ?? null);
        return { address: first?.address ?? null };
      },
      'already',
    ],
  ])('is wrong when %s', (_name, change, words) => {
    const stage = moved();
    stage.promote({ ...followed, ...change(stage) }, 70_000);
    expect(stage.breaches.join()).toContain(words);
  });

  it.each<[string, string | null, string]>([
    ['is right for another IPv6 address, too', '2001:db8:2::7', ''],
    ['is wrong for one that is not public (R20)', 'fd00::7', 'not public'],
    ['is wrong for another member’s (R20)', address6Of(2), 'alone'],
    ['is wrong when the AAAA would go', null, 'not public'],
  ])('%s', (_name, address6, words) => {
    const stage = moved();
    addAaaa(stage, [1, 2]);
    giveIpv6(stage, 1, address6);
    stage.promote({ ...followed, address6: address6 as KeptPromotion['address6'] }, 70_000);
    if (words === '') expect(stage.breaches).toEqual([]);
    else expect(stage.breaches.join()).toContain(words);
  });

  it.each([
    ['long since', 50_000, 1],
    ['just now, which the loop cannot know', 69_000, 0],
  ])('is wrong when a name was left as a person set it (R21) %s', (_name, leftAt, breaches) => {
    const stage = moved();
    const [binding] = stage.house.bindings.values();
    if (binding !== undefined) stage.house.bindings.set(binding.id, { ...binding, isLeft: true });
    stage.judge.onPublication?.({ ...left, bindingId: binding?.id ?? name }, 'r1', leftAt);
    stage.promote(followed, 70_000);
    expect(stage.breaches).toHaveLength(breaches);
  });

  it('is wrong of a member that is not heard (R7)', () => {
    const stage = moved();
    stage.promote(followed, 90_000);
    expect(stage.breaches.join()).toContain('was heard');
  });

  it('is made once a minute, and six times an hour', () => {
    const stage = moved();
    const follow = (number: number, at: number) => {
      const address = `192.0.2.${number}` as KeptPromotion['address'];
      declare(stage, 1, address);
      stage.beat(1, at - 100);
      stage.promote({ ...followed, address, epoch: 1 + number }, at);
    };
    for (let number = 1; number <= 6; number += 1) follow(number, 70_000 + 60_000 * number);
    expect(stage.breaches).toEqual([]);
    follow(7, 490_000 + 59_000);
    expect(stage.breaches.map((words) => words.replace(/.*: /, ''))).toEqual(['6 came before it within 60 min.']);
    follow(8, 490_000 + 61_000);
    expect(stage.breaches.join()).toContain('1 came before it within 1 min.');
  });

  it.each([
    ['address', 0],
    ['failover', 1],
  ] as const)(
    'is no move of a pool whose bucket was found full (R11), as it is for one of kind %s',
    (kind, breaches) => {
      const stage = moved(fullBucketLatches);
      const held = { kind: 'refuse', because: 'held', trouble: 'heartbeat-lost' } as const;
      // The judge looks at no more of a kept decision.
      const found = { poolId: pool, decision: held, evidence: { pool: { held: false } } } as never;
      stage.judge.onDecision?.(found, 'r1', 60_000);
      stage.promote({ ...followed, kind }, 70_000);
      expect(stage.breaches).toHaveLength(breaches);
    },
  );

  it('begins no 10 s for the move after it', () => {
    const stage = moved(flappingIsLimited);
    stage.promote({ ...followed, epoch: 2 }, 70_000);
    stage.promote({ epoch: 3 }, 71_000);
    expect(stage.breaches).toEqual([]);
  });
});
