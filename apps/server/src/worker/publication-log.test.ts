import { AppError, type Ipv4, type PromotionId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { buildBinding } from '../../../../testkit/src/builders.ts';
import type { DesiredRecord, PublicationUpdate } from './ports.ts';
import { createPublicationLog } from './publication-log.ts';

const wish: DesiredRecord = {
  binding: buildBinding(),
  address: '203.0.113.1' as Ipv4,
  epoch: 3,
  promotionId: 'f00000000001' as PromotionId,
  pausedEpoch: null,
};
const elapsed: PublicationUpdate = {
  bindingId: wish.binding.id,
  state: 'published',
  epoch: 3,
  address: wish.address,
  error: null,
  servers: [],
  step: 'old-ttl-elapsed',
};

function open() {
  const stored: PublicationUpdate[] = [];
  const say = createPublicationLog({ record: (update) => void stored.push(update) }, { notify: () => {} });
  return { say, last: () => stored.at(-1) };
}

test('the old TTL that elapses after somebody set the record to another member does not cover the drift', () => {
  const { say, last } = open();
  say.acknowledged(wish, false);
  say.drifted(wish, 'somebody set it to another member');
  say.verified(elapsed);
  expect(last()).toMatchObject({ state: 'drift', step: 'old-ttl-elapsed' });
  say.settled(wish);
  expect(last()).toMatchObject({ state: 'published', error: null });
});

test('nor does it cover a provider that refuses, nor its words', () => {
  const { say, last } = open();
  say.troubled(wish, 'blocked', new AppError('dns_not_allowed'));
  say.verified(elapsed);
  expect(last()).toMatchObject({ state: 'blocked', error: { code: 'dns_not_allowed' } });
});
