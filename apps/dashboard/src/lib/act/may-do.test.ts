import type { MeView } from '@serverctl/contract';
import { mayDo as coreMayDo, type PoolId, permissions, permissionsOf, roles } from '@serverctl/core';
import { expect, test } from 'vitest';
import { mayDo, whyNotAllowed } from './may-do.ts';

type Grants = MeView['grants'];
type Grant = Grants[number];

const me = (grants: Grants, otherwise: Partial<MeView> = {}): MeView => ({
  kind: 'user',
  actor: 'user:ops@example.com',
  userId: 'u',
  email: 'ops@example.com',
  name: 'ops@example.com',
  grants,
  permissions: permissions.filter((one) => grants.some(({ role }) => permissionsOf[role].has(one))),
  poolIds: null,
  twoFactor: false,
  recoveryCodesLeft: 0,
  session: null,
  ...otherwise,
});

test('an administrator of one pool who operates another administers that one alone', () => {
  const both = me([
    { role: 'administrator', poolId: 'a' },
    { role: 'operator', poolId: 'b' },
  ]);
  expect(mayDo(both, 'pool:admin', 'a')).toBe(true);
  expect(mayDo(both, 'pool:admin', 'b')).toBe(false);
  expect(mayDo(both, 'pool:write', 'b')).toBe(true);
  expect(mayDo(both, 'pool:write', 'c')).toBe(false);
  expect(mayDo(both, 'pool:admin', null)).toBe(false);
});

test('nobody may anything before it is known who asks', () => {
  expect(mayDo(undefined, 'pool:read', null)).toBe(false);
});

test('for every grant, permission and pool it says what the server will say', () => {
  const second: Grant = { role: 'operator', poolId: 'b' };
  const sets = roles.flatMap((role) =>
    [null, 'a', 'b'].map((poolId): Grant => ({ role, poolId })).flatMap((grant) => [[grant], [grant, second]]),
  );
  const scopes = [null, ['a']];
  for (const grants of sets)
    for (const poolIds of scopes)
      for (const permission of permissions)
        for (const poolId of [null, 'a', 'b']) {
          const scope = poolIds && { permissions: new Set(permissions), pools: new Set(poolIds as PoolId[]) };
          const access = { grants: grants as (Grant & { poolId: PoolId | null })[], scope };
          const asked = JSON.stringify({ grants, poolIds, permission, poolId });
          expect(mayDo(me(grants, { poolIds }), permission, poolId), asked).toBe(
            coreMayDo(access, permission, poolId as PoolId | null),
          );
        }
});

test('who may not is told who may; who may elsewhere may not here', () => {
  const elsewhere = me([{ role: 'administrator', poolId: 'b' }]);
  expect(whyNotAllowed(elsewhere, 'member:write', 'a')).toBe('Operators of this pool may do this.');
  expect(whyNotAllowed(elsewhere, 'dns:write', 'a')).toBe('Administrators of this pool may do this.');
  expect(whyNotAllowed(elsewhere, 'dns:write', null)).toBe('Administrators of all pools may do this.');
  expect(whyNotAllowed(elsewhere, 'brakes:write', 'b')).toBe('Administrators of all pools may do this.');
  expect(whyNotAllowed(elsewhere, 'dns:write', 'b')).toBeNull();
  expect(whyNotAllowed(undefined, 'dns:write', 'b')).toBe('Reading what you may do.');
});
