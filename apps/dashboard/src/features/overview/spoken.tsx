import type { PoolView } from '@serverctl/contract';
import { useEffect, useRef, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';
import { transitionsOf } from './transitions.ts';

/** Politely, and never more often than this: what came in between is said together. */
const betweenMs = 5_000;

/** For readers: what changed about the pool, as it changes. */
export function Spoken({ pool }: { readonly pool: PoolView }) {
  const [text, setText] = useState('');
  const before = useRef(pool);
  const waiting = useRef<string[]>([]);
  const saidAtMs = useRef(Number.NEGATIVE_INFINITY);
  const cancel = useRef<(() => void) | null>(null);
  useEffect(() => {
    waiting.current.push(...transitionsOf(before.current, pool));
    before.current = pool;
    if (waiting.current.length === 0 || cancel.current !== null) return;
    const waitMs = Math.max(0, saidAtMs.current + betweenMs - systemClock.nowMs());
    cancel.current = systemClock.after(waitMs, () => {
      cancel.current = null;
      saidAtMs.current = systemClock.nowMs();
      setText(waiting.current.splice(0).join(' '));
    });
  }, [pool]);
  useEffect(() => () => cancel.current?.(), []);
  return (
    <div className="vh" aria-live="polite" data-spoken="">
      {text}
    </div>
  );
}
