import type { PoolView } from '@serverctl/contract';
import { useState } from 'react';
import { useWhyNoAct } from '../../lib/act/use-why-no-act.ts';
import { doneText, nextItem, type SetupItem, setupItems } from '../../lib/pool/setup-steps.ts';
import { useCredentials } from '../../lib/pool/use-credentials.ts';
import { clockText } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { StateShape } from '../../ui/state.tsx';
import { WayLink } from '../../ui/way-link.tsx';
import { isBannerShown, isPutAway, mayPutAway, putAway } from './put-away.ts';
import { dnsNoteOf } from './queries.ts';

/** What is still missing before the pool fails over by itself; nothing where nothing is. */
export function SetupBanner({ pool }: { readonly pool: PoolView }) {
  const [hasPutAway, setPutAway] = useState(() => isPutAway(pool.id));
  const { setupMissing: missing } = pool.status;
  if (!isBannerShown(missing, hasPutAway)) return null;
  const leave = () => {
    putAway(pool.id);
    setPutAway(true);
  };
  return <Banner pool={pool} onLeave={mayPutAway(missing) ? leave : null} />;
}

function Banner({ pool, onLeave }: { readonly pool: PoolView; readonly onLeave: (() => void) | null }) {
  const credentials = useCredentials(pool, pool.status.bindings.length > 0);
  const items = setupItems(pool, dnsNoteOf(pool, credentials.data ?? [], clockText));
  const next = nextItem(items);
  return (
    <section className="box setup" aria-labelledby="setup">
      <div className="row between">
        <h2 id="setup" className="cut">
          Setting up {pool.name}
        </h2>
        <span className="small dim nowrap">{doneText(items)}</span>
      </div>
      <ol>
        {items.map((item) => (
          <Step key={item.step} pool={pool} item={item} isNext={item === next} />
        ))}
      </ol>
      {onLeave !== null && (
        <p className="setup-foot small dim">
          <span className="grow">
            The records are published. With automatic failover off, a person moves them when the active member fails.
          </span>
          <Button size="tiny" onClick={onLeave}>
            Leave it off and put this away
          </Button>
        </p>
      )}
    </section>
  );
}

interface StepProps {
  readonly pool: PoolView;
  readonly item: SetupItem;
  readonly isNext: boolean;
}

function Step({ pool, item, isNext }: StepProps) {
  const { title, isDone, note } = item;
  const shape = isDone ? 'healthy' : isNext ? 'current' : 'not-applicable';
  const word = isDone ? 'Done: ' : isNext ? 'Next: ' : 'Still to come: ';
  return (
    <li className={isDone ? 'done' : isNext ? 'now' : 'next'} aria-current={isNext ? 'step' : undefined}>
      <span className="sg">
        <StateShape shape={shape} />
      </span>
      <div className="min-w-0">
        <div className="sa">
          <span className="vh">{word}</span>
          {title}
        </div>
        <div className="sb" title={note}>
          {note}
        </div>
        {isNext && <Todo pool={pool} item={item} />}
      </div>
    </li>
  );
}

/** The way to the dialog that does the step. */
function Todo({ pool, item: { act, member, todo } }: Omit<StepProps, 'isNext'>) {
  const why = useWhyNoAct(act, pool.id);
  const word = `${todo.charAt(0).toUpperCase()}${todo.slice(1)}…`;
  return (
    <WayLink
      className="sl"
      why={why}
      to="."
      search={(all) => ({ ...all, act, ...(member !== undefined && { member }) })}
      resetScroll={false}
    >
      {word}
    </WayLink>
  );
}
