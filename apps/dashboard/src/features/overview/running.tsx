import type { PoolView, PromotionView } from '@serverctl/contract';
import { useLive } from '../../lib/live/use-live.ts';
import { leftBehindOf } from './left-behind.ts';
import { RunningPromotion } from './running-promotion.tsx';
import { useNow } from './use-now.ts';

/** Above the traffic while a promotion runs; nothing otherwise. */
export function Running({ pool, last }: { readonly pool: PoolView; readonly last: PromotionView | null }) {
  const traffic = useLive((state) => state.traffic);
  const now = useNow();
  if (last === null) return null;
  const left = leftBehindOf(pool, last, traffic, now);
  return <RunningPromotion key={last.id} pool={pool} promotion={last} left={left} now={now} />;
}
