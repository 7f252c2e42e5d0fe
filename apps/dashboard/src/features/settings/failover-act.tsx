import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { FailoverOff } from './failover-off.tsx';
import { FailoverOn } from './failover-on.tsx';
import { stopsOf } from './failover-words.ts';
import { patchOf, type Refusal, refusalOf, targetOf } from './failover-yes.ts';
import { useYes } from './use-yes.ts';

/** Automatic failover on or off: the one switch that lets the control plane act by itself. It asks for what it was not when it was opened. */
export function FailoverAct({ pool, onClose }: ActProps) {
  const [on] = useState(!pool.automaticFailover);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const target = on ? targetOf(pool, refusal) : null;
  const yes = useYes(target);
  const act = useAct(async (_said: Said) => {
    try {
      return await poolsApi.set(pool.id, patchOf(on, yes.isGiven ? target : null));
    } catch (error) {
      setRefusal(refusalOf(error, pool));
      throw error;
    }
  });
  const isDone = act.state.kind === 'done';
  const word = on ? 'on' : 'off';
  return (
    <ActDialog
      title={`Switch automatic failover of ${pool.name} ${word}?`}
      lede={on ? 'From then on the records follow health.' : 'From then on a person moves the records.'}
      needsReason={false}
      keep={on ? 'Leave it off' : 'Keep it on'}
      verb={`Switch it ${word}`}
      blocked={blockedBy(pool.automaticFailover === on && !isDone, target !== null && !yes.isGiven, yes.isJustAsked)}
      act={act}
      done={(after) => (
        <>
          <p className="strong">
            Automatic failover of {after.name} is {word}.
          </p>
          {on && stopsOf(after).map((stop) => <p key={stop}>{stop}</p>)}
          {!on && <p>Members are watched and alerts are sent as before.</p>}
        </>
      )}
      onClose={onClose}
    >
      {on ? <FailoverOn pool={pool} target={target} yes={yes} /> : <FailoverOff pool={pool} />}
    </ActDialog>
  );
}

function blockedBy(isSoAlready: boolean, isUnconfirmed: boolean, isJustAsked: boolean): string | null {
  if (isSoAlready) return 'It was switched meanwhile; there is nothing to do.';
  if (isJustAsked) return 'What would move has just changed: look at it again.';
  return isUnconfirmed ? 'Say yes to the move first.' : null;
}
