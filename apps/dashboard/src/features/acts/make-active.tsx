import { useQueryClient } from '@tanstack/react-query';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { activeOf, hostnameOf } from '../../lib/pool/names.ts';
import type { Said } from '../../ui/act-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { MoveDialog, type MoveWords } from './move-dialog.tsx';
import { useMove } from './use-move.ts';

/** `?act=make-active&member=ID`: the named member becomes active. */
export function MakeActive(props: ActProps) {
  const { pool, member, onClose } = props;
  const isMember = pool.status.members.some(({ id }) => id === member);
  if (member === undefined || !isMember)
    return (
      <Dialog title="Make a member active?" foot={<Button onClick={onClose}>Close</Button>} onClose={onClose}>
        <p>The pool has no such member. It may have been removed.</p>
      </Dialog>
    );
  return <Switchover {...props} key={member} to={member} untitled={`Make ${hostnameOf(pool, member)} active?`} />;
}

/** `?act=cut`: the next ready standby becomes active, whoever that is when it is previewed. */
export function Cut(props: ActProps) {
  return <Switchover {...props} to="next" untitled="Cut DNS to the next ready standby?" />;
}

function Switchover({ pool, to, untitled, onClose }: ActProps & { readonly to: string; readonly untitled: string }) {
  const queries = useQueryClient();
  const act = useAct(
    async ({ reason }: Said) => {
      const shown = move.preview;
      if (shown === undefined) throw new Error('confirmed without a preview');
      // What was previewed is what is confirmed. "next" stays next and is no named target: a pause or a maintenance since then binds it (R13).
      const target = to === 'next' ? { to, expectNext: shown.toMemberId } : { to: shown.toMemberId };
      const result = await poolsApi.promote(pool.id, { ...target, reason, confirmNotReady: !shown.ready });
      return result.promotion;
    },
    () => void queries.invalidateQueries({ queryKey: ['promotions', pool.id] }),
  );
  const ask = async () => (await poolsApi.promote(pool.id, { to, preview: true })).preview;
  // After the yes the pool changes by it: what was previewed is over.
  const isOn = act.state.kind !== 'done' && act.state.kind !== 'working';
  const move = useMove(pool, to, ask, isOn);
  return (
    <MoveDialog
      pool={pool}
      move={move}
      act={act}
      untitled={untitled}
      words={(_preview, hostname) => wordsOf(hostname, to === 'next')}
      onClose={onClose}
    />
  );

  function wordsOf(hostname: string, isNext: boolean): MoveWords {
    const active = activeOf(pool);
    return {
      title: isNext ? `Cut DNS to ${hostname}?` : `Make ${hostname} active?`,
      lede: `A switchover of ${pool.name}. Clients of its names are sent to the new address.`,
      keep: active === null ? 'Leave it as it is' : `Keep ${active.hostname}`,
      verb: `Make ${hostname} active`,
      doneTitle: `${hostname} becomes active`,
    };
  }
}
