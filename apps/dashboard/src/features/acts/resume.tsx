import type { PoolResumed } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { Failure } from '../../lib/failure.ts';
import { activeOf } from '../../lib/pool/names.ts';
import { Problem, Skeleton } from '../../ui/absent.tsx';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { Progress } from './progress.tsx';
import { Choice, type RecordChoice, Stands } from './resume-records.tsx';

/** `?act=resume`: every record is read first; where two sides claim one, a person says which is right (R21, R25). */
export function Resume({ pool, onClose }: ActProps) {
  /** Said of the member that it was shown with: with another one it has to be said anew. */
  const [choice, setChoice] = useState<{ readonly record: RecordChoice; readonly member: string | null } | null>(null);
  const act = useAct(
    ({ reason }: Said): Promise<PoolResumed> =>
      poolsApi.resume(pool.id, {
        reason,
        // What was shown is what is confirmed: another mark may stand there by now, or another member's address under it.
        expectMarks: (read.data?.records ?? []).map(({ name, type, mark }) => ({ name, type, mark })),
        ...(isDisputed && chosen !== null && { record: chosen }),
        ...(isDisputed && expected !== null && { expect: expected }),
        ...(typeName !== null && { confirmNotReady: true }),
      }),
  );
  const kind = act.state.kind;
  const isOver = kind === 'done' || kind === 'working';
  const pausedSince = pool.paused?.since;
  const read = useQuery<PoolResumed>({
    queryKey: ['resume', pool.id, pausedSince],
    queryFn: () => poolsApi.resume(pool.id, { preview: true }),
    enabled: pausedSince !== undefined && !isOver,
    staleTime: 0,
    gcTime: 0,
  });
  const records = read.data?.records ?? [];
  const isDisputed = records.some(({ disputed }) => disputed !== null);
  const named = pool.status.members.find(({ id }) => id === read.data?.named) ?? null;
  const memberOf = (record: RecordChoice) => (record === 'keep' ? pool.activeMemberId : (named?.id ?? null));
  const chosen = choice !== null && choice.member === memberOf(choice.record) ? choice.record : null;
  const expected = chosen === null ? null : memberOf(chosen);
  const adopted = isDisputed && chosen === 'adopt' ? named : null;
  const typeName = adopted !== null && !adopted.ready ? adopted.hostname : null;
  return (
    <ActDialog
      title={`Resume ${pool.name}?`}
      {...(pool.paused !== null && { lede: pool.paused.sentence })}
      needsReason
      typeName={typeName}
      keep="Leave it paused"
      verb={`Resume ${pool.name}`}
      blocked={isOver ? null : lackOf()}
      act={act}
      doneTitle={`${pool.name} is resumed`}
      done={({ promotion }) =>
        promotion === null ? <p>Its records follow health again.</p> : <Progress pool={pool} promotion={promotion} />
      }
      onClose={onClose}
    >
      {read.isPending && pausedSince !== undefined && <Skeleton title="Reading what stands at each name" lines={4} />}
      {read.isError && (
        <Problem error={read.error} what="What stands at each name" onRetry={() => void read.refetch()} />
      )}
      {read.data !== undefined && <Stands pool={pool} records={records} />}
      {isDisputed && (
        <Choice
          chosen={chosen}
          active={activeOf(pool)?.hostname ?? null}
          adopted={named}
          onChoose={(record) => setChoice({ record, member: memberOf(record) })}
        />
      )}
      {isChanged(act.state) && (
        <button type="button" className="btn" onClick={() => void read.refetch().then(act.reset)}>
          Read the records again
        </button>
      )}
    </ActDialog>
  );

  function lackOf(): string | null {
    if (pool.paused === null) return 'The pool is not paused.';
    if (read.isPending) return 'The records are being read.';
    if (read.data === undefined) return 'The records could not be read.';
    return isDisputed && chosen === null ? 'Say who is right.' : null;
  }
}

/** The records are not those that were shown: nothing was changed, and they have to be looked at anew. */
const isChanged = (state: { readonly kind: string; readonly error?: unknown }): boolean =>
  state.kind === 'failed' &&
  state.error instanceof Failure &&
  ['pool_changed', 'resume_needs_choice', 'target_not_ready'].includes(state.error.code);
