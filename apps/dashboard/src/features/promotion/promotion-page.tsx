import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Failure } from '../../lib/failure.ts';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { isMeasuring } from '../../lib/pool/cached-until.ts';
import { kindWords } from '../../lib/pool/promotion-words.ts';
import { usePool } from '../../lib/pool/use-pool.ts';
import { promotionQuery } from '../../lib/queries.ts';
import { useTitle } from '../../lib/use-title.ts';
import { EmptyState, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box } from '../../ui/box.tsx';
import { Promotion } from './promotion.tsx';

const route = getRouteApi('/signed-in/pools/$pool/promotions/$promotion');
const againMs = 2_000;

/** One promotion: what it came to, its time to scale, why it and not another, and what came after. */
export function PromotionPage() {
  const pool = usePool();
  const { store } = useLiveStore();
  const { promotion: id } = route.useParams();
  const read = useQuery({
    ...promotionQuery(pool.id, id),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && isMeasuring(pool, data, store.serverNowMs()) ? againMs : false,
  });
  useTitle(read.data === undefined ? 'Promotion' : `${kindWords[read.data.kind]} of ${pool.name}`);
  if (read.data !== undefined) return <Promotion pool={pool} promotion={read.data} />;
  const isMissing = read.error instanceof Failure && read.error.status === 404;
  return (
    <Box>
      {read.isPending && <Skeleton title="Reading the promotion" lines={8} />}
      {isMissing && (
        <EmptyState title="There is no such promotion">
          This pool has none of this address.{' '}
          <Link to="/pools/$pool" params={{ pool: pool.id }}>
            Its overview lists them
          </Link>
        </EmptyState>
      )}
      {read.isError && !isMissing && (
        <Problem error={read.error} what="The promotion" onRetry={() => void read.refetch()} />
      )}
    </Box>
  );
}
