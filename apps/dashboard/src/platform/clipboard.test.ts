import { expect, test } from 'vitest';
import { copyText } from './clipboard.ts';

test('what was copied is copied; a browser that refuses, or has no clipboard at all, says so', async () => {
  const taken: string[] = [];
  const clipboard = { writeText: async (text: string) => void taken.push(text) };
  expect(await copyText('a link', { clipboard })).toBe('copied');
  expect(taken).toEqual(['a link']);
  const refuses = { writeText: () => Promise.reject(new Error('not allowed')) };
  expect(await copyText('a link', { clipboard: refuses })).toBe('refused');
  expect(await copyText('a link', {})).toBe('refused');
});
