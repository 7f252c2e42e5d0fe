import { type ReactNode, useEffect, useState } from 'react';
import { Failure, isRefused } from '../lib/failure.ts';
import { systemClock } from '../platform/clock.ts';
import { Button } from './button.tsx';
import { StateWord } from './state.tsx';

/*
 * When data is not there (DESIGN.md, section 7): loading, empty, error, refused. The fifth, stale, is StaleBar: what was there stays.
 */

const patienceMs = 200;
const widths = ['w-[42%]', 'w-[88%]', 'w-[64%]', 'w-[76%]'] as const;

/** Nothing for 200 ms, then what is being read, in the height that it will have. */
export function Skeleton({ title, lines = 3 }: { readonly title: string; readonly lines?: number }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => systemClock.after(patienceMs, () => setShown(true)), []);
  return (
    <div className={`pane ${isShown ? '' : 'invisible'}`} role="status">
      <div className="dim small">{title}</div>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike and never move
        <div key={line} className={`sk ${widths[line % widths.length]}`} />
      ))}
    </div>
  );
}

export interface EmptyStateProps {
  readonly title: string;
  /** What it is for. */
  readonly children: ReactNode;
}

export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div className="pane">
      <div className="strong">{title}</div>
      <div className="small dim">{children}</div>
    </div>
  );
}

export interface ProblemProps {
  readonly error: unknown;
  /** What could not be shown: "The promotions". */
  readonly what: string;
  /** Who may read it, where that is not every viewer of the pool. */
  readonly readers?: string;
  readonly onRetry: () => void;
}

/** What failed, in the API's own words, and what to do: refused where it is not allowed, else an error that can be tried again. */
export function Problem({ error, what, readers, onRetry }: ProblemProps) {
  if (isRefused(error)) return <Refused what={what} readers={readers} />;
  const failure = error instanceof Failure ? error : null;
  return (
    <div className="pane" role="alert">
      <div>
        <StateWord shape="lost">{what} could not be read</StateWord>
      </div>
      <div className="small dim">
        {failure?.message ?? 'The page itself has failed here.'} {failure?.remedy ?? 'Reload it.'}
      </div>
      {failure?.requestId != null && (
        <div className="tiny dimmer">
          In the server’s log: <span className="mono">{failure.requestId}</span>
        </div>
      )}
      <Button size="tiny" onClick={onRetry}>
        Try now
      </Button>
    </div>
  );
}

/** Shown and not hidden: who may do it, and how to ask for it. */
function Refused({
  what,
  readers = 'viewers of this pool',
}: {
  readonly what: string;
  readonly readers: string | undefined;
}) {
  const request = `Please let me read this in ServerCTL: ${what.toLowerCase()}, ${location.href}`;
  return (
    <div className="pane">
      <div>
        <StateWord shape="refused">Not allowed</StateWord>
      </div>
      <div className="small dim">
        {what} may be read by {readers}. An administrator can make you one.
      </div>
      <Button size="tiny" onClick={() => void navigator.clipboard.writeText(request)}>
        Copy a request
      </Button>
    </div>
  );
}
