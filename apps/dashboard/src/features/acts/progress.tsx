import type { PoolView, PromotionView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { historyApi } from '../../lib/api/history.ts';
import { measuredText, utcText } from '../../lib/words.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { StateShape } from '../../ui/state.tsx';
import { progressOf } from './steps.ts';

const againMs = 1_000;

/** A promotion from its record until every name server answers, each step as it is measured; then its result, which stays. */
export function Progress({
  pool,
  promotion: made,
}: {
  readonly pool: PoolView;
  readonly promotion: PromotionView | null;
}) {
  if (made === null) return <p>Nothing had to be written: the records are as they should be.</p>;
  return <Followed pool={pool} made={made} />;
}

function Followed({ pool, made }: { readonly pool: PoolView; readonly made: PromotionView }) {
  // Below ['promotions', pool], so that the live stream has it asked again; by time as well, since a last step need not change the pool.
  const read = useQuery<PromotionView>({
    queryKey: ['promotions', pool.id, 'one', made.id],
    queryFn: ({ signal }) => historyApi.promotion(pool.id, made.id, signal),
    initialData: made,
    staleTime: 0,
    refetchInterval: ({ state }) => (isRunning(state.data ?? made) ? againMs : false),
  });
  const promotion = read.data;
  const { sentence, steps } = progressOf(pool, promotion);
  return (
    <div className="progress">
      <p role="status">{sentence}</p>
      <ol className="stepped">
        {steps.map(({ key, shape, word, detail, afterMs, at }) => (
          <li key={key}>
            <StateShape shape={shape} />
            <span className="grow">
              {word}
              {detail !== null && <span className="dim"> {detail}</span>}
            </span>
            {afterMs !== null && at !== null && (
              <time className="num strong nowrap" dateTime={at} title={utcText(at)}>
                {measuredText(afterMs)}
              </time>
            )}
          </li>
        ))}
      </ol>
      {read.isError && <FailureNote error={read.error} />}
      <p className="small">
        <Link to="/pools/$pool/promotions/$promotion" params={{ pool: pool.id, promotion: promotion.id }}>
          The whole timeline
        </Link>
        <span className="dim">
          {' '}
          · epoch {promotion.epoch}
          {isRunning(promotion) && ' · you may close this: it goes on'}
        </span>
      </p>
    </div>
  );
}

const isRunning = ({ state }: PromotionView): boolean => state === 'publishing' || state === 'verifying';
