import type { MemberView, PoolView } from '@serverctl/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { membersApi } from '../../lib/api/members.ts';
import { meQuery } from '../../lib/queries.ts';
import { inOrder, moved } from './order.ts';
import { membersQuery } from './queries.ts';

export interface Order {
  readonly move: (id: string, by: 1 | -1) => void;
  /** Why the last one did not happen; null = it did. */
  readonly error: unknown;
  /** What came of the last one, for who does not see it. */
  readonly said: string;
  /** Why nobody here may change it; null = they may. */
  readonly mayNot: string | null;
}

/** Changes the order of standby by setting priorities, one after the other; what the server said is what is shown. */
export function useOrder(pool: PoolView, views: readonly MemberView[]): Order {
  const queries = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const [error, setError] = useState<unknown>(null);
  const [said, setSaid] = useState('');
  // One after the other: a second press while the first is stored is not lost, and begins from what came of it.
  const turn = useRef(Promise.resolve());
  const mayNot = me?.permissions.includes('member:write') === false ? 'An operator of this pool may do this.' : null;

  async function set(id: string, by: 1 | -1): Promise<void> {
    const { queryKey } = membersQuery(pool.id);
    const changes = moved(queries.getQueryData(queryKey) ?? views, id, by);
    for (const { id: which, priority } of changes) {
      const changed = await membersApi.set(pool.id, which, { priority });
      queries.setQueryData(queryKey, (known) => known?.map((one) => (one.id === which ? changed : one)));
    }
    const after = inOrder(queries.getQueryData(queryKey) ?? views);
    const place = after.findIndex((one) => one.id === id);
    setSaid(`${after[place]?.hostname ?? ''} is ${place + 1} of ${after.length} now.`);
  }

  return {
    error,
    said,
    mayNot,
    move(id, by) {
      if (mayNot !== null) return;
      setError(null);
      turn.current = turn.current.then(() => set(id, by)).catch(setError);
    },
  };
}
