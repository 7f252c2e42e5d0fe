import { Check, Minus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { StateShape } from '../../ui/state.tsx';
import type { StepState, TimelineStep } from './timeline.ts';

const looks: Readonly<Record<StepState, string>> = {
  done: 'done',
  running: 'run',
  next: 'next',
  failed: 'failed',
  skipped: 'skipped',
  unknown: 'next unsure',
};
const words: Readonly<Record<StepState, string>> = {
  done: 'done',
  running: 'running',
  next: 'still to come',
  failed: 'failed',
  skipped: 'skipped',
  unknown: 'not known',
};

/** The points of a promotion, each with what was measured of it. */
export function StepTimeline({ steps }: { readonly steps: readonly TimelineStep[] }) {
  const [isWhole, setWhole] = useState(false);
  const now = nowOf(steps);
  return (
    <>
      <ol className={isWhole ? 'steps whole' : 'steps'} style={{ '--steps': steps.length } as React.CSSProperties}>
        {steps.map(({ title, state, value, detail }) => (
          <li
            key={title}
            className={title === now ? `${looks[state]} here` : looks[state]}
            aria-current={state === 'running' ? 'step' : undefined}
          >
            <span className="dot" aria-hidden="true">
              <Dot state={state} />
            </span>
            <div className="t">
              {title}
              <span className="vh">, {words[state]}</span>
            </div>
            <div className="u">{value === '' ? words[state] : value}</div>
            <div className="v" title={detail}>
              {detail}
            </div>
          </li>
        ))}
      </ol>
      <p className="only-phone all-steps">
        <Button size="tiny" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Only the present step' : `All ${steps.length} steps`}
        </Button>
      </p>
    </>
  );
}

/** The step at which it is, by its title: the one that a phone shows. */
function nowOf(steps: readonly TimelineStep[]): string | undefined {
  const open = steps.find(({ state }) => state === 'failed' || state === 'running');
  const unsure = steps.find(({ state }) => state === 'next' || state === 'unknown');
  return (open ?? unsure ?? steps.findLast(({ state }) => state === 'done'))?.title;
}

function Dot({ state }: { readonly state: StepState }) {
  const drawn = { size: 10, strokeWidth: 2.75 };
  if (state === 'done') return <Check {...drawn} />;
  if (state === 'failed') return <X {...drawn} />;
  if (state === 'skipped') return <Minus {...drawn} />;
  return state === 'unknown' ? <StateShape shape="unknown" /> : null;
}
