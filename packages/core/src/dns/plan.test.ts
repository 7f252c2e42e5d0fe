import { describe, expect, it } from 'vitest';
import type { InstanceId, PoolId, PromotionId } from '../ids.ts';
import { type PublishWish, planPublish } from './plan.ts';
import type { DnsName, Ipv4, Mark, RecordView } from './record.ts';

const zone = 'example.com' as DnsName;
const mine = {
  instance: '0123456789ab' as InstanceId,
  pool: 'p00000000001' as PoolId,
  epoch: 7,
  promotion: 'q00000000007' as PromotionId,
} satisfies Mark;
const { promotion: _, ...unnamed } = mine;
const view = (address: string | null, mark: RecordView['mark'], ttlSeconds = 60): RecordView => {
  return { rrset: address === null ? null : { addresses: [address], ttlSeconds }, mark, cname: false };
};
const ours = (epoch: number, pool = mine.pool) => ({ kind: 'ours' as const, mark: { ...mine, epoch, pool } });
const anothers = { kind: 'ours' as const, mark: { ...mine, promotion: 'q00000000099' as PromotionId } };
const foreign = { kind: 'foreign' as const, mark: { ...mine, instance: 'zzzzzzzzzzzz' as InstanceId } };
const unreadable = { kind: 'unreadable' as const, text: 'v=spf1 -all' };
const none = { kind: 'none' as const };
const [wished, other] = ['198.51.100.1', '198.51.100.2'];

function plan(read: RecordView, changes: Partial<PublishWish> = {}) {
  const address = wished as Ipv4;
  const ref = { zone, name: 'lb.example.com' as DnsName, type: 'A' as const };
  const members = [wished, other, '2001:db8::1'].map((one) => ({ address: one }));
  return planPublish({ ref, view: read, address, ttlSeconds: 60, ...mine, managed: true, members, ...changes });
}
const nothing = { kind: 'nothing' };
const replace = { kind: 'write' };
const refuse = (code: string) => ({ kind: 'refuse', code });

describe('planPublish follows its table', () => {
  it.each([
    ['as wished', view(wished, ours(7)), {}, nothing],
    ['another value', view(other, ours(6)), {}, replace],
    ['the value, an older epoch', view(wished, ours(6)), {}, replace],
    ['the value, another TTL', view(wished, ours(7), 300), {}, replace],
    ['absent', view(null, none), { managed: false }, replace],
    ['drifted to a stranger, mark still ours (R18)', view('203.0.113.9', ours(7)), {}, replace],
    ['mark lost', view(other, none), {}, replace],
    ['mark lost, value as wished', view(wished, none), {}, replace],
    ['no right to mark, value as wished', view(wished, none), { canMark: false }, nothing],
    ['no right to mark, another value', view(other, none), { canMark: false }, replace],
    ['never ours, no mark', view(other, none), { managed: false }, refuse('record_not_ours')],
    ['never ours, no mark, taken over', view(other, none), { managed: false, takeOver: true }, replace],
    ['never ours, but holds the address', view(wished, none), { managed: false }, replace],
    ['foreign mark', view(wished, foreign), {}, refuse('dns_foreign_mark')],
    ['foreign mark, taken over', view(wished, foreign), { takeOver: true }, replace],
    ['unreadable mark', view(wished, unreadable), {}, refuse('dns_foreign_mark')],
    ['mark of another pool of ours', view(other, ours(99, 'p00000000002' as PoolId)), {}, refuse('record_not_ours')],
    ['as wished, by an earlier version', view(wished, { kind: 'ours', mark: unnamed }), {}, nothing],
    ['another promotion’s same epoch (R25)', view(wished, anothers), {}, refuse('dns_epoch_superseded')],
    [
      'another promotion’s same epoch, taken over',
      view(other, anothers),
      { takeOver: true },
      refuse('dns_epoch_superseded'),
    ],
    ['a newer epoch (R16)', view(wished, ours(8)), {}, refuse('dns_epoch_superseded')],
    ['a newer epoch, taken over', view(wished, ours(8)), { takeOver: true }, refuse('dns_epoch_superseded')],
    ['CNAME', { ...view(null, none), cname: true }, { takeOver: true }, refuse('dns_cname_in_the_way')],
  ] as const)('%s', (_name, read, changes, expected) => {
    expect(plan(read, changes)).toMatchObject(expected);
  });

  it('conditions the write on what was read, and carries the epoch (R17, R18)', () => {
    const read = view(other, ours(6));
    expect(plan(read)).toMatchObject({
      request: { expected: read, next: { address: wished, ttlSeconds: 60 }, mark: mine },
    });
  });

  it('is idempotent: after the write there is nothing to do', () => {
    const planned = plan(view(other, ours(6)));
    if (planned.kind !== 'write' || !('next' in planned.request)) throw new Error('expected a write');
    const { next, mark } = planned.request;
    expect(plan(view(next.address, { kind: 'ours', mark }, next.ttlSeconds))).toEqual(nothing);
  });

  it('several addresses are replaced by one', () => {
    const read = { ...view(wished, ours(7)), rrset: { addresses: [wished, other], ttlSeconds: 60 } } as RecordView;
    expect(plan(read)).toMatchObject(replace);
  });

  it.each([
    ['proxied, and shall be', { proxied: true }, true, nothing],
    ['not proxied, and shall be', {}, true, replace],
    ['proxied, and shall not be', { proxied: true }, false, replace],
    ['proxied, and may be as it is', { proxied: true }, undefined, nothing],
  ] as const)('a record that is %s', (_name, seen, proxied, expected) => {
    const planned = plan({ ...view(wished, ours(7)), ...seen }, proxied === undefined ? {} : { proxied });
    expect(planned).toMatchObject(expected);
    if (planned.kind === 'write') expect(planned.request).toMatchObject({ next: { proxied } });
  });
});

