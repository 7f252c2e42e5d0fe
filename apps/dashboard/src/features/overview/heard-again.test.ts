import { expect, test } from 'vitest';
import { heardAgainSeconds } from './heard-again.ts';

test('heard again counts from the last missed second, and says nothing of who was never silent or is', () => {
  expect(heardAgainSeconds(['on-time', 'missed', 'missed', 'on-time', 'late'])).toBe(2);
  expect(heardAgainSeconds(['on-time', 'missed'])).toBeNull();
  expect(heardAgainSeconds(['on-time', 'on-time'])).toBeNull();
});
