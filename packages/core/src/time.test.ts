import { expect, it } from 'vitest';
import { idAlphabet, idFromBytes, isId } from './ids.ts';
import { durationText } from './time.ts';

it.each([
  [0, '0.0 s'],
  [-5, '0.0 s'],
  [1_234, '1.2 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [125_000, '2 min 5 s'],
  [3_599_499, '59 min 59 s'],
  [3_599_500, '1 h 0 min'],
  [90_000_000, '25 h 0 min'],
  [172_799_000, '47 h 59 min'],
  [183_600_000, '2 days 3 h'],
  [604_800_000, '7 days'],
])('%i ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

it('an id has 12 characters of our alphabet', () => {
  const id = idFromBytes(Uint8Array.from({ length: 12 }, (_, at) => at * 21));
  expect(isId(id)).toBe(true);
  expect([...idAlphabet].every((letter) => isId(letter.repeat(12)))).toBe(true);
  expect(['', 'a'.repeat(11), 'a'.repeat(13), 'A'.repeat(12), 'i'.repeat(12), 'u'.repeat(12)].some(isId)).toBe(false);
});
