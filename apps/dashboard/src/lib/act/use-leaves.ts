import { useEffect, useRef } from 'react';
import type { Act } from './use-act.ts';

/**
 * Closed while it works, an act goes on: what comes of it is told among the left acts, by the title that it had last. `outcomeOf`: in words, where
 * that it was recorded is not all that its dialog would have told.
 */
export function useLeaves<Result>(
  title: string,
  act: Pick<Act<never, Result>, 'leave'>,
  outcomeOf?: (result: Result) => string,
): void {
  const latest = useRef({ title, act, outcomeOf });
  latest.current = { title, act, outcomeOf };
  useEffect(
    () => () => {
      const { title: last, act: left, outcomeOf: told } = latest.current;
      left.leave(last, told);
    },
    [],
  );
}
