import { expect, test } from 'vitest';
import { me } from '../testing/me.ts';
import { whyNoAct } from './act-needs.ts';

test('who may not do it is told who may, whatever page offers it', () => {
  expect(whyNoAct(me('viewer', null), 'failover', 'a')).toBe('Operators of this pool may do this.');
  expect(whyNoAct(me('operator', 'a'), 'add-name', 'a')).toBe('Administrators of this pool may do this.');
  expect(whyNoAct(me('operator', 'a'), 'failover', 'a')).toBeNull();
  expect(whyNoAct(me('administrator', 'b'), 'failover', 'a')).toBe('Operators of this pool may do this.');
});

test('who administers one pool alone chooses no credential, for they may read none; a name they may remove', () => {
  const own = me('administrator', 'a');
  expect(whyNoAct(own, 'add-name', 'a')).toMatch(/viewers of all pools may read/);
  expect(whyNoAct(own, 'edit-name', 'a')).toMatch(/viewers of all pools may read/);
  expect(whyNoAct(own, 'remove-name', 'a')).toBeNull();
  expect(whyNoAct(me('administrator', null), 'add-name', 'a')).toBeNull();
});
