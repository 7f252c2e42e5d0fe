import { useQueryClient } from '@tanstack/react-query';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { activeOf } from '../../lib/pool/names.ts';
import type { Said } from '../../ui/act-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { useMove } from './use-move.ts';

/** `?act=adopt`: the member that the changed records name becomes active (R21). */
export function Adopt({ pool, onClose }: ActProps) {
  const queries = useQueryClient();
  const act = useAct(
    async ({ reason }: Said) => {
      const shown = move.preview;
      if (shown === undefined) throw new Error('confirmed without a preview');
      // What was previewed is what is confirmed: the records may name another member by now.
      const asked = { reason, expect: shown.toMemberId, confirmNotReady: !shown.ready };
      return (await poolsApi.adopt(pool.id, asked)).promotion;
    },
    () => void queries.invalidateQueries({ queryKey: ['promotions', pool.id] }),
  );
  const ask = async () => (await poolsApi.adopt(pool.id, { preview: true })).preview;
  const isOn = act.state.kind !== 'done' && act.state.kind !== 'working';
  const move = useMove(pool, 'adopt', ask, isOn);
  const active = activeOf(pool);
  return (
    <MoveDialog
      pool={pool}
      move={move}
      act={act}
      untitled="Adopt the changed records?"
      words={(_preview, hostname) => ({
        title: `Adopt ${hostname}, as the records say?`,
        lede: `The pool follows these records from now on; clients of ${pool.name} see no change.`,
        keep: active === null ? 'Leave it as it is' : `Keep ${active.hostname}`,
        verb: `Adopt ${hostname}`,
        doneTitle: `${hostname} becomes active`,
      })}
      onClose={onClose}
    />
  );
}
