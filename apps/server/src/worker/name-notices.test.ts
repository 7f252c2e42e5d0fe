import type { Ipv6, PromotionId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { buildBinding } from '../../../../testkit/src/builders.ts';
import type { Notice } from './ports.ts';
import { noticesAfter } from './testing/name-notices.ts';

test('of a name with A and AAAA it is told which of the two is meant: the A goes without saying', () => {
  const told: string[] = [];
  const basis = { epoch: 3, promotionId: 'f00000000001' as PromotionId, pausedEpoch: null };
  const [a, aaaa] = [buildBinding(), buildBinding({ type: 'AAAA' })];
  const notices = noticesAfter(a.id, [], { notify: ({ sentence }: Notice) => void told.push(sentence) });
  for (const binding of [a, aaaa])
    notices.tell({ ...basis, binding, address: '2001:db8::1' as Ipv6 }, 'dns.blocked', 'is refused.');
  expect(told).toEqual([`${a.name}: is refused.`, `${a.name} (AAAA): is refused.`]);
});
