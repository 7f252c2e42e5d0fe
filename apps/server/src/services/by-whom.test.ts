import { expect, test } from 'vitest';
import { byWhom } from './by-whom.ts';

test.each([
  ['user:ann@example.com', 'ann@example.com'],
  ['token:deploy of ann@example.com', 'the token deploy of ann@example.com'],
  ['token:nightly job of host', 'the token nightly job of the host'],
  ['host', 'the host'],
  ['system', 'system'],
])('%s is told as %s', (actor, told) => {
  expect(byWhom({ actor })).toBe(told);
});
