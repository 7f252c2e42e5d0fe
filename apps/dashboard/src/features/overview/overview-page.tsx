import type { PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useLive } from '../../lib/live/use-live.ts';
import { promotionsQuery } from '../../lib/queries.ts';
import { EmptyState, Skeleton } from '../../ui/absent.tsx';
import { Box } from '../../ui/box.tsx';
import { Tag } from '../../ui/tag.tsx';
import { AnswersBox } from './answers-box.tsx';
import { Events } from './events.tsx';
import { MemberCards } from './member-cards.tsx';
import { NextInLine } from './next-in-line.tsx';
import { Promotions } from './promotions.tsx';
import { TrafficFlow } from './traffic-flow.tsx';

const route = getRouteApi('/signed-in/pools/$pool');

/** One pool: the four answers, its traffic, its members, and what happened. */
export function OverviewPage() {
  const { pool: ref } = route.useParams();
  const isKnown = useLive(({ pools }) => pools !== null);
  const pool = useLive(({ pools }) => pools?.get(ref) ?? byName(pools, ref));
  useEffect(() => {
    document.title = `${pool?.name ?? 'Pool'} · ServerCTL`;
  }, [pool?.name]);
  if (pool !== null) return <Overview key={pool.id} pool={pool} />;
  return (
    <>
      <h1 className="vh">Pool</h1>
      <Box>
        {isKnown ? (
          <EmptyState title="There is no such pool">
            It may have been removed, or you may not read it. <Link to="/pools">All pools</Link>
          </EmptyState>
        ) : (
          <Skeleton title="Reading the pool" lines={8} />
        )}
      </Box>
    </>
  );
}

function byName(pools: ReadonlyMap<string, PoolView> | null, name: string): PoolView | null {
  for (const pool of pools?.values() ?? []) if (pool.name === name) return pool;
  return null;
}

function Overview({ pool }: { readonly pool: PoolView }) {
  const promotions = useQuery(promotionsQuery(pool.id));
  const last = promotions.data === undefined ? undefined : (promotions.data[0] ?? null);
  return (
    <>
      <div className="head mb-6">
        <h1 className="cut" title={pool.name}>
          {pool.name}
        </h1>
        <span className="mt-1.5">
          <Tag>{pool.preset === 'haproxy' ? 'HAProxy pool' : 'Generic pool'}</Tag>
        </span>
      </div>
      <AnswersBox pool={pool} last={last} />
      {pool.preset === 'haproxy' && <TrafficFlow pool={pool} last={last ?? null} />}
      <MemberCards pool={pool} last={last ?? null} />
      <div className="cols c2 sec">
        <div>
          <NextInLine pool={pool} />
          <Events poolId={pool.id} />
        </div>
        <Promotions pool={pool} promotions={promotions} />
      </div>
    </>
  );
}
