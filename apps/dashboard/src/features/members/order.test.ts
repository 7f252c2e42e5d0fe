import { expect, test } from 'vitest';
import { inOrder, moved } from './order.ts';

const apart = [
  { id: 'a', priority: 10 },
  { id: 'b', priority: 20 },
  { id: 'c', priority: 30 },
];

test('two that change places change priorities, and nobody else is touched', () => {
  expect(moved(apart, 'c', -1)).toEqual([
    { id: 'b', priority: 30 },
    { id: 'c', priority: 20 },
  ]);
});

test('who stands at an end stays there', () => {
  expect(moved(apart, 'a', -1)).toEqual([]);
  expect(moved(apart, 'c', 1)).toEqual([]);
  expect(moved(apart, 'nobody', 1)).toEqual([]);
});

test('those of one priority get one each, in the order that was wished', () => {
  const same = apart.map(({ id }) => ({ id, priority: 100 }));
  const set = new Map(moved(same, 'b', 1).map(({ id, priority }) => [id, priority]));
  const after = inOrder(same.map(({ id, priority }) => ({ id, priority: set.get(id) ?? priority })));
  expect(after.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  expect(new Set(after.map(({ priority }) => priority)).size).toBe(3);
});

test('while they are set one after the other, nobody is first who was not and will not be', () => {
  const same = apart.map(({ id }) => ({ id, priority: 5 }));
  let members: readonly { id: string; priority: number }[] = same;
  for (const change of moved(same, 'c', -1)) {
    members = members.map((one) => (one.id === change.id ? change : one));
    const least = Math.min(...members.map(({ priority }) => priority));
    expect(members.find(({ id }) => id === 'a')?.priority).toBe(least);
  }
  expect(inOrder(members).map(({ id }) => id)).toEqual(['a', 'c', 'b']);
});

test('as many as a pool may have still get places of their own', () => {
  const many = Array.from({ length: 2_000 }, (_, n) => ({ id: `m${n}`, priority: 100 }));
  const priorities = moved(many, 'm1999', -1).map(({ priority }) => priority);
  expect(Math.max(...priorities)).toBeLessThanOrEqual(9_999);
  expect(new Set(priorities).size).toBe(priorities.length);
});
