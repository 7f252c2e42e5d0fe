import type { PromotionId, ReplaceRequest } from '@serverctl/core';
import { expect, test } from 'vitest';
import { addressOf, buildBinding, id } from '../../../../testkit/src/index.ts';
import { Progress } from './publication-progress.ts';

const binding = buildBinding();

const wish = { binding, address: addressOf(2), epoch: 2, promotionId: id<PromotionId>('q', 2), pausedEpoch: null };

const leads = (progress: Progress, term: number): unknown => progress.turnTo(wish, { term } as never, 0);

function begun(): Progress {
  const progress = new Progress();
  leads(progress, 1);
  return progress;
}

/** In place of a record with this address and TTL. */
const writeOver = (address: string, ttlSeconds: number): ReplaceRequest =>
  ({
    expected: { rrset: { addresses: [address], ttlSeconds }, mark: { kind: 'none' }, cname: false },
    next: { address: addressOf(2), ttlSeconds: 60 },
  }) as unknown as ReplaceRequest;

test('a write that was taken back replaced nothing: what the next one replaces is what clients keep', () => {
  const progress = begun();
  progress.sends(writeOver(addressOf(1), 3_600), 0);
  expect(progress.replaced).toEqual({ previousTtlSeconds: 3_600, oldAnswerTtlSeconds: 3_600 });
  progress.takesBack();
  expect(progress.replaced).toEqual({ previousTtlSeconds: null, oldAnswerTtlSeconds: null });
  progress.sends(writeOver(addressOf(3), 60), 0);
  expect(progress.replaced).toEqual({ previousTtlSeconds: 60, oldAnswerTtlSeconds: 60 });
});

test('what a write before it replaced, whose outcome is open, stays when the next one is taken back', () => {
  const progress = begun();
  progress.sends(writeOver(addressOf(2), 300), 0);
  progress.sends(writeOver(addressOf(1), 60), 0);
  progress.takesBack();
  expect(progress.replaced).toEqual({ previousTtlSeconds: 300, oldAnswerTtlSeconds: null });
});

test.each([
  { term: 2, unseen: true, because: 'nobody else had the lease' },
  { term: 3, unseen: false, because: 'another loop led in between and may have written' },
])('a write that nobody saw arrive, in our term $term after term 1: still unseen is $unseen, $because', (then) => {
  const progress = begun();
  const request = writeOver(addressOf(1), 60);
  progress.sends(request, 0);
  leads(progress, then.term);
  expect(progress.unseen.isAsBefore(request.expected)).toBe(then.unseen);
});
