import { AppError } from '@serverctl/core';
import { expect, test } from 'vitest';
import { classifyFailure } from './publish-failure.ts';
import { TimeLimitError } from './time-limit.ts';

/* R19: what a failed call means, by code and category. */
test.each([
  ['drifted', new AppError('dns_rrset_drifted'), 'drifted', 'drifted'],
  ['our own limit of time', new TimeLimitError(4_000), 'unavailable', 'unknown'],
  ['an unreadable reply', new AppError('dns_reply_malformed'), 'unavailable', 'unknown'],
  ['an unreachable server', new AppError('dns_unreachable'), 'unavailable', 'unavailable'],
  ['a wrong secret', new AppError('dns_tsig_wrong_secret'), 'refused', 'refused'],
  ['a refusal of its own', new AppError('dns_request_refused'), 'refused', 'refused'],
  [
    'a refusal among others, never tried alone',
    new AppError('dns_request_refused', { because: 'refused-with-others' }),
    'unavailable',
    'unavailable',
  ],
])('%s', (_name, error, reading, replacing) => {
  expect([classifyFailure(error, 'read').kind, classifyFailure(error, 'replace').kind]).toEqual([reading, replacing]);
});

test('the provider’s own time is obeyed, for five minutes at most', () => {
  const pauseOf = (retryAfterSeconds: number | null) =>
    classifyFailure(new AppError('dns_rate_limited', { retryAfterSeconds }), 'read');
  expect([30, 9_999, null].map(pauseOf)).toMatchObject([{ pauseMs: 30_000 }, { pauseMs: 300_000 }, { pauseMs: null }]);
});
