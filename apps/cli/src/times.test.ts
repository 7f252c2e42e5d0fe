import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { minutes, pastMoment } from './times.ts';

const noon = new Date(2026, 0, 31, 12, 0, 0).getTime();
const at = (text: string) => pastMoment(text, undefined, () => noon);

describe('how long', () => {
  test.each([
    ['30m', 30],
    ['2h', 120],
    ['1d', 1_440],
    ['1h30m', 90],
    ['120s', 2],
  ])('%s is %d minutes', (text, expected) => expect(minutes(text)).toBe(expected));

  test.each(['', '0m', '30', '30 m', '1.5h', '-5m', '90s', 'm', '2h ago', '30m1h'])(
    '"%s" is refused with what is allowed',
    (text) => {
      expect(() => minutes(text)).toThrow(InvalidArgumentError);
      expect(() => minutes(text)).toThrow('30m, 2h, 1d or 1h30m');
    },
  );
});

describe('when', () => {
  test.each([
    ['30m', 1_800_000],
    ['2h ago', 7_200_000],
    ['7d', 604_800_000],
    ['10s', 10_000],
    ['1h5m', 3_900_000],
  ])('%s is that long before now', (text, ms) => expect(at(text).getTime()).toBe(noon - ms));

  test.each([
    ['11:30', new Date(2026, 0, 31, 11, 30)],
    ['7:05:09', new Date(2026, 0, 31, 7, 5, 9)],
    ['7:05:09.5', new Date(2026, 0, 31, 7, 5, 9, 500)],
    ['07:05:09.084999', new Date(2026, 0, 31, 7, 5, 9, 84)],
    ['2026-01-30T23:50:09.084', new Date(2026, 0, 30, 23, 50, 9, 84)],
    ['00:00', new Date(2026, 0, 31)],
    ['2026-01-30', new Date(2026, 0, 30)],
    ['2026-01-30T23:50', new Date(2026, 0, 30, 23, 50)],
    ['2026-01-30T23:50:00Z', new Date('2026-01-30T23:50:00Z')],
    ['2026-01-30T23:50:00+09:00', new Date('2026-01-30T14:50:00Z')],
  ])('%s is local unless it says otherwise', (text, expected) => expect(at(text)).toEqual(expected));

  test.each([
    '',
    'yesterday',
    '5',
    '24:00',
    '12:60',
    '11:30.5',
    '2026-13-01',
    '2026-02-31T10:00',
    '2026-02-29',
    '2026-04-00',
    'ago',
    '2 hours ago',
  ])('"%s" is refused with what is allowed', (text) => {
    expect(() => at(text)).toThrow(InvalidArgumentError);
    for (const allowed of ['10m', '14:30:05', '2026-01-31T12:00']) expect(() => at(text)).toThrow(allowed);
  });

  test.each(['12:01', '2026-02-01', '2026-01-31T12:00:01', '2030-01-01'])(
    '"%s" lies ahead, and the error says so; of yesterday it speaks to who named a time of day',
    (text) => {
      expect(() => at(text)).toThrow('It lies ahead.');
      if (text === '12:01') expect(() => at(text)).toThrow('For a time of yesterday');
      else expect(() => at(text)).not.toThrow('yesterday');
    },
  );

  test.each(['99999d', '1234567m ago'])('"%s" is an age, only longer than any that is kept', (text) =>
    expect(() => at(text)).toThrow('at most 9999d'),
  );

  test('the last day of a leap year’s February is one', () => {
    expect(at('2024-02-29')).toEqual(new Date(2024, 1, 29));
  });
});
