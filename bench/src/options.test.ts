import { afterEach, expect, it } from 'vitest';
import { readBenchOptions } from './options.ts';

const argv = [...process.argv];
afterEach(() => void process.argv.splice(0, process.argv.length, ...argv));

it('takes of a choice what was given, in the order of its list, and all of it where nothing was', () => {
  const read = (...words: readonly string[]) => {
    process.argv.splice(2, process.argv.length, ...words);
    return readBenchOptions('', { times: { value: 3, least: 1, most: 9 } }, ['json'], { only: ['a', 'b', 'c'] });
  };
  expect(read('--only', 'c', '--only', 'a', '--json')).toEqual({ times: 3, json: true, only: ['a', 'c'] });
  expect(read('--times', '5')).toEqual({ times: 5, json: false, only: ['a', 'b', 'c'] });
});
