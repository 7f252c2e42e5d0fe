import { AppError, type EventKind, type Ipv4, type PromotionId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { buildBinding } from '../../../../testkit/src/builders.ts';
import type { DesiredRecord, Notice, PublicationUpdate } from './ports.ts';
import { createPublicationLog } from './publication-log.ts';
import { noticesAfter } from './testing/name-notices.ts';

const wish: DesiredRecord = {
  binding: buildBinding(),
  address: '203.0.113.1' as Ipv4,
  epoch: 3,
  promotionId: 'f00000000001' as PromotionId,
  pausedEpoch: null,
};
const write = { repaired: false, previousTtlSeconds: 86_400, oldAnswerTtlSeconds: 60 };
const elapsed: PublicationUpdate = {
  bindingId: wish.binding.id,
  state: 'published',
  epoch: 3,
  address: wish.address,
  error: null,
  servers: [],
  step: 'old-ttl-elapsed',
};

/** `before`: what people were told of the name by whoever led before. */
function open(before: readonly EventKind[] = []) {
  const stored: PublicationUpdate[] = [];
  const told: string[] = [];
  const notifier = { notify: ({ kind }: Notice) => void told.push(kind) };
  const notices = noticesAfter(wish.binding.id, before, notifier);
  const say = createPublicationLog({ record: async (update) => stored.push(update) }, notices);
  return { say, told, stored, last: () => stored.at(-1) };
}

test('the old TTL that elapses after somebody set the record to another member does not cover the drift', () => {
  const { say, last } = open();
  say.acknowledged(wish, write);
  say.drifted(wish, 'somebody set it to another member');
  say.verified({ ...elapsed, servers: [{ server: 'ns1.example.com', addresses: [], ok: true, error: null }] });
  expect(last()).toMatchObject({ state: 'drift', step: 'old-ttl-elapsed', servers: [] });
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

test('what was told before us is not told again, and its end once', () => {
  const { say, told } = open(['dns.blocked', 'dns.drift']);
  say.troubled(wish, 'blocked', new AppError('dns_not_allowed'));
  say.drifted(wish, 'somebody set it to another member');
  expect(told).toEqual([]);
  say.troubled(wish, 'unknown-outcome', new AppError('dns_outcome_unknown'));
  say.settled(wish);
  say.settled(wish);
  expect(told).toEqual(['dns.unknown-outcome', 'dns.recovered']);
});

test.each(['settled', 'acknowledged'] as const)('the end of what was told before us is told when it is %s', (how) => {
  const { say, told } = open(['dns.unknown-outcome']);
  for (let pass = 0; pass < 2; pass += 1) {
    if (how === 'settled') say.settled(wish);
    else say.acknowledged(wish, write);
  }
  expect(told.filter((kind) => kind !== 'dns.published')).toEqual(['dns.recovered']);
});

test('a name that is as wished, and of which nothing stands open, has nothing to tell', () => {
  const { say, told } = open(['dns.partial']);
  say.settled(wish);
  expect(told).toEqual([]);
});

test('a state is stored once in a term of the lease: another loop may have stored another one between two', () => {
  const { say, stored } = open();
  for (const term of [1, 2]) {
    say.termBegins();
    say.troubled(wish, 'blocked', new AppError('dns_not_allowed'));
    say.troubled(wish, 'blocked', new AppError('dns_not_allowed'));
    expect(stored).toHaveLength(term);
  }
});

test('the TTL of what a write replaced is stored with its acknowledgement', () => {
  const { say, last } = open();
  say.acknowledged(wish, write);
  expect(last()).toMatchObject({ step: 'acknowledged', previousTtlSeconds: 86_400, oldAnswerTtlSeconds: 60 });
});
