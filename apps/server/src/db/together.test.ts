import { expect, test } from 'vitest';
import { together } from './together.ts';

test('what is asked in one turn is one query, each key once; what comes later is another one', async () => {
  const queries: (readonly number[])[] = [];
  const square = together(async (keys: readonly number[]) => {
    queries.push(keys);
    return new Map(keys.filter((key) => key > 0).map((key) => [key, key * key]));
  });
  expect(await Promise.all([square(2), square(3), square(2), square(-1)])).toEqual([4, 9, 4, undefined]);
  expect(await square(4)).toBe(16);
  expect(queries).toEqual([[2, 3, -1], [4]]);
});

test('a query that fails fails for all that asked, and the next one is made', async () => {
  let isDown = true;
  const ask = together(async (keys: readonly string[]) => {
    if (isDown) throw new Error('down');
    return new Map(keys.map((key) => [key, key]));
  });
  const asked = await Promise.allSettled([ask('a'), ask('b')]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isDown = false;
  expect(await ask('a')).toBe('a');
});

test('the query begins after whoever is answered by it has asked (R17)', async () => {
  let value = 1;
  const ask = together(async (keys: readonly string[]) => new Map(keys.map((key) => [key, value])));
  const first = ask('a');
  value = 2;
  const second = ask('a');
  expect(await Promise.all([first, second])).toEqual([2, 2]);
});
