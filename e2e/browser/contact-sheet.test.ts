import { expect, test } from 'vitest';
import { sheetOf, shotOf } from './contact-sheet.ts';

test('a picture’s name says page, state, theme and width; others are none of ours', () => {
  const file = 'overview-haproxy-inactive-dark-1280.png';
  expect(shotOf(file)).toEqual({ file, name: 'overview-haproxy-inactive', theme: 'dark', width: 1280 });
  expect(shotOf('index.html')).toBeNull();
});

test('the sheet has a row for each page, wide before narrow, light before dark', () => {
  const files = ['b-dark-390.png', 'a-light-390.png', 'a-dark-1280.png', 'a-light-1280.png'];
  const sheet = sheetOf(files.flatMap((file) => shotOf(file) ?? []));
  expect([...sheet.matchAll(/<h2>|src="([^"]+)"/g)].map(([whole, file]) => file ?? whole)).toEqual([
    '<h2>',
    'a-light-1280.png',
    'a-dark-1280.png',
    'a-light-390.png',
    '<h2>',
    'b-dark-390.png',
  ]);
});
