import { describe, expect, it } from 'vitest';
import { memberId, poolId } from '../../testing/evidence.ts';
import type { InstanceId, PoolId, PromotionId } from '../ids.ts';
import { classifyDrift } from './drift.ts';
import type { Ipv4, RecordView } from './record.ts';

const promotion = 'q00000000007' as PromotionId;
const mark = { instance: '0123456789ab' as InstanceId, pool: poolId, epoch: 7, promotion };
const ours = { kind: 'ours' as const, mark };
const older = { kind: 'ours' as const, mark: { ...mark, epoch: 6 } };
const none = { kind: 'none' as const };
const view = (addresses: readonly string[], of: RecordView['mark']): RecordView => {
  return { rrset: addresses.length === 0 ? null : { addresses, ttlSeconds: 60 }, mark: of, cname: false };
};
const [desired, standby, stranger] = ['198.51.100.1', '198.51.100.2', '203.0.113.9'];

describe('classifyDrift (R21)', () => {
  it.each([
    ['as desired', view([desired], ours), {}, { kind: 'none' }],
    ['mark gone', view([desired], none), {}, { kind: 'mark-missing', action: 'repair' }],
    ['mark gone, no right to write one', view([desired], none), { canMark: false }, { kind: 'none' }],
    ['another member', view([standby], ours), {}, { kind: 'other-member', action: 'ask', memberId: memberId(2) }],
    ['a stranger', view([stranger], ours), {}, { kind: 'not-a-member', action: 'repair', addresses: [stranger] }],
    [
      'two addresses',
      view([desired, standby], ours),
      {},
      { kind: 'not-a-member', action: 'repair', addresses: [desired, standby] },
    ],
    ['missing', view([], ours), {}, { kind: 'missing', action: 'repair' }],
    [
      'a newer epoch',
      view([desired], { kind: 'ours', mark: { ...mark, epoch: 8 } }),
      {},
      { kind: 'newer-epoch', action: 'pause', seen: 8 },
    ],
    [
      'the same epoch of another promotion',
      view([desired], { kind: 'ours', mark: { ...mark, promotion: 'q00000000099' as PromotionId } }),
      {},
      { kind: 'newer-epoch', action: 'pause', seen: 7 },
    ],
    ['foreign mark', view([desired], { kind: 'foreign', mark }), {}, { kind: 'foreign-mark', action: 'pause' }],
    [
      'mark of another pool',
      view([desired], { kind: 'ours', mark: { ...mark, pool: 'x' as PoolId } }),
      {},
      { kind: 'foreign-mark', action: 'pause' },
    ],
    [
      'unreadable mark',
      view([desired], { kind: 'unreadable', text: '' }),
      {},
      { kind: 'foreign-mark', action: 'pause' },
    ],
    [
      'a newer epoch of another pool is that pool’s, not ours',
      view([desired], { kind: 'ours', mark: { ...mark, pool: 'x' as PoolId, epoch: 99 } }),
      {},
      { kind: 'foreign-mark', action: 'pause' },
    ],
    ['another member under an older mark', view([standby], older), {}, { kind: 'older-epoch', action: 'repair' }],
    ['as desired under an older mark', view([desired], older), {}, { kind: 'older-epoch', action: 'repair' }],
    [
      'a stranger under an older mark',
      view([stranger], older),
      {},
      { kind: 'not-a-member', action: 'repair', addresses: [stranger] },
    ],
    [
      'another member without a mark',
      view([standby], none),
      {},
      { kind: 'other-member', action: 'ask', memberId: memberId(2) },
    ],
    [
      'another member, no right to mark',
      view([standby], none),
      { canMark: false },
      { kind: 'other-member', action: 'ask', memberId: memberId(2) },
    ],
    ['missing, mark gone too', view([], none), {}, { kind: 'missing', action: 'repair' }],
    ['CNAME', { ...view([], none), cname: true }, {}, { kind: 'cname', action: 'block' }],
    [
      'CNAME beside a foreign mark',
      { ...view([], { kind: 'foreign', mark }), cname: true },
      {},
      { kind: 'cname', action: 'block' },
    ],
    ['no record, and none is desired (R20)', view([], ours), { address: null }, { kind: 'none' }],
    [
      'a member’s record, and none is desired (R20)',
      view([standby], ours),
      { address: null },
      { kind: 'not-withdrawn', action: 'repair', addresses: [standby] },
    ],
    ['the desired address that is no member’s any more', view([desired], ours), { members: [] }, { kind: 'none' }],
  ] as const)('%s', (_name, read, changes, expected) => {
    const members = [
      { id: memberId(1), address: desired },
      { id: memberId(2), address: standby },
    ];
    const input = { view: read, address: desired as Ipv4, pool: poolId, epoch: 7, promotion, members, ...changes };
    expect(classifyDrift(input)).toEqual(expected);
  });
});
