import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allMutants, findMutant } from './all-mutants.ts';
import { mutated, occurrences, patched, repository } from './patch.ts';

const sourceOf = (file: string) => readFileSync(`${repository}/${file}`, 'utf8');

describe('every mutant', () => {
  it.each(allMutants.flatMap(({ name, patches }) => patches.map((patch) => [name, patch] as const)))(
    '%s changes a piece that stands exactly once in its file, and changes it to something else',
    (_name, { file, piece, replacement }) => {
      expect(occurrences(sourceOf(file), piece)).toBe(1);
      expect(replacement).not.toBe(piece);
    },
  );

  it('has a name of its own, and says what it breaks', () => {
    expect(new Set(allMutants.map(({ name }) => name)).size).toBe(allMutants.length);
    for (const { name, breaks } of allMutants) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(breaks).toMatch(/[.)]$/);
    }
  });

  it('patches can be applied one after the other', () => {
    for (const mutant of allMutants) {
      const sources = mutated(mutant);
      expect(new Set(sources.keys())).toEqual(new Set(mutant.patches.map(({ file }) => file)));
      for (const [file, source] of sources) expect(source).not.toBe(sourceOf(file));
    }
  });
});

describe('a patch', () => {
  it('is refused when its piece is not there, or there twice', () => {
    const patch = { file: 'one.ts', piece: 'a', replacement: 'b' };
    expect(patched(patch, 'x a x')).toBe('x b x');
    expect(() => patched(patch, 'x')).toThrow('0 times');
    expect(() => patched(patch, 'a a')).toThrow('2 times');
  });

  it('takes its replacement as it is written', () => {
    expect(patched({ file: 'one.ts', piece: 'a', replacement: "$& $'" }, 'xay')).toBe("x$& $'y");
  });
});

describe('findMutant', () => {
  it('names those there are when there is none of that name', () => {
    expect(() => findMutant('none')).toThrow('never-acts');
  });
});
