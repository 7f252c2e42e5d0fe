import { describe, expect, it } from 'vitest';
import { aMember, anEvidence, lost, memberId, poolId } from '../../testing/evidence.ts';
import type { DnsName, RecordType, RecordView } from '../dns/record.ts';
import { addressNeeds } from './addresses.ts';
import type { AddressNeeds, MemberEvidence } from './evidence.ts';
import { proposeFirstPublish } from './first-publish.ts';
import { judge } from './judge-pool.ts';
import { judgeSwitchover } from './manual.ts';
import { explainWhy } from './why.ts';

const both = { ipv4: true, ipv6: 'needed' } as const;
const wanted = { ipv4: true, ipv6: 'wanted' } as const;
const onlyIpv6 = { ipv4: false, ipv6: 'needed' } as const;

describe('addressNeeds follows its table (R20)', () => {
  const a = { name: 'lb.example.com', type: 'A' } as const;
  const aaaa = { ...a, type: 'AAAA' } as const;
  const other = { name: 'six.example.com', type: 'AAAA' } as const;
  it.each([
    ['none yet', [], 'drop', { ipv4: true, ipv6: 'none' }],
    ['A alone', [a], 'require', { ipv4: true, ipv6: 'none' }],
    ['AAAA alone', [aaaa], 'drop', onlyIpv6],
    ['AAAA beside A, drop', [aaaa, a], 'drop', wanted],
    ['AAAA beside A, require', [a, aaaa], 'require', both],
    ['AAAA beside A, and another AAAA alone', [a, aaaa, other], 'drop', both],
  ] as const)('%s', (_name, names, policy, needs) => expect(addressNeeds(names, policy)).toEqual(needs));
});

describe('a standby without an address', () => {
  const reasonsOf = (needs: AddressNeeds | undefined, changes: Partial<MemberEvidence>) => {
    const evidence = anEvidence({ members: [aMember(1), aMember(2, changes)], ...(needs !== undefined && { needs }) });
    return judge(evidence).standings.find((one) => one.memberId === memberId(2))?.reasons;
  };
  const six = { publicIpv4: null, publicIpv6: '2001:db8::2' };

  it.each([
    ['evidence of before, no IPv4', undefined, six, [{ because: 'no-address' }]],
    ['evidence of before, no IPv6', undefined, {}, []],
    ['AAAA-only names, no IPv4', onlyIpv6, six, []],
    ['AAAA-only names, no IPv6', onlyIpv6, {}, [{ because: 'no-ipv6-address' }]],
    ['drop, no IPv6', wanted, { publicIpv6: null }, []],
    ['drop, no IPv4', wanted, six, [{ because: 'no-address' }]],
    ['require, no IPv6', both, { publicIpv6: null }, [{ because: 'no-ipv6-address' }]],
    ['require, neither', both, { publicIpv4: null }, [{ because: 'no-address' }, { because: 'no-ipv6-address' }]],
  ] as const)('%s', (_name, needs, changes, reasons) => expect(reasonsOf(needs, changes)).toEqual(reasons));
});

describe('a promotion says that the AAAA goes (R20, drop)', () => {
  const members = [aMember(1, lost), aMember(2), aMember(3, { publicIpv6: '2001:db8::3' })];
  const text = 'lb2 has no IPv6 address: its AAAA goes';

  it('of itself', () => {
    expect(judge(anEvidence({ members, needs: wanted })).sentence).toContain(`; ${text}.`);
    expect(judge(anEvidence({ members })).sentence).not.toContain('AAAA');
    const withSix = [aMember(1, lost), aMember(2, { publicIpv6: '2001:db8::2' })];
    expect(judge(anEvidence({ members: withSix, needs: wanted })).sentence).not.toContain('AAAA');
  });

  it('by a person, and where it is required another code refuses it', () => {
    const plainly = { confirmNotReady: true };
    const of = (needs: AddressNeeds, to: number) =>
      judgeSwitchover(anEvidence({ members, needs }), memberId(to), plainly);
    expect(of(wanted, 2)).toMatchObject({ kind: 'ok', sentence: expect.stringContaining(`${text}.`) });
    expect(of(wanted, 2)).toMatchObject({ made: expect.stringContaining(' lb2 had no IPv6 address: its AAAA went.') });
    expect(of(wanted, 3)).toMatchObject({ sentence: expect.not.stringContaining('AAAA') });
    expect(of(both, 2)).toEqual({
      kind: 'refuse',
      code: 'target_has_no_aaaa',
      details: { member: 'lb2.example.com' },
    });
    expect(of(both, 3)).toMatchObject({ kind: 'ok' });
  });

  it('and require takes the one that has one', () => {
    expect(judge(anEvidence({ members, needs: both })).decision).toMatchObject({ kind: 'promote', to: memberId(3) });
  });

  it('`why` names what the names need, where that is more than IPv4 (R14)', () => {
    const needed = (needs?: AddressNeeds) =>
      explainWhy(anEvidence({ members, ...(needs !== undefined && { needs }) })).inputs.find(
        ({ name }) => name === 'addresses needed',
      )?.value;
    expect(needed()).toBeUndefined();
    expect(needed(both)).toBe('IPv4 and IPv6');
    expect(needed(onlyIpv6)).toBe('IPv6');
    expect(needed(wanted)).toBe('IPv4 and IPv6 if the member has one, else the AAAA goes');
    const { others } = explainWhy(anEvidence({ members, needs: both }));
    expect(others.find(({ memberId: id }) => id === memberId(2))?.because).toContain('no public IPv6 address');
  });
});

describe('a first publish of both types', () => {
  const name = 'lb.example.com' as DnsName;
  const members = [1, 2].map((number) => aMember(number, { publicIpv6: `2001:db8::${number}` }));
  const view = (address: string | null): RecordView => ({
    rrset: address === null ? null : { addresses: [address], ttlSeconds: 60 },
    mark: { kind: 'ours', mark: { instance: 'instance0001' as never, pool: poolId, epoch: 3 } },
    cname: false,
  });
  const propose = (a: string | null, aaaa: string | null, takeOver = false) => {
    const bound = (type: RecordType, address: string | null) => ({ name, type, view: view(address) });
    const { standings } = judge(anEvidence({ members }));
    const views = [bound('AAAA', aaaa), bound('A', a)];
    return proposeFirstPublish({ pool: poolId, members, standings, views, takeOver });
  };

  it('names one member with both', () =>
    expect(propose('198.51.100.2', '2001:db8::2')).toMatchObject({ kind: 'propose', memberId: memberId(2) }));
  it('names one with the A, or with the AAAA, alone', () => {
    expect(propose('198.51.100.2', null)).toMatchObject({ kind: 'propose', memberId: memberId(2) });
    expect(propose(null, '2001:db8::2')).toMatchObject({ kind: 'propose', memberId: memberId(2) });
  });
  it('shows an AAAA of another member, and with a yes the A decides', () => {
    expect(propose('198.51.100.2', '2001:db8::1')).toMatchObject({ kind: 'shown', because: 'names-disagree' });
    expect(propose('198.51.100.2', '2001:db8::1', true)).toMatchObject({ kind: 'propose', memberId: memberId(2) });
  });
  it('shows an AAAA that is no member’s, whatever mark stands where both types share its place', () => {
    const shown = { kind: 'shown', because: 'foreign-address', type: 'AAAA', canTakeOver: true };
    expect(propose('198.51.100.2', '2001:db8::99')).toMatchObject(shown);
    expect(propose('198.51.100.2', '2001:db8::99', true)).toMatchObject({ kind: 'propose', memberId: memberId(2) });
  });
});
