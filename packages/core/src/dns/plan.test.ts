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
  return planPublish({ ref, view: read, address, ttlSeconds: 60, ...mine, managed: true, ...changes });
}
const nothing = { kind: 'nothing' };
const replace = { kind: 'replace' };
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
    if (planned.kind !== 'replace') throw new Error('expected a write');
    const { next, mark } = planned.request;
    expect(plan(view(next.address, { kind: 'ours', mark }, next.ttlSeconds))).toEqual(nothing);
  });

  it('several addresses are replaced by one', () => {
    const read = { ...view(wished, ours(7)), rrset: { addresses: [wished, other], ttlSeconds: 60 } } as RecordView;
    expect(plan(read)).toMatchObject(replace);
  });
});
