import type { PoolView } from '@serverctl/contract';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { useFresh } from '../../lib/act/use-fresh.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { activeOf } from '../../lib/pool/names.ts';
import { ActDialog, type ChangeLine, RecordChange, type Said } from '../../ui/act-dialog.tsx';
import { type CostLine, Costs } from '../../ui/costs.tsx';
import { Progress } from './progress.tsx';

/** `?act=repair`: what somebody's hand wrote is undone (R21). */
export function Repair({ pool, onClose }: ActProps) {
  const act = useAct(({ reason }: Said) => poolsApi.repair(pool.id, { reason }));
  const changes = repairsOf(pool);
  const drifts = driftsOf(pool);
  const fresh = useFresh(act.state.kind === 'ready' ? [...changes, ...drifts].map(({ text }) => text) : []);
  const active = activeOf(pool)?.hostname ?? 'the active member';
  return (
    <ActDialog
      title={`Write ${active} into the records again?`}
      lede={`A repair of ${pool.name}: nobody else becomes active.`}
      needsReason
      reasonHint="Shown in the promotion and in the audit log."
      keep="Leave the records"
      verb="Repair the records"
      blocked={
        fresh.isJustNow ? 'The records changed just now.' : changes.length === 0 ? 'No record was changed.' : null
      }
      act={act}
      doneTitle="The records are repaired"
      done={({ promotion }) => <Progress pool={pool} promotion={promotion} />}
      onClose={onClose}
    >
      <RecordChange lines={changes.map((line) => ({ ...line, isNew: fresh.lines.has(line.text) }))} />
      <Costs
        title="What stands there"
        lines={[
          ...drifts,
          {
            key: 'lost',
            shape: 'needs-you',
            text: 'What somebody else wrote is written over. Adopt it instead if it was meant.',
          },
        ]}
      />
    </ActDialog>
  );
}

function repairsOf({ status }: PoolView): readonly ChangeLine[] {
  return status.bindings
    .filter(({ state }) => state === 'drift')
    .map(({ name, type, ttlSeconds, effectiveTtlSeconds, desiredAddress }) => ({
      sign: '+',
      text: `${name}  ${effectiveTtlSeconds ?? ttlSeconds}  ${type}  ${desiredAddress ?? 'no record'}`,
    }));
}

function driftsOf({ status }: PoolView): readonly CostLine[] {
  return status.bindings.flatMap(({ id, drift }) =>
    drift === null ? [] : [{ key: id, shape: 'needs-you' as const, text: drift.sentence }],
  );
}
