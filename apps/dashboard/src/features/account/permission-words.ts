import type { TokenView } from '@serverctl/contract';

export type Permission = TokenView['permissions'][number];

interface PermissionWords {
  readonly words: string;
  /** It belongs to no pool: a token that is narrowed to pools cannot have it. */
  readonly withoutPool?: true;
  /** No token may, whatever its maker may: who can sign in, and with which rights (R39). */
  readonly never?: true;
}

/** What each permission allows. The control plane decides; this says what it decides by. */
export const permissionWords: Readonly<Record<Permission, PermissionWords>> = {
  'pool:read': { words: 'See pools, members and promotions' },
  'pool:write': { words: 'Change settings of pools, pause and resume them' },
  'pool:admin': { words: 'Make and remove pools' },
  'member:write': { words: 'Add, change and remove members' },
  'dns:read': { words: 'See names, records and credentials' },
  'dns:write': { words: 'Change names, records and credentials' },
  'promotion:write': { words: 'Make a member active, fail over' },
  'event:read': { words: 'Read events' },
  'brakes:write': { words: 'Release the brakes of the fleet', withoutPool: true },
  'channel:read': { words: 'See notification channels', withoutPool: true },
  'channel:write': { words: 'Change notification channels', withoutPool: true },
  'user:read': { words: 'See users and open links', withoutPool: true },
  'user:write': { words: 'Change users', withoutPool: true, never: true },
  'token:read': { words: 'See everybody’s API tokens', withoutPool: true },
  'token:write': { words: 'Revoke everybody’s API tokens', withoutPool: true, never: true },
  'audit:read': { words: 'Read the audit log', withoutPool: true },
  'system:read': { words: 'Read the state of the control plane', withoutPool: true },
  'metrics:read': { words: 'Read metrics, as Prometheus does', withoutPool: true },
};

const all = Object.keys(permissionWords) as Permission[];

/** What a token may be given by somebody who has these, in pools or not. */
export const givable = (own: readonly Permission[], isNarrowed: boolean): readonly Permission[] =>
  all.filter((one) => {
    const { withoutPool = false, never = false } = permissionWords[one];
    return own.includes(one) && !never && !(isNarrowed && withoutPool);
  });