describe('under a mark that stands for A and AAAA, which the other one may have brought (R18, R21)', () => {
  const stranger = '203.0.113.9';
  const two = { ...view(other, ours(6)), rrset: { addresses: [other, stranger], ttlSeconds: 60 } } as RecordView;
  const first = { sharesMark: true, managed: false };

  it.each([
    ['a stranger, never written by us', view(stranger, ours(7)), first, refuse('record_not_ours')],
    ['a stranger beside a member, never written by us', two, first, refuse('record_not_ours')],
    ['the same, taken over', view(stranger, ours(7)), { ...first, takeOver: true }, replace],
    ['a member’s, as from a write of ours whose reply was lost', view(other, ours(6)), first, replace],
    ['what is wished for', view(wished, ours(7)), first, nothing],
    ['none', view(null, ours(7)), first, replace],
    ['a stranger on a record that we wrote (R21)', view(stranger, ours(7)), { sharesMark: true }, replace],
    ['a stranger under a mark of the record’s own', view(stranger, ours(7)), { managed: false }, replace],
  ] as const)('%s', (_name, read, changes, expected) => {
    expect(plan(read, changes)).toMatchObject(expected);
  });

  it('a stranger’s AAAA is not withdrawn at our first write', () => {
    const ref = { zone, name: 'lb.example.com' as DnsName, type: 'AAAA' as const };
    const wish = { ...first, ref, address: null };
    expect(plan(view('2001:db8::9', ours(7)), wish)).toMatchObject(refuse('record_not_ours'));
    expect(plan(view('2001:db8::1', ours(7)), wish)).toMatchObject(replace);
  });
});

describe('an AAAA that may go by the pool’s setting (R20, `drop`)', () => {
  const ref = { zone, name: 'lb.example.com' as DnsName, type: 'AAAA' as const };
  const [held, stranger] = ['2001:db8::1', '2001:db8::9'];
  const without = { ref, address: null };

  it.each([
    ['there is one of ours', view(held, ours(6)), {}, replace],
    ['there is none, and no mark either', view(null, none), {}, nothing],
    ['there is none, under the mark of the A', view(null, ours(6)), {}, nothing],
    ['there is one that is not ours', view(stranger, none), { managed: false }, refuse('record_not_ours')],
    ['there is one of another control plane', view(stranger, foreign), {}, refuse('dns_foreign_mark')],
  ] as const)('%s', (_name, read, changes, expected) => {
    expect(plan(read, { ...without, ...changes })).toMatchObject(expected);
  });

  it('is a write of its own, which names no address', () => {
    const read = view(held, ours(6));
    expect(plan(read, without)).toEqual({ kind: 'write', request: { ref, expected: read, mark: mine } });
  });

  it('is never planned for an A, nor an address of the other family for either', () => {
    expect(() => plan(view(other, ours(6)), { address: null })).toThrow(expect.objectContaining({ code: 'internal' }));
    expect(() => plan(view(held, ours(6)), { ref })).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});
