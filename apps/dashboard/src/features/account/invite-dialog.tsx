import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { peopleApi } from '../../lib/api/people.ts';
import { grantsText } from '../../lib/role-words.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { OneTimeLink } from './one-time-link.tsx';
import { grantsOf, type Place, PlaceFields } from './place-fields.tsx';
import { usePoolNames } from './pool-names.ts';
import { invitationsQuery } from './queries.ts';

const lengths = [
  { value: '4', word: '4 hours' },
  { value: '48', word: '2 days' },
  { value: '168', word: '7 days' },
] as const;
type Hours = (typeof lengths)[number]['value'];

/** A link that one person can use once. We send no mail. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const nameOf = usePoolNames();
  const [email, setEmail] = useState('');
  const [place, setPlace] = useState<Place>({ role: 'viewer', poolIds: null });
  const [hours, setHours] = useState<Hours>('48');
  const act = useAct(
    () => peopleApi.invite({ email: email.trim(), grants: grantsOf(place), hours: Number(hours) }),
    () => void queries.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  );
  return (
    <ActDialog
      title="Invite somebody?"
      lede="Makes a link that one person can use once."
      needsReason={false}
      keep="Invite nobody"
      verb="Make the link"
      blocked={blockedBecause(email, place)}
      act={act}
      mustStay
      done={(made) => (
        <OneTimeLink
          done={`${made.invitation.email} is invited as ${grantsText(made.invitation.grants, nameOf)}.`}
          made={made}
        />
      )}
      onClose={onClose}
    >
      <TextField
        label="E-mail"
        hint="They will sign in with it. An older link for the same address is void."
        type="email"
        autoComplete="off"
        maxLength={254}
        autoFocus
        value={email}
        onValue={setEmail}
      />
      <PlaceFields place={place} onPlace={setPlace} />
      <SelectField label="The link works for" value={hours} choices={lengths} onValue={setHours} />
    </ActDialog>
  );
}

function blockedBecause(email: string, { poolIds }: Place): string | null {
  if (!/^[^\s@]+@[^\s@]+$/.test(email.trim())) return 'Give an e-mail address.';
  return poolIds?.length === 0 ? 'Choose a pool, or everywhere.' : null;
}
