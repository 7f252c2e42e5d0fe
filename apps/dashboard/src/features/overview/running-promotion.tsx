import type { PoolView, PromotionView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import type { LeftBehind, Now } from './left-behind.ts';
import { StepTimeline } from './step-timeline.tsx';
import { shownAfterMs, type Timeline, timelineOf } from './timeline.ts';

export interface RunningPromotionProps {
  readonly pool: PoolView;
  readonly promotion: PromotionView;
  readonly left: LeftBehind | null;
  readonly now: Now;
}

/** The last promotion while anything of it goes on, and for a minute after. What is spoken is spoken elsewhere, in transitions only. */
export function RunningPromotion({ pool, promotion, left, now }: RunningPromotionProps) {
  const timeline = timelineOf(pool, promotion, left, now);
  const ranAtMs = useRef(0);
  if (!timeline.isOver) ranAtMs.current = now.serverMs;
  if (promotion.state === 'superseded') return null;
  if (timeline.isOver && now.serverMs - Math.max(timeline.lastMs, ranAtMs.current) > shownAfterMs) return null;
  return (
    <TimelineBox {...timeline}>
      <Link
        className="small run-more"
        to="/pools/$pool/promotions/$promotion"
        params={{ pool: pool.id, promotion: promotion.id }}
      >
        Evidence and why
      </Link>
    </TimelineBox>
  );
}

interface TimelineBoxProps extends Pick<Timeline, 'title' | 'hint' | 'steps'> {
  readonly children: React.ReactNode;
}

export function TimelineBox({ title, hint, steps, children }: TimelineBoxProps) {
  return (
    <section className="box running" aria-labelledby="running">
      <div className="run-h">
        <h2 id="running">{title}</h2>
        <span className="small dim">{hint}</span>
        {children}
      </div>
      <StepTimeline steps={steps} />
    </section>
  );
}
