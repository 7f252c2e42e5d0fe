import { describe, expect, it } from 'vitest';
import { help, readOptions } from './options.ts';

describe('the options of script/sim', () => {
  it('are 200 seeds on all cores when none is given, 150 for each mutant', () => {
    expect(readOptions([], 2)).toMatchObject({ seeds: 200, from: 1, jobs: 2, seed: null, minutes: null, json: false });
    expect(readOptions(['--mutants'], 2)).toMatchObject({ seeds: 150, mutants: true });
  });

  it('are read as given', () => {
    const given = ['--seeds', '7', '--from', '3', '--minutes', '5', '--jobs', '1', '--json'];
    expect(readOptions(given, 2)).toMatchObject({ seeds: 7, from: 3, minutes: 5, jobs: 1, json: true });
  });

  it.each([
    [['--seeds', 'many'], '--seeds takes a whole number'],
    [['--seeds', '0'], '--seeds takes a whole number'],
    [['--seed', '1', '--seeds', '2'], '--seed and --seeds exclude each other'],
    [['--seed', '1', '--mutants'], '--seed and --mutants exclude each other'],
    [['--trace'], '--trace goes with --seed only'],
    [['--only', 'never-acts'], '--only goes with --mutants only'],
    [['--unknown'], '--unknown'],
    [['200'], '200'],
  ])('%s cannot be meant', (args, words) => {
    expect(() => readOptions(args, 2)).toThrow(words);
  });

  it('are explained', () => {
    expect(readOptions(['--help'], 2)).toBeNull();
    for (const flag of ['--seeds', '--seed ', '--minutes', '--mutants', '--json', '--trace', '--only', '--jobs'])
      expect(help).toContain(flag);
  });
});
