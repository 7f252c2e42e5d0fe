import { expect, test } from 'vitest';
import { endedText, tokensText } from './ended-words.ts';

test('what ended is counted, and nothing is said as such', () => {
  expect([0, 1, 3].map((ended) => endedText(ended))).toEqual([
    'No other session was open.',
    'One session was ended.',
    '3 sessions were ended.',
  ]);
});

test('tokens that live on after a new password are named, so that nobody takes them for ended', () => {
  expect(tokensText({ tokensEnded: 0, tokensLeft: 0 })).toBe('');
  expect(tokensText({ tokensEnded: 0, tokensLeft: 1 })).toBe('1 API token of yours lives on.');
  expect(tokensText({ tokensEnded: 2, tokensLeft: 0 })).toBe('2 API tokens were revoked.');
});
