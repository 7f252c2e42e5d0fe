import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('acts of one key come one after the other, also after one that failed; another key goes at once', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const a = turns.take('a', async () => {
    await first.promise;
    throw new Error('failed');
  });
  const b = turns.take('a', async () => void done.push('second of a'));
  await turns.take('b', async () => void done.push('first of b'));
  expect(done).toEqual(['first of b']);
  first.resolve();
  await expect(a).rejects.toThrow('failed');
  await b;
  expect(done).toEqual(['first of b', 'second of a']);
  expect(turns.size).toBe(0);
});
