import type { BindingId, Ipv6Policy, MemberId, RecordType } from '@serverctl/core';
import { expect, test } from 'vitest';
import { buildBinding, buildMember, buildPool, id } from '../../../../testkit/src/index.ts';
import type { PoolWithMembers } from './ports.ts';
import { asksForPass } from './publication-news.ts';

const [a, aaaa] = [id<BindingId>('b', 1), id<BindingId>('b', 2)] as const;

interface Now {
  readonly ipv6?: Ipv6Policy;
  readonly epoch?: number;
  readonly paused?: 'person' | null;
  readonly publishedEpoch?: number;
  readonly ttlSeconds?: number;
}

function row({ ipv6 = 'drop', epoch = 3, paused = null, publishedEpoch = 3, ttlSeconds = 60 }: Now = {}) {
  const binding = (bindingId: BindingId, type: RecordType) =>
    buildBinding({ id: bindingId, type, publishedEpoch, ttlSeconds });
  return {
    pool: buildPool({ epoch, ipv6, paused, activeMemberId: id<MemberId>('m', 1) }),
    members: [buildMember(1)],
    bindings: [binding(a, 'A'), binding(aaaa, 'AAAA')],
  } as unknown as PoolWithMembers;
}

test.each<[what: string, name: BindingId, before: Now, now: Now, asks: boolean]>([
  ['nothing new', a, {}, {}, false],
  ['an epoch behind', a, {}, { epoch: 2 }, true],
  ['a newer epoch, which is asked for elsewhere', a, {}, { epoch: 4, ttlSeconds: 30 }, false],
  ['another TTL', a, {}, { ttlSeconds: 30 }, true],
  ['paused', a, {}, { paused: 'person' }, false],
  ['not paused any more', a, { paused: 'person' }, {}, true],
  ['an A that was published for the first time, to its AAAA', aaaa, { publishedEpoch: 0 }, {}, true],
  ['an A that was published for the first time, to itself', a, { publishedEpoch: 0 }, {}, false],
  ['`drop` after `require`, to the AAAA that may go now', aaaa, { ipv6: 'require' }, {}, true],
  ['`drop` after `require`, to the A', a, { ipv6: 'require' }, {}, false],
])('%s', (_what, name, before, now, asks) => {
  expect(asksForPass(name, row(before), row(now))).toBe(asks);
});
