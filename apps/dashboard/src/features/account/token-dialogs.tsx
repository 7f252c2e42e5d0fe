import type { MeView, TokenMade, TokenView } from '@serverctl/contract';
import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { peopleApi } from '../../lib/api/people.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Part } from '../../ui/dialog.tsx';
import { CheckField, SelectField, TextField } from '../../ui/field.tsx';
import { Note } from '../../ui/note.tsx';
import { When } from '../../ui/when.tsx';
import { givable, type Permission, permissionWords } from './permission-words.ts';
import { PoolChecks } from './place-fields.tsx';

interface TokenActProps {
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

const lengths = [
  { value: '7', word: '7 days' },
  { value: '30', word: '30 days' },
  { value: '90', word: '90 days' },
  { value: '366', word: '366 days' },
] as const;
const wheres = [
  { value: 'everywhere', word: 'Every pool that you may' },
  { value: 'pools', word: 'Some pools only' },
] as const;

export function MakeTokenDialog({ me, onChanged, onClose }: TokenActProps & { readonly me: MeView }) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly Permission[]>([]);
  const [pools, setPools] = useState<readonly string[] | null>(null);
  const [days, setDays] = useState<(typeof lengths)[number]['value']>('90');
  const offered = givable(me.permissions, pools !== null);
  const permissions = chosen.filter((one) => offered.includes(one));
  const act = useAct(
    () =>
      peopleApi.addToken({
        name: name.trim(),
        permissions,
        pools: pools === null ? null : [...pools],
        days: Number(days),
      }),
    onChanged,
  );
  const blocked =
    name.trim() === ''
      ? 'Say what it is for.'
      : permissions.length === 0
        ? 'Choose what it may.'
        : pools?.length === 0
          ? 'Choose a pool, or every one.'
          : null;
  return (
    <ActDialog
      title="Make an API token?"
      lede="It may no more than you, and no more than is chosen here."
      needsReason={false}
      keep="Make none"
      verb="Make the token"
      blocked={blocked}
      act={act}
      mustStay
      done={(made) => <Secret made={made} />}
      onClose={onClose}
    >
      <TextField
        {...{ label: 'Name', hint: 'What it is for, as the audit log will name it.', maxLength: 100, autoFocus: true }}
        value={name}
        onValue={setName}
      />
      <SelectField
        label="Where"
        value={pools === null ? 'everywhere' : 'pools'}
        choices={wheres}
        onValue={(where) => setPools(where === 'pools' ? [] : null)}
      />
      {pools !== null && <PoolChecks chosen={pools} onChosen={setPools} />}
      <fieldset className="checks">
        <legend>May</legend>
        {offered.map((one) => (
          <CheckField
            key={one}
            label={permissionWords[one].words}
            hint={<span className="mono">{one}</span>}
            checked={chosen.includes(one)}
            onChecked={(isOn) => setChosen(isOn ? [...chosen, one] : chosen.filter((other) => other !== one))}
          />
        ))}
      </fieldset>
      <SelectField label="It works for" value={days} choices={lengths} onValue={setDays} />
    </ActDialog>
  );
}

/** Shown this once: only a hash of it is kept. */
function Secret({ made: { secret, token } }: { readonly made: TokenMade }) {
  return (
    <div className="grid gap-4.5">
      <p>The token {token.name} is made. Its secret:</p>
      <div className="code">{secret}</div>
      <div className="row acc-acts">
        <CopyButton text={secret}>Copy the secret</CopyButton>
      </div>
      <Note shape="needs-you">
        <b>It is not shown again.</b> It works until <When at={token.expiresAt} />, as a bearer token or by{' '}
        <span className="mono">--token-file</span>.
      </Note>
    </div>
  );
}

export function RevokeTokenDialog({ token, onChanged, onClose }: TokenActProps & { readonly token: TokenView }) {
  const act = useAct(() => peopleApi.revokeToken(token.id), onChanged);
  return (
    <ActDialog
      title={`Revoke ${token.name}?`}
      lede={`Of ${token.owner}`}
      needsReason={false}
      keep="Keep it"
      verb={`Revoke ${token.name}`}
      destroys
      act={act}
      done={() => `Token ${token.name} is revoked.`}
      onClose={onClose}
    >
      <Part title="What it costs">
        <p>Whatever uses it is refused from now on.</p>
      </Part>
    </ActDialog>
  );
}
