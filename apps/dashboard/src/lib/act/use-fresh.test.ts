import { expect, test } from 'vitest';
import { newIn } from './use-fresh.ts';

test('a line that is gone is a change under the person, though no line is new', () => {
  expect(newIn(['a warning', 'ready'], ['ready'])).toEqual(new Set());
});

test('the first lines, the same ones and none at all are no change', () => {
  expect(newIn([], ['ready'])).toBeNull();
  expect(newIn(['ready'], ['ready'])).toBeNull();
  expect(newIn(['ready'], [])).toBeNull();
  expect(newIn(['ready'], ['not ready'])).toEqual(new Set(['not ready']));
});
