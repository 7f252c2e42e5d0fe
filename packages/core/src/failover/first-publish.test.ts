import { describe, expect, it } from 'vitest';
import { aMember, anEvidence, aPool, haproxyDown, memberId, poolId } from '../../testing/evidence.ts';
import type { DnsName, RecordView } from '../dns/record.ts';
import type { InstanceId, PoolId } from '../ids.ts';
import type { MemberEvidence } from './evidence.ts';
import { proposeFirstPublish } from './first-publish.ts';
import { judge } from './judge-pool.ts';

const name = 'lb.example.com' as DnsName;
const mark = { instance: 'instance0001' as InstanceId, pool: poolId, epoch: 3 };
const holds = (...addresses: readonly string[]): RecordView => {
  return { rrset: { addresses, ttlSeconds: 60 }, mark: { kind: 'none' }, cname: false };
};
const absent: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };
const cname: RecordView = { ...absent, cname: true };
const foreign: RecordView = { ...holds('198.51.100.2'), mark: { kind: 'foreign', mark } };
const otherPools: RecordView = {
  ...holds('198.51.100.2'),
  mark: { kind: 'ours', mark: { ...mark, pool: 'pool00000002' as PoolId } },
};
const thisPools: RecordView = { ...holds('198.51.100.2'), mark: { kind: 'ours', mark } };
const unreadable: RecordView = { ...absent, mark: { kind: 'unreadable', text: 'hello' } };

function propose(
  views: readonly RecordView[],
  takeOver?: boolean,
  members: readonly MemberEvidence[] = [aMember(1), aMember(2)],
) {
  const { standings } = judge(anEvidence({ members, pool: aPool({ activeMemberId: null, epoch: 0 }) }));
  const bound = views.map((view) => ({ name, type: 'A' as const, view }));
  return proposeFirstPublish({
    pool: poolId,
    members,
    standings,
    views: bound,
    ...(takeOver === undefined ? {} : { takeOver }),
  });
}

describe('proposeFirstPublish follows its table', () => {
  it.each([
    [
      'names a member',
      [holds('198.51.100.2')],
      undefined,
      { kind: 'propose', memberId: memberId(2), because: 'record-names-member' },
    ],
    ['absent', [absent], undefined, { kind: 'propose', memberId: memberId(1), because: 'record-absent', ready: true }],
    ['empty rrset', [holds()], undefined, { kind: 'propose', because: 'record-absent' }],
    [
      'one names a member, one is absent',
      [absent, holds('198.51.100.2')],
      undefined,
      { kind: 'propose', memberId: memberId(2) },
    ],
    [
      'foreign address',
      [holds('203.0.113.1')],
      undefined,
      { kind: 'shown', because: 'foreign-address', canTakeOver: true },
    ],
    [
      'foreign address, taken over',
      [holds('203.0.113.1')],
      true,
      { kind: 'propose', memberId: memberId(1), because: 'taken-over' },
    ],
    [
      'several addresses',
      [holds('198.51.100.1', '198.51.100.2')],
      undefined,
      { kind: 'shown', because: 'several-addresses' },
    ],
    ['CNAME', [cname], undefined, { kind: 'shown', because: 'cname', canTakeOver: false }],
    ['CNAME, taken over', [cname], true, { kind: 'shown', because: 'cname' }],
    ['foreign mark', [foreign], undefined, { kind: 'shown', because: 'foreign-mark', canTakeOver: true }],
    ['foreign mark, taken over', [foreign], true, { kind: 'propose' }],
    ['unreadable mark', [unreadable], undefined, { kind: 'shown', because: 'foreign-mark' }],
    [
      'mark of another pool of ours, though the address is a member’s',
      [otherPools],
      undefined,
      { kind: 'shown', because: 'other-pools-mark', canTakeOver: true },
    ],
    ['mark of another pool of ours, taken over', [otherPools], true, { kind: 'propose', because: 'taken-over' }],
    ['mark of this pool', [thisPools], undefined, { kind: 'propose', because: 'record-names-member' }],
    [
      'names disagree',
      [holds('198.51.100.1'), holds('198.51.100.2')],
      undefined,
      { kind: 'shown', because: 'names-disagree' },
    ],
    [
      'names disagree, taken over',
      [holds('198.51.100.1'), holds('198.51.100.2')],
      true,
      { kind: 'propose', because: 'taken-over' },
    ],
    ['no name', [], undefined, { kind: 'nothing', because: 'no-name' }],
  ] as const)('%s', (_name, views, takeOver, expected) => {
    const proposed = propose(views, takeOver);
    expect(proposed).toMatchObject(expected);
    expect(proposed.sentence).toMatch(/\.$/);
  });

  it('names the pool of ours whose mark stands in the way', () => {
    expect(propose([otherPools]).sentence).toContain('pool00000002');
  });

  it('proposes nobody when nobody is ready and no record names one', () => {
    expect(propose([absent], undefined, [aMember(1, haproxyDown)])).toMatchObject({
      kind: 'nothing',
      because: 'no-ready-member',
    });
  });

  it('proposes a named member that is not ready, and says so', () => {
    const proposed = propose([holds('198.51.100.1')], undefined, [aMember(1, haproxyDown)]);
    expect(proposed).toMatchObject({ kind: 'propose', ready: false });
    expect(proposed.sentence).toContain('Its HAProxy is inactive.');
  });
});
