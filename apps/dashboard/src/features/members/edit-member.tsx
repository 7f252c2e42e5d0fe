import type { MemberPatch, MemberView, PoolView } from '@serverctl/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { type Act, useAct } from '../../lib/act/use-act.ts';
import { membersApi } from '../../lib/api/members.ts';
import { Failure } from '../../lib/failure.ts';
import { Problem, Skeleton } from '../../ui/absent.tsx';
import { type ChangeLine, RecordChange } from '../../ui/act-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { CloseFoot, Dialog } from '../../ui/dialog.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Note } from '../../ui/note.tsx';
import { FormDialog } from './form-dialog.tsx';
import { withPriorities } from './goes-back.ts';
import { useGoesBackCheck } from './goes-back-check.tsx';
import { NoSuchMember } from './kept-member.tsx';
import { MemberFields } from './member-fields.tsx';
import { formOf, lackIn, listsChanged, patchOf } from './member-form.ts';
import { membersQuery, memberToChangeQuery } from './queries.ts';
import { useFaults } from './use-faults.ts';
import { useQuiet } from './use-quiet.ts';

/** What was set for a member, changed; only what is other than before is sent. */
export function EditMember({ pool, member: ref = '', onClose }: ActProps) {
  // Read as it opens: what a cache still has may be from before what somebody else set.
  const read = useQuery(memberToChangeQuery(pool.id, ref));
  if (read.data !== undefined) return <Edit pool={pool} first={read.data} onClose={onClose} />;
  if (read.error instanceof Failure && read.error.code === 'member_not_found')
    return <NoSuchMember onClose={onClose} />;
  return (
    <Dialog title="Change a member" foot={null} onClose={onClose}>
      {read.isError ? (
        <Problem error={read.error} what="The member" onRetry={() => void read.refetch()} />
      ) : (
        <Skeleton title="Reading the member" lines={6} />
      )}
    </Dialog>
  );
}

interface EditProps {
  readonly pool: PoolView;
  /** As it was when the form opened: what somebody else sets meanwhile is no change of ours. */
  readonly first: MemberView;
  readonly onClose: () => void;
}

function Edit({ pool, first, onClose }: EditProps) {
  const queries = useQueryClient();
  const [view, setView] = useState(first);
  const [form, setForm] = useState(() => formOf(first));
  const [asked, setAsked] = useState<Failure | null>(null);
  const { faults, act } = useFaults(
    form,
    useAct(
      (patch: MemberPatch) => setUnlessChanged(pool.id, view, patch),
      () => void queries.invalidateQueries({ queryKey: membersQuery(pool.id).queryKey }),
    ),
  );
  const error = act.state.kind === 'failed' ? act.state.error : null;
  // Held until it is answered: while it moves, and after a refusal for another reason, it is still what is asked.
  if (isMoveAsked(error) && error !== asked) setAsked(error);
  const patch = patchOf(view, form);
  const { priority } = patch;
  const goesBack = useGoesBackCheck(
    pool,
    priority === undefined ? null : (members) => withPriorities(members, [{ id: view.id, priority }]),
  );
  if (act.state.kind === 'done') return <Done view={act.state.result} onClose={onClose} />;
  const frame = { act, onClose, lede: 'It stays the same member, with its key and its history.' };
  const back = () => {
    setAsked(null);
    act.reset();
  };
  const input = { ...patch, ...goesBack.yes };
  if (asked !== null) return <MoveAsked {...frame} view={view} asked={asked} patch={input} onKeep={back} />;
  const takeLists = ({ details }: Failure) => {
    const now = { ...view, ...(details as Pick<MemberView, 'allowedEgress' | 'units'>) };
    setView(now);
    setForm({ ...form, egress: formOf(now).egress, units: formOf(now).units });
    act.reset();
  };
  const nothing = Object.keys(patch).length === 0 ? 'Nothing is changed yet.' : null;
  return (
    <FormDialog
      {...frame}
      title={`Change ${view.hostname}`}
      keep="Keep it as it is"
      verb="Save the changes"
      working="Saving"
      blocked={lackIn(form) ?? nothing ?? goesBack.lack}
      input={input}
    >
      <MemberFields form={form} onForm={setForm} error={error} faults={faults} isNew={false} />
      {isChangedMeanwhile(error) && (
        <p className="mt-3">
          <Button size="tiny" onClick={() => takeLists(error)}>
            Take the lists as they are now
          </Button>
        </p>
      )}
      {goesBack.check}
      {form.hostname !== view.hostname && (
        <p className="small dim mt-3">The old hostname is accepted for 10 more minutes.</p>
      )}
    </FormDialog>
  );
}

