import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { Failure } from '../../lib/failure.ts';
import { nextOf } from '../../lib/pool/names.ts';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { FailoverOff } from './failover-off.tsx';
import { FailoverOn } from './failover-on.tsx';
import { movesNowFrom, stopsOf } from './failover-words.ts';

/** Automatic failover on or off: the one switch that lets the control plane act by itself. It asks for what it was not when it was opened. */
export function FailoverAct({ pool, onClose }: ActProps) {
  const [on] = useState(!pool.automaticFailover);
  const [isConfirmed, setConfirmed] = useState(false);
  const act = useAct((_said: Said) =>
    poolsApi.set(pool.id, { automaticFailover: on, ...(on && isConfirmed && { confirmMove: true }) }),
  );
  const refusal = act.state.kind === 'failed' ? wouldMove(act.state.error) : null;
  const movesNow = on && (movesNowFrom(pool) !== null || refusal !== null || isConfirmed);
  const to = refusal?.to ?? nextOf(pool)?.hostname ?? null;
  const isDone = act.state.kind === 'done';
  const word = on ? 'on' : 'off';
  return (
    <ActDialog
      title={`Switch automatic failover of ${pool.name} ${word}?`}
      lede={on ? 'From then on the records follow health.' : 'From then on a person moves the records.'}
      needsReason={false}
      keep={on ? 'Leave it off' : 'Keep it on'}
      verb={`Switch it ${word}`}
      blocked={blockedBy(pool.automaticFailover === on && !isDone, movesNow && !isConfirmed)}
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
      {on ? (
        <FailoverOn pool={pool} movesNow={movesNow} to={to} isConfirmed={isConfirmed} onConfirmed={setConfirmed} />
      ) : (
        <FailoverOff pool={pool} />
      )}
    </ActDialog>
  );
}

function blockedBy(isSoAlready: boolean, isUnconfirmed: boolean): string | null {
  if (isSoAlready) return 'It was switched meanwhile; there is nothing to do.';
  return isUnconfirmed ? 'Say yes to the move first.' : null;
}

/** The server's word that it would move at once, and where to; null = it said something else. */
function wouldMove(error: unknown): { readonly to: string | null } | null {
  if (!(error instanceof Failure) || error.code !== 'failover_would_move_now') return null;
  const { to } = error.details;
  return { to: typeof to === 'string' ? to : null };
}
