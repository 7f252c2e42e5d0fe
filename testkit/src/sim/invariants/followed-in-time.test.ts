import { describe, expect, it } from 'vitest';
import { address6Of } from '../../builders.ts';
import { addressIsFollowedInTime } from './followed-in-time.ts';
import { hostOf, member, name, type Stage, setStage } from './testing/stage.ts';
import { aaaa, addAaaa } from './testing/stage-binding.ts';

const elsewhere = { ipv4: '192.0.2.7', ipv6: '2001:db8:2::7' };
const none = { ipv4: null, ipv6: null };

/** The active member's agent declares other addresses than the records hold, and all is well until `to`. */
function declared(
  declares: { ipv4: string | null; ipv6: string | null },
  change: (stage: Stage) => void = () => {},
  to = 160_000,
) {
  const stage = setStage(addressIsFollowedInTime);
  addAaaa(stage, [1, 2]);
  stage.changePool({ dynamicDns: true });
  const active = stage.house.members.get(member(1));
  if (active !== undefined) stage.house.members.set(active.id, { ...active, publicIpv4: null, publicIpv6: null });
  stage.house.reportedIpv4.set(member(1), stage.held[0] ?? '');
  stage.house.reportedIpv6.set(member(1), address6Of(1));
  stage.hosts.set(member(1), hostOf(member(1), { declares }));
  stage.lead('r1', 1, 0);
  change(stage);
  run(stage, 0, to);
  return stage.breaches;
}

function run(stage: Stage, from: number, to: number): void {
  for (let at = from; at <= to; at += 1_000) {
    for (const number of [1, 2, 3]) stage.beat(number, at);
    stage.judge.onEvent?.(at, 0);
  }
}

const setBinding = ({ house }: Stage, change: object) => {
  const binding = house.bindings.get(name);
  if (binding !== undefined) house.bindings.set(name, { ...binding, ...change });
};

describe('L7: an address that the agent declares', () => {
  it.each([
    ['IPv4', { ...none, ipv4: elsewhere.ipv4 }],
    ['IPv6', { ...none, ipv6: elsewhere.ipv6 }],
  ])('of %s is seen when it is not followed within 135 s', (_name, declares) => {
    expect(declared(declares, () => {}, 130_000)).toEqual([]);
    expect(declared(declares).join()).toContain('does not follow');
  });

  it.each<[string, (stage: Stage) => void]>([
    ['dynamic DNS is off', (stage) => stage.changePool({ dynamicDns: false })],
    ['the pool is paused', (stage) => stage.changePool({ paused: 'person' })],
    ['no name has the family', ({ house }) => void house.bindings.delete(aaaa)],
    ['a name is left as a person set it', (stage) => setBinding(stage, { isLeft: true })],
    ['a name is not published yet', (stage) => setBinding(stage, { publishedEpoch: 0 })],
    ['the member is quarantined', ({ house }) => void house.quarantined.add(member(1))],
    ['something is wrong with its host', (stage) => stage.fault({ phase: 'begin', side: 'host' }, 0)],
    ['the control plane is in trouble', (stage) => stage.fault({ side: 'control-plane', memberId: null }, 0)],
    ['six were followed within the hour', follow],
    ['the clock was set', (stage) => stage.fault({ kind: 'database-clock-jumps', phase: 'end', momentary: true }, 0)],
    [
      'its host has just come up',
      ({ hosts }) => {
        const since = { powered: 100_000, agent: 100_000, haproxy: 100_000 };
        hosts.set(member(1), hostOf(member(1), { declares: { ...none, ipv6: elsewhere.ipv6 }, since }));
      },
    ],
  ])('waits when %s', (_name, change) => {
    expect(declared({ ...none, ipv6: elsewhere.ipv6 }, change)).toEqual([]);
  });

  it('that changes again begins anew', () => {
    const stage = (one: Stage) => {
      run(one, 0, 60_000);
      one.hosts.set(member(1), hostOf(member(1), { declares: { ...none, ipv4: '192.0.2.8' } }));
    };
    expect(declared({ ...none, ipv4: elsewhere.ipv4 }, stage, 61_000)).toEqual([]);
  });
});

function follow(stage: Stage): void {
  for (let epoch = 2; epoch <= 7; epoch += 1) {
    const { address, address6 } = stage.house.promotions.at(-1) ?? { address: null, address6: null };
    const kind = { kind: 'address', cause: 'address-changed' } as const;
    stage.promote({ ...kind, to: member(1), from: member(1), epoch, address, address6 }, 0);
  }
  for (const [id, binding] of stage.house.bindings) stage.house.bindings.set(id, { ...binding, publishedEpoch: 7 });
}
