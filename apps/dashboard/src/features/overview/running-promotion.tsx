import type { PoolView, PromotionView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import type { LeftBehind, Now } from './left-behind.ts';
import { StepTimeline } from './step-timeline.tsx';
import { shownAfterMs, type Timeline, timelineOf } from './timeline.ts';

export interface RunningPromotionProps {
  readonly pool: PoolView;
  readonly promotion: PromotionView;
  readonly left: LeftBehind | null;
  readonly now: Now;
}

/**
 * The newest promotion: as it runs, and how it went until the next one. It always has its place, so that nothing below it moves when one
 * begins. What is spoken is spoken elsewhere, in transitions only.
 */
export function RunningPromotion({ pool, promotion, left, now }: RunningPromotionProps) {
  const timeline = timelineOf(pool, promotion, left, now);
  const isPast = timeline.isOver && now.serverMs - timeline.lastMs > shownAfterMs;
  return (
    <TimelineBox {...timeline} isPast={isPast}>
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
  /** All of it was over a while ago: it is drawn quietly. */
  readonly isPast?: boolean;
  readonly children: React.ReactNode;
}

export function TimelineBox({ title, hint, steps, isPast = false, children }: TimelineBoxProps) {
  return (
    <section className={isPast ? 'box running past' : 'box running'} aria-labelledby="running">
      <div className="run-h">
        <h2 id="running">{title}</h2>
        <span className="small dim">{hint}</span>
        {children}
      </div>
      <StepTimeline steps={steps} />
    </section>
  );
}