interface MoveAskedProps {
  readonly act: Act<MemberPatch, MemberView>;
  readonly lede: string;
  readonly view: MemberView;
  /** What the server answered: from where to where, and which names. */
  readonly asked: Failure;
  readonly patch: MemberPatch;
  readonly onKeep: () => void;
  readonly onClose: () => void;
}

/** The second step where the active member's address is changed: what moves, and a yes to that (R20). */
function MoveAsked({ view, asked, patch, act, ...frame }: MoveAskedProps) {
  const isQuiet = useQuiet(asked);
  const { state } = act;
  return (
    <FormDialog
      {...frame}
      act={act}
      title={`Move the records to ${view.hostname}’s new address?`}
      keep="Back to the form"
      verb="Move the records"
      working="Moving them"
      blocked={isQuiet ? 'Look at what moves first.' : null}
      input={{ ...patch, confirmMove: true }}
    >
      <div className="grid gap-4.5">
        <Note shape="needs-you">{asked.message}</Note>
        <RecordChange lines={movesIn(asked)} />
        {state.kind === 'failed' && state.error !== asked && <FailureNote error={state.error} />}
      </div>
    </FormDialog>
  );
}

/** A list that is sent whole is sent only upon the one that the person saw. */
async function setUnlessChanged(poolId: string, view: MemberView, patch: MemberPatch): Promise<MemberView> {
  if (patch.allowedEgress !== undefined || patch.units !== undefined) {
    const now = await membersApi.get(poolId, view.id, new AbortController().signal);
    const changed = listsChanged(patch, view, now);
    if (changed.length > 0) throw changedMeanwhile(changed, now);
  }
  return membersApi.set(poolId, view.id, patch);
}

const changedMeanwhile = (lists: readonly string[], now: MemberView): Failure =>
  new Failure(
    {
      code: 'list_changed_meanwhile',
      message: `Somebody else changed this meanwhile; nothing was set. It is now ${lists.join('; ')}.`,
      remedy: 'Take it as it is now, then make your change to it.',
      details: { allowedEgress: now.allowedEgress, units: now.units },
      requestId: '',
    },
    409,
  );
const isChangedMeanwhile = (error: unknown): error is Failure =>
  error instanceof Failure && error.code === 'list_changed_meanwhile';

/** The server asks for a yes, since records would move (R20). */
const isMoveAsked = (error: unknown): error is Failure =>
  error instanceof Failure && error.code === 'member_address_would_move';

function movesIn({ details }: Failure): readonly ChangeLine[] {
  const { from, to, names } = details as {
    readonly from?: string;
    readonly to?: string;
    readonly names?: string[];
  };
  return (names ?? []).flatMap((name): ChangeLine[] => [
    { sign: '-', text: `${name} ${from ?? 'none'}` },
    { sign: '+', text: `${name} ${to ?? 'none'}` },
  ]);
}

function Done({ view, onClose }: { readonly view: MemberView; readonly onClose: () => void }) {
  return (
    <Dialog title={`Change ${view.hostname}`} foot={<CloseFoot onClose={onClose} />} onClose={onClose}>
      <div role="status" className="grid gap-3">
        <p>These are the settings of {view.hostname} now.</p>
        {view.warnings.map((warning) => (
          <Note key={warning} shape="needs-you">
            {warning}
          </Note>
        ))}
      </div>
    </Dialog>
  );
}
