import { useQueryClient } from '@tanstack/react-query';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import type { Said } from '../../ui/act-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { useMove } from './use-move.ts';

/** `?act=repair`: what somebody's hand wrote is undone (R21). */
export function Repair({ pool, onClose }: ActProps) {
  const queries = useQueryClient();
  const act = useAct(
    async ({ reason }: Said) => {
      const shown = move.preview;
      if (shown === undefined) throw new Error('confirmed without a preview');
      // Whose address was shown is whose is written: another member may be active by now.
      return (await poolsApi.repair(pool.id, { reason, expect: shown.toMemberId })).promotion;
    },
    () => void queries.invalidateQueries({ queryKey: ['promotions', pool.id] }),
  );
  const ask = async () => (await poolsApi.repair(pool.id, { preview: true })).preview;
  const isOn = act.state.kind !== 'done' && act.state.kind !== 'working';
  const move = useMove(pool, 'repair', ask, isOn);
  return (
    <MoveDialog
      pool={pool}
      move={move}
      act={act}
      untitled="Repair the changed records?"
      words={(_preview, hostname) => ({
        title: `Write ${hostname} into the records again?`,
        lede: `A repair of ${pool.name}: nobody else becomes active.`,
        keep: 'Leave the records',
        verb: 'Repair the records',
        doneTitle: 'The repair is recorded',
      })}
      also={[
        {
          key: 'lost',
          shape: 'needs-you',
          text: 'What somebody else wrote is written over. Adopt it instead if it was meant.',
        },
      ]}
      onClose={onClose}
    />
  );
}
