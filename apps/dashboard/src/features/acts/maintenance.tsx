import type { PoolView } from '@serverctl/contract';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { minutesError, minutesIn } from '../../lib/pool/maintenance-minutes.ts';
import { activeOf } from '../../lib/pool/names.ts';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { Costs } from '../../ui/costs.tsx';
import { Part } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { When } from '../../ui/when.tsx';
import { useMinute } from './use-minute.ts';

const minuteMs = 60_000;
/** Lengths that are chosen often; anything else is typed. */
const presets = [
  { minutes: 30, word: '30 min' },
  { minutes: 60, word: '1 h' },
  { minutes: 120, word: '2 h' },
  { minutes: 240, word: '4 h' },
  { minutes: 1_440, word: '1 d' },
] as const;

/** `?act=maintenance`: nothing moves by itself until it ends, which it does by itself; asked again, it is extended or shortened (R13). */
export function Maintenance({ pool, onClose }: ActProps) {
  const [chosen, setChosen] = useState('60');
  const [typed, setTyped] = useState('');
  const minutes = chosen === 'other' ? minutesIn(typed) : Number(chosen);
  const { store } = useLiveStore();
  useMinute();
  const act = useAct(({ reason }: Said) => {
    if (minutes === null) throw new Error('confirmed without a length');
    return poolsApi.maintain(pool.id, { minutes, reason });
  });
  const isLonger = pool.maintenance !== null;
  const verb = isLonger ? 'Set the new end' : 'Begin maintenance';
  return (
    <ActDialog
      title={isLonger ? `Extend the maintenance of ${pool.name}?` : `Begin a maintenance of ${pool.name}?`}
      lede="Of the whole pool: it is seen, and not acted on."
      needsReason
      keep={isLonger ? 'Leave it as it is' : 'No maintenance'}
      verb={verb}
      blocked={minutes === null ? 'Say for how long.' : null}
      act={act}
      doneTitle={`${pool.name} is in maintenance`}
      done={({ maintenance }) => (
        <p>
          Until {maintenance !== null && <When at={maintenance.until} className="strong nowrap" />}: nothing moves by
          itself. It can be extended or ended from the note on the pool’s pages.
        </p>
      )}
      onClose={onClose}
    >
      <Part title="For how long">
        <Segments
          label="For how long"
          chosen={chosen}
          onChoose={setChosen}
          choices={[
            ...presets.map((one) => ({ value: String(one.minutes), word: one.word })),
            { value: 'other', word: 'Other' },
          ]}
        />
        {chosen === 'other' && (
          <div className="mt-3">
            <TextField
              label="Minutes"
              inputMode="numeric"
              autoFocus
              value={typed}
              error={minutesError(typed)}
              hint="From now."
              onValue={setTyped}
            />
          </div>
        )}
        <p className="small mt-2">
          {minutes === null ? (
            'It ends by itself.'
          ) : (
            <>
              Ends by itself on{' '}
              <When at={new Date(store.serverNowMs() + minutes * minuteMs).toISOString()} className="strong nowrap" />
              {pool.maintenance !== null && (
                <>
                  ; until now <When at={pool.maintenance.until} className="strong nowrap" />
                </>
              )}
              .
            </>
          )}
        </p>
      </Part>
      <Costs lines={costsOf(pool)} />
    </ActDialog>
  );
}

function costsOf(pool: PoolView) {
  const active = activeOf(pool);
  return [
    {
      key: 'still',
      shape: 'needs-you' as const,
      text:
        active === null
          ? 'Nothing moves by itself until it ends.'
          : `If ${active.hostname} fails meanwhile, its records stay with it: no failover until it ends.`,
    },
    {
      key: 'hand',
      shape: 'not-applicable' as const,
      text: 'Making a named member active by hand still works. Ten minutes before its end people are told.',
    },
  ];
}

/** `?act=end-maintenance`: before its time. */
export function EndMaintenance({ pool, onClose }: ActProps) {
  const act = useAct(() => poolsApi.endMaintenance(pool.id));
  const { maintenance } = pool;
  return (
    <ActDialog
      title={`End the maintenance of ${pool.name}?`}
      {...(maintenance !== null && {
        lede: (
          <>
            It would end by itself on <When at={maintenance.until} className="strong nowrap" />.
          </>
        ),
      })}
      needsReason={false}
      keep="Leave it on"
      verb="End the maintenance"
      blocked={maintenance === null && act.state.kind === 'ready' ? 'The pool is not in maintenance.' : null}
      act={act}
      doneTitle="The maintenance is over"
      done={() => <p>The records of {pool.name} follow health again, as far as nothing else holds them.</p>}
      onClose={onClose}
    >
      <Costs
        lines={[
          {
            key: 'zero',
            shape: 'not-applicable',
            text: 'Silence is counted from zero: a member that is silent now counts as lost after the whole failover delay,',
            value: `${pool.failoverDelaySeconds} s`,
            after: '.',
          },
        ]}
      />
    </ActDialog>
  );
}
