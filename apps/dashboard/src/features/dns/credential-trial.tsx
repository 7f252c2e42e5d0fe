import type { CredentialView } from '@serverctl/contract';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Trying } from './trying.tsx';

export interface CredentialTrialProps {
  readonly credential: CredentialView;
  readonly onClose: () => void;
}

const types = [
  { value: 'A', word: 'A (IPv4)' },
  { value: 'AAAA', word: 'AAAA (IPv6)' },
] as const;

/** A try by a person’s hand, at any time: it changes nothing, here or there. */
export function CredentialTrial({ credential, onClose }: CredentialTrialProps) {
  const [first] = credential.preflight ?? [];
  const [zone, setZone] = useState(first?.zone ?? '');
  const [name, setName] = useState(first?.name ?? '');
  const [type, setType] = useState<'A' | 'AAAA'>('A');
  const isSaid = zone.trim() !== '' && name.trim() !== '';
  const inputs = isSaid ? [{ zone: zone.trim(), name: name.trim(), type }] : [];
  const foot = (
    <>
      <span className="small dim grow">It is tried as soon as typing stops.</span>
      <Button kind="prime" onClick={onClose}>
        Close
      </Button>
    </>
  );
  return (
    <Dialog
      title={`Try ${credential.name} in a zone`}
      lede="Reads the record and asks for leave to change it; changes nothing."
      foot={foot}
      onClose={onClose}
    >
      <div className="two">
        <TextField label="Zone" className="mono" autoFocus spellCheck={false} value={zone} onValue={setZone} />
        <SelectField label="Record" value={type} choices={types} onValue={setType} />
      </div>
      <TextField label="Name in it" className="mono" spellCheck={false} value={name} onValue={setName} />
      <Trying title="What it found" credentialId={credential.id} inputs={inputs} />
    </Dialog>
  );
}
