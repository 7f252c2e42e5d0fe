import type { EnrolmentProgress, PoolView } from '@serverctl/contract';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { useLive, useLiveStore } from '../../lib/live/use-live.ts';
import { NotReadAgain, Problem, Skeleton } from '../../ui/absent.tsx';
import { ActLink } from '../../ui/act-link.tsx';
import { Age } from '../../ui/age.tsx';
import { Heard } from '../../ui/heard.tsx';
import { Note } from '../../ui/note.tsx';
import { type Shape, StateShape } from '../../ui/state.tsx';
import { memberOf } from './kept-member.tsx';
import { refusalOfLine, type Step, type StepState, spokenOf, stepsOf } from './steps.ts';

export interface WhatWeSeeProps {
  readonly pool: PoolView;
  readonly memberId: string;
  readonly progress: UseQueryResult<EnrolmentProgress>;
}

const shapes: Readonly<Record<StepState, Shape>> = {
  done: 'healthy',
  passed: 'unknown',
  now: 'running',
  next: 'not-applicable',
};

/** Step by step, as it is seen, and why it does not go on where that is known. */
export function WhatWeSee({ pool, memberId, progress }: WhatWeSeeProps) {
  const { data } = progress;
  return (
    <section aria-labelledby="seen">
      <h3 id="seen" className="part">
        What we see
      </h3>
      {data === undefined && progress.isError && (
        <Problem error={progress.error} what="What was seen" onRetry={() => void progress.refetch()} />
      )}
      {data === undefined && !progress.isError && <Skeleton title="Looking" lines={4} />}
      <NotReadAgain query={progress} what="The steps" />
      {data !== undefined && (
        <>
          {/* Steps only are spoken: beside them something counts. */}
          <div className="vh" role="status">
            {spokenOf(stepsOf(data))}
          </div>
          <ol className="wait">
            {stepsOf(data).map((step) => (
              <OneStep key={step.step} step={step} progress={data} />
            ))}
          </ol>
        </>
      )}
      <Trouble pool={pool} memberId={memberId} lineMadeAt={data?.line?.madeAt ?? null} />
    </section>
  );
}

function OneStep({ step: { step, state, text, mono, detail }, progress }: OneStepProps) {
  return (
    <li className={state === 'now' ? 'cur' : state} aria-current={state === 'now' ? 'step' : undefined}>
      <StateShape shape={shapes[state]} className={state === 'now' ? 'spin' : ''} />
      <span>
        {text} {mono !== undefined && <span className="mono">{mono}</span>}
        <span className="vh">{state === 'done' ? ', seen' : state === 'next' ? ', not yet' : ''}</span>
      </span>
      <span className="dim">
        {detail}
        {step === 'heartbeat' && state === 'done' && (
          <>
            heard <Heard memberId={progress.memberId} never="just now" />
            {' ago'}
          </>
        )}
        {step === 'heartbeat' && state === 'now' && progress.key !== null && (
          <>
            <Since at={progress.key.enrolledAt} />, usually under 5 s
          </>
        )}
      </span>
    </li>
  );
}

interface OneStepProps {
  readonly step: Step;
  readonly progress: EnrolmentProgress;
}

/** How long ago an instant of the server's clock is, counting. */
function Since({ at }: { readonly at: string }) {
  const { store } = useLiveStore();
  const [offsetMs] = useState(() => store.get().serverOffsetMs);
  return <Age sinceMs={Date.parse(at) - offsetMs} serverOffsetMs={offsetMs} />;
}

/** The host came, and was refused: by its address, or by what it calls itself. */
function Trouble({
  pool,
  memberId,
  lineMadeAt,
}: {
  readonly pool: PoolView;
  readonly memberId: string;
  readonly lineMadeAt: string | null;
}) {
  const refused = useLive(({ events }) => refusalOfLine(events, memberId, lineMadeAt));
  const member = memberOf(pool, memberId);
  if (member?.refusedBecause != null)
    return (
      <div className="mt-3">
        <Note shape="refused" alert>
          {member.healthSentence}{' '}
          <ActLink act={member.refusedBecause === 'ip' ? 'allow-address' : 'edit-member'} member={memberId} size="tiny">
            {member.refusedBecause === 'ip' ? 'Allow address…' : 'Change hostname…'}
          </ActLink>
        </Note>
      </div>
    );
  if (refused === null) return null;
  return (
    <div className="mt-3">
      <Note shape="refused" alert>
        {refused.sentence} The secret stays valid.
      </Note>
    </div>
  );
}
