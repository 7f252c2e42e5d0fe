import { useRef, useState } from 'react';
import { Failure } from '../failure.ts';

/*
 * One act of a person:
 *
 *   ready ──→ working ──→ done
 *               │  └────→ failed ──→ working …
 *               └───────→ proof ──→ working     (a fresh proof of who one is was asked for; the act goes on by itself after it)
 */
export type ActState<Result> =
  | { readonly kind: 'ready' | 'working' | 'proof' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'done'; readonly result: Result };

export interface Act<Input, Result> {
  readonly state: ActState<Result>;
  /** Does it, once at a time; its outcome is in `state`. */
  readonly run: (input: Input) => void;
  /** With the input of before: after a fresh proof, or tried again. */
  readonly goOn: () => void;
  /** Back to where it can be said anew. */
  readonly reset: () => void;
}

export const needsProof = (error: unknown): boolean => error instanceof Failure && error.code === 'step_up_required';

/** `onDone` is told before the state is `done`. */
export function useAct<Input, Result>(
  call: (input: Input) => Promise<Result>,
  onDone: (result: Result) => void = () => undefined,
): Act<Input, Result> {
  const [state, setState] = useState<ActState<Result>>({ kind: 'ready' });
  const last = useRef<{ readonly input: Input } | null>(null);
  const isWorking = useRef(false);
  const run = (input: Input) => {
    if (isWorking.current) return;
    isWorking.current = true;
    last.current = { input };
    setState({ kind: 'working' });
    call(input)
      .then((result) => {
        onDone(result);
        setState({ kind: 'done', result });
      })
      .catch((error: unknown) => setState(needsProof(error) ? { kind: 'proof' } : { kind: 'failed', error }))
      .finally(() => {
        isWorking.current = false;
      });
  };
  const goOn = () => {
    if (last.current !== null) run(last.current.input);
  };
  return { state, run, goOn, reset: () => setState({ kind: 'ready' }) };
}
