import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../../lib/queries.ts';

/** Why names and credentials cannot be changed by who is signed in; null = they can be. */
export function useWhyNoDnsWrite(): string | null {
  const { data: me } = useQuery(meQuery);
  return me === undefined || me.permissions.includes('dns:write')
    ? null
    : 'Administrators change names and credentials; you may read them.';
}
