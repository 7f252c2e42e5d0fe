import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { createBuckets } from './buckets.ts';

test('a bucket empties, fills with time by fractions of a millisecond as well, and never beyond its size', async () => {
  const clock = createFakeClock();
  const buckets = createBuckets(clock, { burst: 4, everyMs: 31.25, most: 10 });
  const allowed = () =>
    Array.from({ length: 40 }, () => buckets.take('a')).filter((refused) => refused === null).length;
  expect(allowed()).toBe(4);
  expect(buckets.take('a')).toEqual({ retryAfterSeconds: 1, isNew: false });
  await clock.advance(31);
  expect(allowed()).toBe(0);
  await clock.advance(1);
  expect(allowed()).toBe(1);
  await clock.advance(93);
  expect(allowed()).toBe(3);
  await clock.advance(3_600_000);
  buckets.giveBack('a', 100);
  expect(allowed()).toBe(4);
});

test('memory is bounded: the key idle longest is forgotten', () => {
  const buckets = createBuckets(createFakeClock(), { burst: 1, everyMs: 1_000_000, most: 2 });
  for (const key of ['a', 'b']) expect(buckets.take(key)).toBeNull();
  expect(buckets.take('a')).not.toBeNull();
  expect(buckets.take('c')).toBeNull();
  expect(buckets.take('a')).not.toBeNull();
  expect(buckets.take('b')).toBeNull();
});
