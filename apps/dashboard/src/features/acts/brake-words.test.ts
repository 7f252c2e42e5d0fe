import { expect, test } from 'vitest';
import { turnedWords } from './brake-words.ts';

const at = '2026-11-24T08:20:00.000Z';
const released = { released: { at, until: at, by: 'user:ops@example.com', reason: 'a look' } };
const inForce = { released: null };

test('a question about the brakes is blocked once they turned, and never asks the opposite', () => {
  expect(turnedWords('release', inForce)).toBeNull();
  expect(turnedWords('restore', released)).toBeNull();
  expect(turnedWords('restore', inForce)).toBe('The brakes are in force again already.');
  expect(turnedWords('release', released)).toMatch(/released meanwhile/);
});
