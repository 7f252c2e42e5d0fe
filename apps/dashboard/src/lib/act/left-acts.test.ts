import { beforeEach, expect, test } from 'vitest';
import { leftActs } from './left-acts.ts';

const titles = () => leftActs.get().map(({ title }) => title);
const add = (title: string, of = leftActs.session()) => leftActs.add({ title, error: null, outcome: null }, of);

beforeEach(() => leftActs.clear());

test('outcomes go with the session, and one that comes late is not shown to who is there then', () => {
  const theirs = leftActs.session();
  add('Cut DNS?');
  expect(titles()).toEqual(['Cut DNS?']);
  leftActs.clear();
  add('Make ams active?', theirs);
  expect(titles()).toEqual([]);
});

test('the last 20 are kept', () => {
  for (let at = 1; at <= 21; at += 1) add(`act ${at}`);
  expect([titles().length, titles()[0], titles().at(-1)]).toEqual([20, 'act 2', 'act 21']);
});
