import { useRef, useState } from 'react';
import { Failure } from '../failure.ts';
import { leftActs } from './left-acts.ts';

/*
 * One act of a person:
 *
 *   ready ──→ working ──→ done
 *               │  └────→ failed ──→ working …
 *               └───────→ proof ──→ working     (a fresh proof of who one is was asked for; the act goes on by itself after it)
 *
 * Left while it works, it goes on, and its outcome is among the left acts.
 */
export type ActState<Result> =
  | { readonly kind: 'ready' | 'working' | 'proof' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'done'; readonly result: Result };

export interface Act<Input, Result> {
  readonly state: ActState<Result>;
  /** Does it, once at a time; its outcome is in `state`. */
  readonly run: (input: Input) => void;
  /** The same again as it was confirmed, whatever the page shows by now: after a fresh proof, or tried again. */
  readonly goOn: () => void;
  /** Back to where it can be said anew. */
  readonly reset: () => void;
  /** Nobody looks at `state` any more: where it works, its outcome is told elsewhere. */
  readonly leave: (title: string, outcomeOf?: (result: Result) => string) => void;
}

export const needsProof = (error: unknown): boolean => error instanceof Failure && error.code === 'step_up_required';

interface Running<Result> {
  readonly again: () => void;
  isWorking: boolean;
  leftAs: string | null;
  outcomeOf: ((result: Result) => string) | undefined;
  readonly session: number;
}

/** `onDone` is told before the state is `done`. */
export function useAct<Input, Result>(
  call: (input: Input) => Promise<Result>,
  onDone: (result: Result) => void = () => undefined,
): Act<Input, Result> {
  const [state, setState] = useState<ActState<Result>>({ kind: 'ready' });
  const last = useRef<Running<Result> | null>(null);
  const run = (input: Input) => {
    if (last.current?.isWorking) return;
    const running: Running<Result> = {
      ...{ again: () => run(input), isWorking: true, leftAs: null, outcomeOf: undefined },
      session: leftActs.session(),
    };
    last.current = running;
    setState({ kind: 'working' });
    const ended = (next: ActState<Result>, error: unknown) => {
      running.isWorking = false;
      const outcome = next.kind === 'done' ? (running.outcomeOf?.(next.result) ?? null) : null;
      if (running.leftAs !== null) leftActs.add({ title: running.leftAs, error, outcome }, running.session);
      setState(next);
    };
    call(input)
      .then((result) => {
        onDone(result);
        ended({ kind: 'done', result }, null);
      })
      .catch((error: unknown) => ended(needsProof(error) ? { kind: 'proof' } : { kind: 'failed', error }, error));
  };
  return {
    state,
    run,
    goOn: () => last.current?.again(),
    reset: () => setState({ kind: 'ready' }),
    leave: (title, outcomeOf) => {
      if (last.current?.isWorking) Object.assign(last.current, { leftAs: title, outcomeOf });
    },
  };
}
