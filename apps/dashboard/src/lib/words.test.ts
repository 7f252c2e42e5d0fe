import { expect, test } from 'vitest';
import {
  ageText,
  apartTexts,
  countText,
  initialsOf,
  instantText,
  measuredText,
  numberText,
  preciseClockText,
  sinceText,
  utcText,
} from './words.ts';

test.each([
  [-5, '0.0 s'],
  [449, '0.4 s'],
  [9_999, '9.9 s'],
  [34_900, '34 s'],
  [300_000, '5 min'],
  [3_600_000, '1 h'],
  [187_300_000, '2 d 4 h'],
] as const)('an age of %i ms is "%s"', (ms, text) => expect(ageText(ms)).toBe(text));

test('measured times keep their milliseconds, states lose their tenths', () => {
  expect([measuredText(906.4), measuredText(16_204), sinceText(4_800)]).toEqual(['906 ms', '16.2 s', '4 s']);
});

test('numbers, counts and people', () => {
  expect([numberText(1842), countText(1, 'name server'), countText(2, 'standby', 'standbys')]).toEqual([
    '1,842',
    '1 name server',
    '2 standbys',
  ]);
  expect([initialsOf('ops@example.com'), initialsOf('Ada Lovelace'), initialsOf('')]).toEqual(['OP', 'AL', '']);
});

test('an instant has its day where the reader is, the year when it is another one, and UTC beside it', () => {
  const nowMs = Date.parse('2026-11-24T12:00:00.000Z');
  expect(instantText('2026-11-24T12:00:00.000Z', nowMs)).toMatch(/^24 Nov, \d\d:00$/);
  expect(instantText('2025-06-15T12:00:00.000Z', nowMs)).toMatch(/^15 Jun 2025, \d\d:00$/);
  expect(preciseClockText('2026-11-24T08:20:00.007Z')).toMatch(/^\d\d:20:00\.007$/);
  expect(utcText('2026-11-24T08:20:00.123Z')).toBe('2026-11-24 08:20:00 UTC');
});

test('several instants are told apart: to the second, to the millisecond within one second, with the day where it is another', () => {
  const nowMs = Date.parse('2026-11-24T12:00:00.000Z');
  const texts = apartTexts(
    ['2026-11-24T11:59:31.200Z', '2026-11-24T11:59:31.004Z', '2026-11-24T11:58:07.100Z', '2026-11-20T12:00:05.000Z'],
    nowMs,
  );
  expect(texts.map((text) => text.replace(/\d\d:(?=\d\d:)/, ''))).toEqual([
    '59:31.200',
    '59:31.004',
    '58:07',
    '20 Nov, 00:05',
  ]);
});
