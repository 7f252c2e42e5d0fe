import type { BindingRemoved, PoolView } from '@serverctl/contract';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { dnsApi } from '../../lib/api/dns.ts';
import { ActDialog, RecordChange, type Said } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import { SelectField } from '../../ui/field.tsx';
import { NoSuchName } from './no-such-name.tsx';
import { type NameRecords, recordsByName } from './words.ts';

/** Management ends; the record stays as it is. */
export function RemoveName({ pool, name, onClose }: ActProps) {
  // As it was when the dialog was opened: what is removed is gone from the pool, and the result stays.
  const [named] = useState(() =>
    recordsByName(pool).find((one) => one.name === name || one.records.some(({ id }) => id === name)),
  );
  if (named === undefined) return <NoSuchName pool={pool} name={name} onClose={onClose} />;
  return <Form pool={pool} named={named} onClose={onClose} />;
}

const both = { value: 'both', word: 'Both of its records' };

function Form({ pool, named, onClose }: { pool: PoolView; named: NameRecords; onClose: () => void }) {
  const { name, records } = named;
  const [which, setWhich] = useState(both.value);
  const gone = records.filter(({ id }) => which === both.value || id === which);
  const stays = records.filter((one) => !gone.includes(one));
  const what = stays.length === 0 ? name : `The ${gone[0]?.type} record of ${name}`;
  const staysText = stays.map(({ type }) => ` Its ${type} record is managed on, alone.`).join('');
  const act = useAct<Said, BindingRemoved>(() => dnsApi.removeName(pool.id, which === both.value ? name : which));
  return (
    <ActDialog
      title={act.state.kind === 'done' ? name : `Stop managing ${name}?`}
      needsReason={false}
      typeName={name}
      keep="Go on managing it"
      verb="Stop managing it"
      destroys
      act={act}
      done={() => `${what} is no longer managed.${staysText}`}
      onClose={onClose}
    >
      {records.length > 1 && (
        <SelectField
          label="Which of its records"
          value={which}
          choices={[both, ...records.map(({ id, type }) => ({ value: id, word: `Only its ${type}` }))]}
          onValue={setWhich}
        />
      )}
      <RecordChange
        lines={records.map((one) => ({
          sign: ' ' as const,
          text: `${one.name}.  ${one.type}`,
          note: gone.includes(one) ? 'stays as it is, and follows nobody' : 'managed on',
        }))}
      />
      <Part title="What it costs">
        <p className="small">
          {what} will no longer follow {pool.name}; the record stays as it is, our mark is left beside it.{staysText}
        </p>
      </Part>
    </ActDialog>
  );
}
