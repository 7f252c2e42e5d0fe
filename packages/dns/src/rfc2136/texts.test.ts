import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WireError } from '../wire/wire-error.ts';
import { formatTexts, parseTexts } from './texts.ts';

const text = fc.uint8Array({ maxLength: 255 }).map((raw) => Buffer.from(raw).toString('latin1'));
const records = fc.array(fc.array(text, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });

it('a TXT RRset comes out of its text as it went in', () => {
  const sorted = (sets: string[][]) => sets.map((strings) => JSON.stringify(strings)).sort();
  fc.assert(
    fc.property(records, (sets) => {
      expect(sorted(parseTexts(formatTexts(sets)))).toEqual(sorted(sets));
    }),
  );
});

it('a text of another making is refused', () => {
  fc.assert(
    fc.property(fc.string(), (noise) => {
      try {
        expect(formatTexts(parseTexts(noise)).split('\n').sort()).toEqual(noise.split('\n').sort());
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
  );
});
