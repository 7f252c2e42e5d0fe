import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { Costs } from '../../ui/costs.tsx';
import { WhatHappened } from './what-happened.tsx';

/** `?act=pause`: only a switchover that names its target acts, until a person resumes it (R13). */
export function Pause({ pool, onClose }: ActProps) {
  const act = useAct(({ reason }: Said) => poolsApi.pause(pool.id, { reason }));
  return (
    <ActDialog
      title={`Pause ${pool.name}?`}
      needsReason
      keep="Leave it running"
      verb={`Pause ${pool.name}`}
      blocked={pool.paused !== null && act.state.kind === 'ready' ? 'The pool is paused already.' : null}
      act={act}
      doneTitle={`${pool.name} is paused`}
      done={() => <p>Nothing moves or is written by itself until a person resumes it, from the note on its pages.</p>}
      onClose={onClose}
    >
      <Costs
        lines={[
          {
            key: 'nothing',
            shape: 'needs-you',
            text: 'No failover, and no repair of a changed record, until a person resumes it. It does not end by itself.',
          },
          {
            key: 'hand',
            shape: 'not-applicable',
            text: 'Making a named member active still moves its records. Members are watched on, and people are told.',
          },
          {
            key: 'end',
            shape: 'not-applicable',
            text: 'For work with a known end take a maintenance, which ends by itself.',
          },
        ]}
      />
    </ActDialog>
  );
}

/** `?act=ack`: a person has looked at what held the pool (R11). */
export function Ack({ pool, onClose }: ActProps) {
  const act = useAct(({ reason }: Said) => poolsApi.ack(pool.id, { reason }));
  return (
    <ActDialog
      title={`Acknowledge the failovers of ${pool.name}?`}
      lede="Held: it moved so often in a short time that it waits for a person."
      needsReason
      keep="Leave it held"
      verb="Acknowledge"
      blocked={!pool.held && act.state.kind === 'ready' ? 'The pool is not held.' : null}
      act={act}
      doneTitle="Acknowledged"
      done={() => <p>{pool.name} may fail over by itself again.</p>}
      onClose={onClose}
    >
      <WhatHappened pool={pool} />
      <Costs
        lines={[
          {
            key: 'again',
            shape: 'needs-you',
            text: 'It fails over by itself again, at once where its active member is in trouble. The limit is counted from zero.',
          },
        ]}
      />
    </ActDialog>
  );
}
