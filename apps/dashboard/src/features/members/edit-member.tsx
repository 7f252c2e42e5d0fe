import type { MemberPatch, MemberView, PoolView } from '@serverctl/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { membersApi } from '../../lib/api/members.ts';
import { Failure } from '../../lib/failure.ts';
import { Problem, Skeleton } from '../../ui/absent.tsx';
import { type ChangeLine, RecordChange } from '../../ui/act-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Note } from '../../ui/note.tsx';
import { FormDialog } from './form-dialog.tsx';
import { NoSuchMember } from './kept-member.tsx';
import { MemberFields } from './member-fields.tsx';
import { formOf, patchOf } from './member-form.ts';
import { membersQuery } from './queries.ts';

/** What was set for a member, changed; only what is other than before is sent. */
export function EditMember({ pool, member: ref, onClose }: ActProps) {
  const members = useQuery(membersQuery(pool.id));
  // As it was when the form opened: what somebody else sets meanwhile is no change of ours.
  const [first, setFirst] = useState<MemberView | null>(null);
  const now = members.data?.find(({ id, hostname }) => id === ref || hostname === ref);
  if (first === null && now !== undefined) setFirst(now);
  if (first !== null) return <Edit pool={pool} view={first} onClose={onClose} />;
  if (members.data !== undefined) return <NoSuchMember onClose={onClose} />;
  return (
    <Dialog title="Change a member" foot={null} onClose={onClose}>
      {members.isError ? (
        <Problem error={members.error} what="The member" onRetry={() => void members.refetch()} />
      ) : (
        <Skeleton title="Reading the member" lines={6} />
      )}
    </Dialog>
  );
}

interface EditProps {
  readonly pool: PoolView;
  readonly view: MemberView;
  readonly onClose: () => void;
}

function Edit({ pool, view, onClose }: EditProps) {
  const queries = useQueryClient();
  const [form, setForm] = useState(() => formOf(view));
  const act = useAct(
    (patch: MemberPatch) => membersApi.set(pool.id, view.id, patch),
    () => void queries.invalidateQueries({ queryKey: membersQuery(pool.id).queryKey }),
  );
  if (act.state.kind === 'done') return <Done view={act.state.result} onClose={onClose} />;
  const error = act.state.kind === 'failed' ? act.state.error : null;
  const move = moveIn(error);
  const patch = patchOf(view, form);
  const blocked = Object.keys(patch).length === 0 ? 'Nothing is changed yet.' : null;
  const frame = { act, onClose, lede: 'It stays the same member, with its key and its history.' };
  if (move !== null)
    return (
      <FormDialog
        {...frame}
        title={`Move the records to ${view.hostname}’s new address?`}
        keep="Keep the address"
        verb="Move the records"
        working="Moving them"
        blocked={null}
        input={{ ...patch, confirmMove: true }}
      >
        <div className="grid gap-4.5">
          <Note shape="needs-you">{move.sentence}</Note>
          <RecordChange lines={move.lines} />
        </div>
      </FormDialog>
    );
  return (
    <FormDialog
      {...frame}
      title={`Change ${view.hostname}`}
      keep="Keep it as it is"
      verb="Save the changes"
      working="Saving"
      blocked={blocked}
      input={patch}
    >
      <MemberFields form={form} onForm={setForm} error={error} isNew={false} />
      {form.hostname !== view.hostname && (
        <p className="small dim mt-3">The old hostname is accepted for 10 more minutes.</p>
      )}
    </FormDialog>
  );
}

/** What the server says it would move, when it asks for a yes (R20). */
function moveIn(error: unknown): { readonly sentence: string; readonly lines: readonly ChangeLine[] } | null {
  if (!(error instanceof Failure) || error.code !== 'member_address_would_move') return null;
  const { from, to, names } = error.details as {
    readonly from?: string;
    readonly to?: string;
    readonly names?: string[];
  };
  const lines = (names ?? []).flatMap((name): ChangeLine[] => [
    { sign: '-', text: `${name} ${from ?? 'none'}` },
    { sign: '+', text: `${name} ${to ?? 'none'}` },
  ]);
  return { sentence: error.message, lines };
}

function Done({ view, onClose }: { readonly view: MemberView; readonly onClose: () => void }) {
  const foot = (
    <>
      <span className="grow" />
      <Button kind="prime" onClick={onClose}>
        Close
      </Button>
    </>
  );
  return (
    <Dialog title={`Change ${view.hostname}`} foot={foot} onClose={onClose}>
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
