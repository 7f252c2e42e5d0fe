import type { DnsName } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { bothFamiliesKind, drawBothFamilies } from './families.ts';
import { createStreams } from './random.ts';
import { drawSpec } from './spec.ts';
import { createSimWorld } from './world.ts';
import { WorldClock } from './world-clock.ts';
import { recordKey, Zone } from './zone.ts';

const drawn = (seed: number, wished?: boolean) => {
  const stream = createStreams(seed);
  const plain = drawSpec(stream('spec'), stream('together'));
  return { plain, spec: drawBothFamilies(plain, stream('aaaa'), wished) };
};
const seeds = Array.from({ length: 200 }, (_, index) => index + 1);

describe('records of both families', () => {
  test('are in a share of the worlds; the others stay as they were drawn', () => {
    const worlds = seeds.map((seed) => drawn(seed));
    const share = worlds.filter(({ spec }) => spec.bothFamilies).length / seeds.length;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.3);
    for (const { plain, spec } of worlds) if (!spec.bothFamilies) expect(spec).toBe(plain);
    expect(drawn(1, false).spec.bothFamilies).toBe(false);
  });

  test('stand beside an A or alone, with both settings, before members of both kinds', () => {
    const pools = seeds.slice(0, 20).flatMap((seed) => drawn(seed, true).spec.pools);
    const members = seeds.slice(0, 20).flatMap((seed) => drawn(seed, true).spec.members);
    expect(new Set(pools.map(({ ipv6 }) => ipv6))).toEqual(new Set(['drop', 'require']));
    expect(new Set(members.map(({ hasIpv6 }) => hasIpv6))).toEqual(new Set([true, false]));
    const kinds = pools.flatMap(({ bindings }) => {
      const names = Map.groupBy(bindings, ({ name }) => name);
      return [...names.values()].map((records) => records.map(({ type }) => type).join());
    });
    expect(new Set(kinds)).toEqual(new Set(['A', 'A,AAAA', 'AAAA']));
    const ids = pools.map(({ bindings }) => bindings.map(({ id }) => id));
    for (const own of ids) expect(new Set(own).size).toBe(own.length);
  });

  test('are published at the begin, and each pool’s first member has an address for them', async () => {
    const { truth } = await createSimWorld({ seed: 5, minutes: 4, only: [bothFamiliesKind] });
    const aaaa = truth.bindings.filter(({ type }) => type === 'AAAA');
    expect(aaaa.length).toBeGreaterThan(0);
    for (const { view, answers } of aaaa) {
      expect(view.rrset?.addresses).toHaveLength(1);
      expect(answers.map((one) => one.join())).toEqual(answers.map(() => view.rrset?.addresses.join()));
    }
  });
});

describe('a zone', () => {
  const name = 'lb.example' as DnsName;
  const held = (type: 'A' | 'AAAA', text: string) =>
    [recordKey({ name, type }), { addresses: [type], ttlSeconds: 60, text }] as const;

  test.each([
    [true, 'two'],
    [false, 'one'],
  ])('where both records share a mark (%s) shows for the other one %j when one is written', (shares, text) => {
    const zone = new Zone(new WorldClock(), [], shares);
    zone.put(...held('A', 'one'));
    zone.put(...held('AAAA', 'two'));
    expect(zone.get(recordKey({ name, type: 'A' }))).toMatchObject({ addresses: ['A'], text });
    expect(zone.siblingOf(recordKey({ name, type: 'A' }))).toBe(shares ? recordKey({ name, type: 'AAAA' }) : null);
  });
});
