import { expect, test } from 'vitest';
import { guessableBecause } from './password-guess.ts';

const owner = { email: 'jane.doe@example.com', name: 'Jane Doe' };

test.each([
  'my cat sleeps on tuesdays',
  'seven herons over the quay',
  'the moon is made of cheese',
  'Kx7#mQ2$vL9!pR4',
  'hB3vNqz8TtwLd5RmYc',
  'wetter morgen wohl trocken',
  'пять цапель над причалом',
])('%s is not easy to guess', (password) => {
  expect(guessableBecause(password, owner)).toBeNull();
});

test.each([
  ['a word twice', 'passwordpassword'],
  ['digits that stand for letters', 'P@ssw0rdP@ssw0rd1'],
  ['a word with a run', 'welcome123456789'],
  ['a season, a year, and again', 'Summer2026Summer2026!'],
  ['rows of keys', 'qwertyuiopasdfghjkl'],
  ['columns of keys', '1qaz2wsx3edc4rfv'],
  ['two walks in turn', 'a1s2d3f4g5h6j7k8'],
  ['one key', 'aaaaaaaaaaaaaaaaaaaa'],
  ['a short thing many times', 'abcxabcxabcxabcx'],
  ['what this product is called', 'serverctl-haproxy-2026'],
  ['digits', '481726354819273645'],
  ['a well-known phrase', 'correct horse battery staple'],
])('%s is: %s', (_what, password) => {
  expect(guessableBecause(password, owner)).not.toBeNull();
});

test.each(['jane.doe@example.com!!', 'xx-Jane-Doe-has-a-boat', 'herons of janedoe quay'])(
  '%s holds the name or address of its user',
  (password) => {
    expect(guessableBecause(password, owner)).toContain('name or the e-mail address');
    expect(guessableBecause(password, { email: 'bo@example.org', name: 'Bo' })).toBeNull();
  },
);

test('the longest password is judged in a moment', () => {
  const longest = Array.from({ length: 128 }, (_, at) => String.fromCharCode(97 + ((at * at * 7) % 26))).join('');
  const began = performance.now();
  guessableBecause(longest, owner);
  expect(performance.now() - began).toBeLessThan(250);
});
