import type { PoolView, PromotionView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import type { LeftBehind, Now } from './left-behind.ts';
import { StepTimeline } from './step-timeline.tsx';
import { timelineOf } from './timeline.ts';

export interface RunningPromotionProps {
  readonly pool: PoolView;
  readonly promotion: PromotionView;
  readonly left: LeftBehind | null;
  readonly now: Now;
}

/** What came last stays to be read before it goes. */
const shownAfterMs = 60_000;

/** The last promotion while anything of it goes on, and for a minute after. What is spoken is spoken elsewhere, in transitions only. */
export function RunningPromotion({ pool, promotion, left, now }: RunningPromotionProps) {
  const timeline = timelineOf(pool, promotion, left, now);
  const ranAtMs = useRef(0);
  if (!timeline.isOver) ranAtMs.current = now.serverMs;
  if (promotion.state === 'superseded') return null;
  if (timeline.isOver && now.serverMs - Math.max(timeline.lastMs, ranAtMs.current) > shownAfterMs) return null;
  return (
    <section className="box running" aria-labelledby="running">
      <div className="run-h">
        <h2 id="running">{timeline.title}</h2>
        <span className="small dim">{timeline.hint}</span>
        <Link
          className="small run-more"
          to="/pools/$pool/promotions/$promotion"
          params={{ pool: pool.id, promotion: promotion.id }}
        >
          Evidence and why
        </Link>
      </div>
      <StepTimeline steps={timeline.steps} />
    </section>
  );
}
