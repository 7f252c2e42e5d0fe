import { expect, test } from 'vitest';
import { binding } from '../testing/pools.ts';
import { isBehindEdge } from './edge.ts';

test('a record that is left as it is is behind the edge where the edge answers; a wish stands before what is found', () => {
  const of = (proxied: boolean | null, edge: 'answers' | 'silent' | 'perhaps') =>
    isBehindEdge(binding({ proxied, edge }));
  expect([of(null, 'answers'), of(null, 'silent'), of(null, 'perhaps')]).toEqual([true, false, false]);
  expect([of(true, 'silent'), of(false, 'answers')]).toEqual([true, false]);
});
