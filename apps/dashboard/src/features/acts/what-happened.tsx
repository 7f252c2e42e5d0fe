import type { PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { promotionsQuery } from '../../lib/queries.ts';
import { Problem, Skeleton } from '../../ui/absent.tsx';
import { Part } from '../../ui/dialog.tsx';
import { When } from '../../ui/when.tsx';

const mostShown = 5;

/** The failovers that a held pool waits for: what moved by itself lately, in the server's sentences. */
export function WhatHappened({ pool }: { readonly pool: PoolView }) {
  const read = useQuery(promotionsQuery(pool.id));
  const automatic = (read.data ?? []).filter(({ actor }) => actor === 'loop').slice(0, mostShown);
  return (
    <Part title="What happened">
      {pool.status.state === 'held' && <p className="small">{pool.status.sentence}</p>}
      {read.isPending && <Skeleton title="Reading the promotions" lines={3} />}
      {read.isError && <Problem error={read.error} what="The promotions" onRetry={() => void read.refetch()} />}
      {read.data !== undefined && automatic.length === 0 && <p className="small dim">Nothing moved by itself yet.</p>}
      <ul className="happened">
        {automatic.map(({ id, decidedAt, sentence }) => (
          <li key={id}>
            <When at={decidedAt} className="dim nowrap" />
            <Link to="/pools/$pool/promotions/$promotion" params={{ pool: pool.id, promotion: id }}>
              {sentence}
            </Link>
          </li>
        ))}
      </ul>
    </Part>
  );
}
