import { expect, test } from 'vitest';
import { passwordWords } from './password-words.ts';

const ann = { email: 'ann.lee@example.com', name: 'Ann Lee' };

test('a short password says how much is missing, by characters and not by code units', () => {
  expect(passwordWords('harbour', ann)).toMatchObject({ text: '7 of at least 15 characters.', wrong: true });
  expect(passwordWords('😀'.repeat(9), ann).text).toBe('9 of at least 15 characters.');
});

test.each([
  ['seven for ann lee tonight', 'it contains your name or your e-mail address'],
  ['1234 5678 9012 3456', 'it is made of digits, or of very few characters'],
  ['abababababababab', 'it is made of digits, or of very few characters'],
])('%s is refused before it is sent, with the reason', (password, because) => {
  expect(passwordWords(password, ann)).toEqual({ level: 1, wrong: true, text: `Too easy to guess: ${because}.` });
});

test('an empty name is part of no password', () => {
  expect(passwordWords('harbour lantern dust', { email: '', name: '' }).wrong).toBe(false);
});

test('longer ones are called harder, none is called certain', () => {
  const levels = ['harbour lantern', 'harbour lantern dust', 'harbour lantern dust kettle'].map(
    (password) => passwordWords(password, ann).level,
  );
  expect(levels).toEqual([2, 3, 4]);
  expect(passwordWords('x'.repeat(129), ann)).toMatchObject({ wrong: true });
});
