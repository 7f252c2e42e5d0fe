import type { MeView } from '@serverctl/contract';
import { permissionsOf, type Role } from '@serverctl/core';

/** Somebody signed in with this role: in one pool, or in all (null). */
export const me = (role: Role, poolId: string | null = null): MeView => ({
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
