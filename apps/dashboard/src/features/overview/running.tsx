import type { PoolView, PromotionView } from '@serverctl/contract';
import { useLive } from '../../lib/live/use-live.ts';
import { leftBehindOf } from './left-behind.ts';
import { placeOf } from './running-place.ts';
import { RunningPromotion, TimelineBox } from './running-promotion.tsx';
import { useNow } from './use-now.ts';

export interface RunningProps {
  readonly pool: PoolView;
  /** Undefined while it is not read. */
  readonly last: PromotionView | null | undefined;
  /** The last reading failed. */
  readonly isFailed: boolean;
}

/** Above the traffic, from the first promotion on. */
export function Running({ pool, last, isFailed }: RunningProps) {
  const traffic = useLive((state) => state.traffic);
  const now = useNow();
  if (last === null) return null;
  if (last === undefined) {
    const place = placeOf(pool, now, isFailed);
    return place && <TimelineBox {...place}>{null}</TimelineBox>;
  }
  const left = leftBehindOf(pool, last, traffic, now);
  return <RunningPromotion key={last.id} pool={pool} promotion={last} left={left} now={now} />;
}
