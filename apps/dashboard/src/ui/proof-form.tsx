import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sessionApi } from '../lib/api/session.ts';
import { meQuery } from '../lib/queries.ts';
import { Button } from './button.tsx';
import { FailureNote } from './failure-note.tsx';
import { TextField } from './field.tsx';

export interface ProofFormProps {
  readonly onProven: () => void;
  readonly onBack: () => void;
}

/** A fresh proof of who one is, before what is dangerous (R39); it holds for ten minutes. */
export function ProofForm({ onProven, onBack }: ProofFormProps) {
  const { data: me } = useQuery(meQuery);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isAsking, setAsking] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsking(true);
    setError(null);
    const second = code.replaceAll(' ', '');
    const isCode = /^\d{6}$/.test(second);
    try {
      await sessionApi.stepUp({ password, ...(second !== '' && (isCode ? { code: second } : { recoveryCode: code })) });
      onProven();
    } catch (failure) {
      setError(failure);
      setCode('');
    } finally {
      setAsking(false);
    }
  };
  return (
    <form className="gate-form" onSubmit={(event) => void submit(event)}>
      <p className="dim">This needs a new proof of who you are. It holds for ten minutes.</p>
      {error !== null && <FailureNote error={error} />}
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        autoFocus
        value={password}
        onValue={setPassword}
      />
      {me?.twoFactor === true && (
        <TextField
          label="Authenticator code"
          hint="Six digits, or one of the recovery codes."
          className="mono"
          autoComplete="one-time-code"
          required
          value={code}
          onValue={setCode}
        />
      )}
      <div className="row">
        <Button onClick={onBack}>Back</Button>
        <Button type="submit" kind="prime" disabled={isAsking}>
          {isAsking ? 'Proving' : 'Prove it and go on'}
        </Button>
      </div>
    </form>
  );
}
