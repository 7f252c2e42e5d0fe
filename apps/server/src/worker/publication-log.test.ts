import { AppError, type Ipv4, type PromotionId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { buildBinding } from '../../../../testkit/src/builders.ts';
import type { DesiredRecord, Notice, PublicationUpdate } from './ports.ts';
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
  const told: string[] = [];
  const notifier = { notify: ({ kind }: Notice) => void told.push(kind) };
  const say = createPublicationLog({ record: (update) => void stored.push(update) }, notifier);
  return { say, told, last: () => stored.at(-1) };
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

test('nor does it cover the pause of the pool', () => {
  const { say, last } = open();
  say.paused(wish, new AppError('dns_foreign_mark'));
  say.verified(elapsed);
  expect(last()).toMatchObject({ state: 'blocked', error: { code: 'dns_foreign_mark' } });
});

test('a provider that refuses after the pool was paused and resumed is told, once, and its end', () => {
  const { say, told } = open();
  const next = { ...wish, epoch: 4 };
  say.paused(wish, new AppError('dns_foreign_mark'));
  expect(told).toEqual([]);
  say.publishing(next);
  say.troubled(next, 'blocked', new AppError('dns_not_allowed'));
  say.troubled(next, 'blocked', new AppError('dns_not_allowed'));
  say.settled(next);
  expect(told).toEqual(['dns.blocked', 'dns.recovered']);
});

test('a pause ends as other trouble does: the record that is as wished again is told', () => {
  const { say, told } = open();
  say.paused(wish, new AppError('dns_foreign_mark'));
  say.settled(wish);
  say.settled(wish);
  expect(told).toEqual(['dns.recovered']);
});

test('what stands in the way by turns is told once each, and its end once (R21)', () => {
  const { say, told, last } = open();
  for (let turn = 0; turn < 3; turn += 1) {
    say.paused(wish, new AppError('dns_foreign_mark'));
    say.troubled(wish, 'blocked', new AppError('dns_not_allowed'));
    say.troubled(wish, 'unknown-outcome', new AppError('dns_outcome_unknown'));
    say.drifted(wish, 'somebody set it to another member');
  }
  expect(told).toEqual(['dns.blocked', 'dns.unknown-outcome', 'dns.drift']);
  say.paused(wish, new AppError('dns_foreign_mark'));
  say.verified(elapsed);
  expect(last()).toMatchObject({ state: 'blocked', error: { code: 'dns_foreign_mark' } });
  say.settled(wish);
  say.troubled(wish, 'blocked', new AppError('dns_not_allowed'));
  expect(told.slice(3)).toEqual(['dns.recovered', 'dns.blocked']);
});
