import type { PoolView, PromotionView } from '@serverctl/contract';
import { measuredText } from '../../lib/words.ts';
import type { Shape } from '../../ui/state.tsx';

export interface StepLine {
  readonly key: string;
  readonly shape: Shape;
  readonly word: string;
  readonly detail: string | null;
  /** Since the decision; null = not measured yet. */
  readonly afterMs: number | null;
  readonly at: string | null;
}

export interface ProgressWords {
  readonly sentence: string;
  readonly steps: readonly StepLine[];
}

type Step = PromotionView['steps'][number];

const points: readonly { readonly step: Step['step']; readonly word: string; readonly doing: string }[] = [
  { step: 'decided', word: 'Recorded', doing: 'Recording' },
  { step: 'acknowledged', word: 'The provider has taken it', doing: 'Asking the provider' },
  { step: 'all-answered', word: 'Every name server answers', doing: 'Asking the name servers' },
  { step: 'old-ttl-elapsed', word: 'The old TTL is over', doing: 'Old answers run out' },
];

/** A promotion that a person asked for, point by point: the last one that all its names have reached, the first that they have not. */
export function progressOf(pool: PoolView, promotion: PromotionView): ProgressWords {
  const decidedMs = promotion.steps.find(({ step }) => step === 'decided')?.afterMs ?? 0;
  const names = pool.status.bindings.length;
  const isOver = promotion.state === 'superseded' || promotion.state === 'done';
  let isBefore = true;
  const steps = points.map(({ step, word, doing }) => {
    const reached = promotion.steps.filter((one) => one.step === step);
    const last = reached.at(-1);
    const isDone = last !== undefined && (step === 'decided' || last.name === null || reached.length >= names);
    const isNext = !isDone && isBefore && !isOver;
    isBefore = isDone;
    return {
      key: step,
      shape: isDone ? ('healthy' as const) : isNext ? ('running' as const) : ('not-applicable' as const),
      word: isNext ? doing : word,
      detail: isNext ? detailOf(pool, promotion, step) : null,
      afterMs: isDone ? Math.max(0, last.afterMs - decidedMs) : null,
      at: isDone ? last.at : null,
    };
  });
  return { sentence: sentenceOf(pool, promotion, steps), steps };
}

/** What stands in the way, in the server's words. */
function detailOf({ status }: PoolView, { epoch }: PromotionView, step: Step['step']): string | null {
  const failed = status.bindings.find(({ error, publishedEpoch }) => error !== null && publishedEpoch < epoch);
  if (failed?.error != null) return `${failed.error.message} ${failed.error.remedy}`;
  if (step !== 'all-answered') return null;
  const answers = status.bindings.flatMap(({ published }) => published);
  return `${answers.filter(({ ok }) => ok).length} of ${answers.length} give the new address`;
}

function sentenceOf(pool: PoolView, promotion: PromotionView, steps: readonly StepLine[]): string {
  if (promotion.state === 'superseded') return 'Overtaken by a newer promotion of this pool.';
  const answered = steps.find(({ key }) => key === 'all-answered')?.afterMs ?? null;
  if (answered !== null) return `Done: every name server answered after ${measuredText(answered)}.`;
  // Done without that step: a record was there already, or its name came later.
  if (promotion.state === 'done') return 'Done: every record is published.';
  const isBlocked = pool.status.state === 'blocked';
  return isBlocked ? pool.status.sentence : 'Recorded; the records are being moved.';
}
