import type { MemberView, PoolView } from '@serverctl/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useStale } from '../../lib/act/use-stale.ts';
import { membersApi } from '../../lib/api/members.ts';
import { Failure } from '../../lib/failure.ts';
import { useWhyNotAllowed } from '../../lib/use-may.ts';
import { type GoesBack, goesBackBy, inSteps, withPriorities, withYes } from './goes-back.ts';
import { inOrder, moved } from './order.ts';
import { membersQuery } from './queries.ts';

/** A change of place that moves records as well: it waits for a yes. */
export interface AskedMove {
  readonly id: string;
  readonly by: 1 | -1;
  readonly goesBack: GoesBack;
}

export interface Order {
  readonly move: (id: string, by: 1 | -1) => void;
  /** One is being stored: the next press would begin from what is not so any more. */
  readonly isBusy: boolean;
  /** Why the last one did not happen; null = it did. */
  readonly error: unknown;
  /** The last one was stored in part; null = all or nothing of it was. */
  readonly half: string | null;
  /** What came of the last one, for who does not see it. */
  readonly said: string;
  /** Why nobody here may change it; null = they may. */
  readonly mayNot: string | null;
  readonly asked: AskedMove | null;
  /** Does what was asked. Rejects where it could not, or where other records would move by now: then that is asked instead. */
  readonly confirm: () => Promise<void>;
  readonly keep: () => void;
}

/** Changes the order of standby by setting priorities, one after the other; what the server said is what is shown. */
export function useOrder(pool: PoolView, views: readonly MemberView[]): Order {
  const stale = useStale();
  const stored = useStored(pool.id, views);
  const [asked, setAsked] = useState<AskedMove | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [said, setSaid] = useState('');
  const [isBusy, setBusy] = useState(false);
  const working = useRef(false);
  const mayNot = useWhyNotAllowed('member:write', pool.id) ?? stale;

  async function run(id: string, by: 1 | -1, confirmed: string | null): Promise<void> {
    const before = stored.now();
    const changes = inSteps(pool, before, moved(before, id, by));
    const goesBack = goesBackBy(pool, before, withPriorities(before, changes));
    if (goesBack !== null && goesBack.sentence !== confirmed) {
      setAsked({ id, by, goesBack });
      if (confirmed !== null) throw movesOther();
      return;
    }
    const after = inOrder(await stored.set(changes, goesBack));
    const place = after.findIndex((one) => one.id === id);
    setSaid(`${after[place]?.hostname ?? ''} is ${place + 1} of ${after.length} now.`);
  }

  async function once(act: () => Promise<void>): Promise<void> {
    working.current = true;
    setBusy(true);
    setError(null);
    await act().finally(() => {
      working.current = false;
      setBusy(false);
    });
  }

  return {
    ...{ error, said, mayNot, isBusy, asked, half: stored.half },
    move(id, by) {
      if (mayNot === null && !working.current) once(() => run(id, by, null)).catch(setError);
    },
    async confirm() {
      if (asked === null || mayNot !== null || working.current) throw movesOther();
      await once(() => run(asked.id, asked.by, asked.goesBack.sentence));
    },
    keep: () => setAsked(null),
  };
}

const movesOther = (): Failure =>
  new Failure(
    {
      code: 'order_changed',
      message: 'The order was changed meanwhile; nothing was set.',
      remedy: 'Look at what would move now, then confirm it again.',
      details: {},
      requestId: '',
    },
    0,
  );

/** What is stored, as it was said last, and how to set priorities one after the other. */
function useStored(poolId: string, views: readonly MemberView[]) {
  const queries = useQueryClient();
  const [half, setHalf] = useState<string | null>(null);
  const { queryKey } = membersQuery(poolId);
  const now = () => queries.getQueryData(queryKey) ?? views;
  async function set(
    changes: readonly Pick<MemberView, 'id' | 'priority'>[],
    goesBack: GoesBack | null,
  ): Promise<readonly MemberView[]> {
    let count = 0;
    setHalf(null);
    try {
      for (const change of withYes(changes, goesBack)) {
        const { id, ...patch } = change;
        const changed = await membersApi.set(poolId, id, patch);
        // An answer that is on its way is from before this one.
        await queries.cancelQueries({ queryKey, exact: true });
        queries.setQueryData(queryKey, (known) => known?.map((one) => (one.id === id ? changed : one)));
        count += 1;
      }
    } catch (error) {
      if (count > 0) setHalf(halfText(count, changes.length));
      throw error;
    } finally {
      void queries.invalidateQueries({ queryKey, exact: true });
    }
    return now();
  }
  return { now, set, half };
}

const halfText = (count: number, all: number): string =>
  `Only ${count} of ${all} priorities ${count === 1 ? 'was' : 'were'} stored before that. The table shows the order as it is now: look whether it is meant.`;
