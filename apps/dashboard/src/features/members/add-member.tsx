import type { MemberInput } from '@serverctl/contract';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { membersApi } from '../../lib/api/members.ts';
import { ActLink } from '../../ui/act-link.tsx';
import { Button } from '../../ui/button.tsx';
import { FormDialog } from './form-dialog.tsx';
import { newMemberId } from './goes-back.ts';
import { useGoesBackCheck } from './goes-back-check.tsx';
import { Installing } from './installing.tsx';
import { MemberFields } from './member-fields.tsx';
import { emptyForm, inputOf, lackIn } from './member-form.ts';
import { useFaults } from './use-faults.ts';

/** A host to add, then its install line, and what we see of it. */
export function AddMember(props: ActProps) {
  const [turn, setTurn] = useState(0);
  return <AddOne key={turn} {...props} onAnother={() => setTurn(turn + 1)} />;
}

function AddOne({ pool, onClose, onAnother }: ActProps & { readonly onAnother: () => void }) {
  const [form, setForm] = useState(() => emptyForm(pool));
  const name = form.hostname.trim();
  // A new one may be put before the active member, too.
  const added = { id: newMemberId, hostname: name, priority: Number(form.priority) };
  const goesBack = useGoesBackCheck(pool, (members) => [...members, added]);
  const { faults, act } = useFaults(
    form,
    useAct((input: MemberInput) => membersApi.add(pool.id, input)),
  );
  if (act.state.kind === 'done') {
    const { member, enrolment } = act.state.result;
    return (
      <Installing
        title={`Add ${member.hostname}`}
        pool={pool}
        member={member}
        enrolment={enrolment}
        onClose={onClose}
        another={<Button onClick={onAnother}>Add another</Button>}
        renew={
          <ActLink act="enrol-member" member={member.id} size="tiny">
            New install line…
          </ActLink>
        }
      />
    );
  }
  return (
    <FormDialog
      title={`Add a member to ${pool.name}`}
      lede="A Linux host that this pool can send clients to. You get a line to run on it."
      keep="Cancel"
      verb={name === '' ? 'Add member' : `Add ${name.length > 30 ? 'member' : name}`}
      working="Adding it"
      blocked={lackIn(form) ?? goesBack.lack}
      act={act}
      input={{ ...inputOf(form), ...goesBack.yes }}
      leftAs={`Add ${name} to ${pool.name}? If it was added, its secret is gone: make it a new install line.`}
      onClose={onClose}
    >
      <MemberFields
        form={form}
        onForm={setForm}
        error={act.state.kind === 'failed' ? act.state.error : null}
        faults={faults}
        isNew
      />
      {goesBack.check}
    </FormDialog>
  );
}
