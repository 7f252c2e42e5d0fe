import { expect, test } from 'vitest';
import { givable } from './permission-words.ts';

test('a token is offered what its maker has, and never what makes users or tokens', () => {
  expect(givable(['pool:read', 'user:write', 'token:write', 'metrics:read'], false)).toEqual([
    'pool:read',
    'metrics:read',
  ]);
});

test('narrowed to pools it is not offered what belongs to none', () => {
  expect(givable(['pool:read', 'metrics:read'], true)).toEqual(['pool:read']);
});
