import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('acts of one key come one after the other, also after one that failed; another key goes at once', async () => {
  const turns = new Turns({ waitingPerKey: 1, waiting: 1 });
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

test('what waits is bounded, of one key and of all; whoever was refused is not waited for', async () => {
  const turns = new Turns({ waitingPerKey: 3, waiting: 5 });
  const stuck = Promise.withResolvers<void>();
  const take = (key: string) =>
    turns
      .take(key, () => stuck.promise)
      .then(
        () => 'done',
        (error) => error.code,
      );
  const outcomes = (answers: readonly string[]) => answers.filter((answer) => answer === 'done').length;
  const a = Array.from({ length: 100 }, () => take('a'));
  expect(turns.waiting).toBe(3);
  const b = Array.from({ length: 100 }, () => take('b'));
  expect(turns.waiting).toBe(5);
  const c = take('c');
  expect(turns.size).toBe(3);
  stuck.resolve();
  expect(outcomes(await Promise.all(a))).toBe(4);
  expect(outcomes(await Promise.all(b))).toBe(3);
  expect(await c).toBe('done');
  expect([turns.waiting, turns.size]).toEqual([0, 0]);
});
