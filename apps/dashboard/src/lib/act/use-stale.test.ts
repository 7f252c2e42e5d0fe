import { expect, test } from 'vitest';
import { staleText } from './use-stale.ts';

const broken = { kind: 'broken', sinceMs: 5_000, nextTryMs: 6_000 } as const;

test('a page that is live is not stale, however long its last message took', () => {
  expect(staleText({ link: { kind: 'live' }, heardAtMs: 1_000 }, 4_000)).toBeNull();
});

test('a page whose link is broken or that slept says how old it is, and that nothing can be changed', () => {
  const sentence = 'This page is 14 s old; nothing can be changed until it is live.';
  expect(staleText({ link: broken, heardAtMs: 1_000 }, 15_300)).toBe(sentence);
  expect(staleText({ link: { kind: 'asleep' }, heardAtMs: 1_000 }, 15_300)).toBe(sentence);
});

test('nothing can be changed before anything was read', () => {
  const sentence = 'This page has no data yet; nothing can be changed until it is live.';
  expect(staleText({ link: { kind: 'connecting' }, heardAtMs: null }, 2_000)).toBe(sentence);
  expect(staleText({ link: broken, heardAtMs: null }, 2_000)).toBe(sentence);
});
