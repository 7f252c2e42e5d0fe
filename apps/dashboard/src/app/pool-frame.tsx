import type { PoolView } from '@serverctl/contract';
import { getRouteApi, Link, Outlet, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { PoolActs } from '../features/acts/pool-acts.tsx';
import { PoolNote } from '../features/acts/pool-note.tsx';
import { SetupBanner } from '../features/setup/setup-banner.tsx';
import { useLive } from '../lib/live/use-live.ts';
import { PoolProvider, useFoundPool } from '../lib/pool/use-pool.ts';
import { EmptyState, Skeleton } from '../ui/absent.tsx';
import { Box } from '../ui/box.tsx';
import { Tag } from '../ui/tag.tsx';
import { ActPlace } from './act-place.tsx';
import { PoolTabs } from './pool-tabs.tsx';

const route = getRouteApi('/signed-in/pools/$pool');

/** What all pages of a pool have in common: its name, what can be done to it, and the way between them. */
export function PoolFrame() {
  const { pool: ref } = route.useParams();
  const isKnown = useLive(({ pools }) => pools !== null);
  const pool = useFoundPool(ref);
  useIdInAddress(ref, pool?.id ?? ref);
  if (pool !== null) return <Framed key={pool.id} pool={pool} />;
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

/** Who came by the pool's name stays when it is changed: the address goes by the id from then on. */
function useIdInAddress(ref: string, id: string): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (ref === id) return;
    const params = (all: object) => ({ ...all, pool: id });
    void navigate({ to: '.', params, search: (all) => all, replace: true, resetScroll: false });
  }, [ref, id, navigate]);
}

function Framed({ pool }: { readonly pool: PoolView }) {
  return (
    <PoolProvider value={pool}>
      <div className="head">
        <h1 className="cut" title={pool.name}>
          {pool.name}
        </h1>
        <span className="mt-1.5">
          <Tag>{pool.preset === 'haproxy' ? 'HAProxy pool' : 'Generic pool'}</Tag>
        </span>
        <PoolActs pool={pool} />
      </div>
      <PoolTabs pool={pool} />
      <SetupBanner pool={pool} />
      <PoolNote pool={pool} />
      <Outlet />
      <ActPlace pool={pool} />
    </PoolProvider>
  );
}
