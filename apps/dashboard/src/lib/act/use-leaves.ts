import { useEffect, useRef } from 'react';
import type { Act } from './use-act.ts';

/** Closed while it works, an act goes on: what comes of it is told among the left acts, by the title that it had last. */
export function useLeaves(title: string, act: Pick<Act<never, unknown>, 'leave'>): void {
  const latest = useRef({ title, act });
  latest.current = { title, act };
  useEffect(() => () => latest.current.act.leave(latest.current.title), []);
}
