import type { PoolView } from '@serverctl/contract';
import { useEffect, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';
import { createSpeaker } from './speaker.ts';

/** For readers: what changed about the pool, as it changes. */
export function Spoken({ pool }: { readonly pool: PoolView }) {
  const [text, setText] = useState('');
  const [speaker] = useState(() => createSpeaker(systemClock, setText));
  useEffect(() => speaker.hear(pool), [speaker, pool]);
  useEffect(() => speaker.stop, [speaker]);
  return (
    <div className="vh" aria-live="polite" data-spoken="">
      {text}
    </div>
  );
}
