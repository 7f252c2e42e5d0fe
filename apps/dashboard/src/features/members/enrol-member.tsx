import type { EnrolmentView, MemberStatus, PoolView } from '@serverctl/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { membersApi } from '../../lib/api/members.ts';
import { Problem, Skeleton } from '../../ui/absent.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Note } from '../../ui/note.tsx';
import { FormDialog } from './form-dialog.tsx';
import { Installing } from './installing.tsx';
import { NoSuchMember, useMember } from './kept-member.tsx';
import { membersQuery, progressQuery } from './queries.ts';

/** A new install line, also after a quarantine or the loss of a key. */
export function EnrolMember({ pool, member: ref, onClose }: ActProps) {
  const member = useMember(pool, ref);
  if (member === null) return <NoSuchMember onClose={onClose} />;
  return <Enrol pool={pool} member={member} onClose={onClose} />;
}

interface EnrolProps {
  readonly pool: PoolView;
  readonly member: MemberStatus;
  readonly onClose: () => void;
}

function Enrol({ pool, member, onClose }: EnrolProps) {
  const queries = useQueryClient();
  const progress = useQuery(progressQuery(pool.id, member.id, false));
  const act = useAct(
    (_: null): Promise<EnrolmentView> => membersApi.enrol(pool.id, member.id, {}),
    // What was seen of the line before is no step of this one.
    () => queries.removeQueries({ queryKey: progressQuery(pool.id, member.id, false).queryKey }),
  );
  if (act.state.kind === 'done')
    return <Line pool={pool} member={member} enrolment={act.state.result} onClose={onClose} onRenew={act.reset} />;
  const { line = null, key = null } = progress.data ?? {};
  const isOpen = line !== null && line.usedAt === null;
  return (
    <FormDialog
      title={`Make a new install line for ${member.hostname}?`}
      lede="For a host that lost its key, was set up anew, or shared its key with another one."
      keep="Keep it as it is"
      verb="Make a new install line"
      working="Making it"
      blocked={null}
      act={act}
      input={null}
      leftAs={`Make a new install line for ${member.hostname}? If it was made, its secret is gone: make another one.`}
      onClose={onClose}
    >
      <div className="grid gap-3">
        {isOpen && (
          <Note shape="needs-you">
            <b>The earlier secret is void from then on.</b> Whoever has that line needs the new one.
          </Note>
        )}
        {!isOpen && <p className="dim">An earlier secret, if there is one, is void from then on.</p>}
        {key !== null && (
          <p className="dim">Its present key keeps working until the host enrols anew; then that key is void.</p>
        )}
        {member.quarantined !== null && <p className="dim">Enrolling it anew ends the quarantine.</p>}
        {act.state.kind === 'failed' && <FailureNote error={act.state.error} />}
      </div>
    </FormDialog>
  );
}

interface LineProps extends EnrolProps {
  readonly enrolment: EnrolmentView;
  readonly onRenew: () => void;
}

function Line({ pool, member, enrolment, onClose, onRenew }: LineProps) {
  const members = useQuery(membersQuery(pool.id));
  const view = members.data?.find(({ id }) => id === member.id);
  if (view !== undefined)
    return (
      <Installing
        title={`Enrol ${member.hostname}`}
        pool={pool}
        member={view}
        enrolment={enrolment}
        onClose={onClose}
        another={null}
        renew={
          <Button size="tiny" onClick={onRenew}>
            New install line…
          </Button>
        }
      />
    );
  return (
    <Dialog title={`Enrol ${member.hostname}`} foot={null} onClose={onClose}>
      {members.isError ? (
        <Problem error={members.error} what="The member" onRetry={() => void members.refetch()} />
      ) : (
        <Skeleton title="Reading the member" />
      )}
    </Dialog>
  );
}
