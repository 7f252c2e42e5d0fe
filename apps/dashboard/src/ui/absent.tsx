import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { Failure, isRefused } from '../lib/failure.ts';
import { meQuery } from '../lib/queries.ts';
import { secondText } from '../lib/words.ts';
import { systemClock } from '../platform/clock.ts';
import { Button } from './button.tsx';
import { Note } from './note.tsx';
import { RefusedList } from './refused-list.tsx';
import { StateWord } from './state.tsx';
import { notCopied, useCopy } from './use-copy.ts';

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
  if (isRefused(error)) return <Refused what={what} readers={readers} onRetry={onRetry} />;
  const failure = error instanceof Failure ? error : null;
  return (
    <div className="pane" role="alert">
      <div>
        <StateWord shape="lost">{what} could not be read</StateWord>
      </div>
      <div className="small dim">
        {failure?.message ?? 'The page itself has failed here.'} {failure?.remedy ?? 'Reload it.'}
      </div>
      <RefusedList error={error} />
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

export interface NotReadAgainProps {
  readonly query: Pick<
    UseQueryResult<unknown>,
    'data' | 'isError' | 'error' | 'isFetching' | 'dataUpdatedAt' | 'refetch'
  >;
  /** "The users". */
  readonly what: string;
}

/** What was read before stays, with the time that it is from; nothing where the last reading went well. */
export function NotReadAgain({ query, what }: NotReadAgainProps) {
  const { data, isError, error, isFetching, dataUpdatedAt, refetch } = query;
  if (data === undefined || !isError) return null;
  const failure = error instanceof Failure ? error : null;
  return (
    <div className="not-again">
      <Note shape={failure?.status === 403 ? 'refused' : 'unknown'} alert>
        <div className="row wrap">
          <span className="grow">
            <b>{what} could not be read again.</b> Here they are as of{' '}
            {secondText(new Date(dataUpdatedAt).toISOString())}. {failure?.message}
          </span>
          <Button size="tiny" disabled={isFetching} focusableWhenDisabled onClick={() => void refetch()}>
            {isFetching ? 'Trying' : 'Try now'}
          </Button>
        </div>
      </Note>
    </div>
  );
}

export interface RefusedProps {
  readonly what: string;
  readonly readers?: string | undefined;
  /** Asks for it again, where it was asked for at all. */
  readonly onRetry?: () => void;
}

/** Shown and not hidden: who may do it, how to ask for it, and what to do once it was given. */
export function Refused({ what, readers = 'viewers of this pool', onRetry }: RefusedProps) {
  const again = useRightsAgain(onRetry);
  const request = `Please let me read this in ServerCTL: ${what.toLowerCase()}, ${location.href}`;
  const { outcome, copy } = useCopy(request);
  return (
    <div className="pane">
      <div>
        <StateWord shape="refused">Not allowed</StateWord>
      </div>
      <div className="small dim">
        {what} may be read by {readers}. An administrator can make you one.
      </div>
      <div className="row wrap">
        <Button size="tiny" onClick={copy}>
          <span aria-live="polite">
            {outcome === null ? 'Copy a request' : outcome === 'copied' ? 'Copied' : notCopied}
          </span>
        </Button>
        <Button size="tiny" disabled={again.isAsking} focusableWhenDisabled onClick={again.ask}>
          {again.isAsking ? 'Trying' : 'Try now'}
        </Button>
      </div>
      {outcome === 'refused' && <div className="code">{request}</div>}
    </div>
  );
}

/** What who is signed in may do is read anew: it was given or taken on another page. */
function useRightsAgain(onRetry: (() => void) | undefined) {
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const ask = async () => {
    setAsking(true);
    await queries.refetchQueries({ queryKey: meQuery.queryKey, exact: true });
    setAsking(false);
    onRetry?.();
  };
  return { isAsking, ask: () => void ask() };
}
