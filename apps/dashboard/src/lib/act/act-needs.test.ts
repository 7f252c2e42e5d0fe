import type { MeView } from '@serverctl/contract';
import { permissionsOf, type Role } from '@serverctl/core';
import { expect, test } from 'vitest';
import { whyNoAct } from './act-needs.ts';

const me = (role: Role, poolId: string | null): MeView => ({
  kind: 'user',
  actor: 'user:ops@example.com',
  userId: 'u',
  email: 'ops@example.com',
  name: 'ops@example.com',
  grants: [{ role, poolId }],
  permissions: [...permissionsOf[role]],
  poolIds: null,
  twoFactor: false,
  recoveryCodesLeft: 0,
  session: null,
});

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
