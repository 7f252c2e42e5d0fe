import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../../lib/queries.ts';

/** Why names and credentials cannot be changed by who is signed in; null = they can be. */
export function useWhyNoDnsWrite(): string | null {
  return useWhyNot('dns:write', 'Administrators change names and credentials; you may read them.');
}

/** Why records cannot be moved by who is signed in; null = they can be. */
export function useWhyNoPromotion(): string | null {
  return useWhyNot('promotion:write', 'Operators and administrators of this pool do that.');
}

function useWhyNot(permission: 'dns:write' | 'promotion:write', why: string): string | null {
  const { data: me } = useQuery(meQuery);
  return me === undefined || me.permissions.includes(permission) ? null : why;
}
