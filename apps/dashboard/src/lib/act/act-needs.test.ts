import { expect, test } from 'vitest';
import { me } from '../testing/me.ts';
import { whyNoAct } from './act-needs.ts';

test('who may not do it is told who may, whatever page offers it', () => {
  expect(whyNoAct(me('viewer', null), 'failover', 'a')).toBe('Operators of this pool may do this.');
  expect(whyNoAct(me('operator', 'a'), 'add-name', 'a')).toBe('Administrators of this pool may do this.');
  expect(whyNoAct(me('operator', 'a'), 'failover', 'a')).toBeNull();
  expect(whyNoAct(me('administrator', 'b'), 'failover', 'a')).toBe('Operators of this pool may do this.');
});

test('who administers one pool alone may manage its names, though they may read no credential', () => {
  const own = me('administrator', 'a');
  for (const act of ['add-name', 'edit-name', 'remove-name'] as const) expect(whyNoAct(own, act, 'a'), act).toBeNull();
  expect(whyNoAct(own, 'add-name', 'b')).toBe('Administrators of this pool may do this.');
  expect(whyNoAct(me('administrator', null), 'add-name', 'a')).toBeNull();
});
