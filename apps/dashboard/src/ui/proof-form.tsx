import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useStale } from '../lib/act/use-stale.ts';
import { sessionApi } from '../lib/api/session.ts';
import { longest } from '../lib/longest.ts';
import { meQuery } from '../lib/queries.ts';
import { Button } from './button.tsx';
import { FailureNote } from './failure-note.tsx';
import { TextField } from './field.tsx';

export interface ProofFormProps {
  readonly onProven: () => void;
  readonly onBack: () => void;
  /** Why what it is for cannot be done now; null = it can. A page that is not live can do nothing. */
  readonly blocked?: string | null;
  /** In place of `onProven` where it cannot be done once the proof was given; left out, it is as back. */
  readonly onBlocked?: () => void;
}

/** A fresh proof of who one is, before what is dangerous (R39); it holds for ten minutes. */
export function ProofForm(props: ProofFormProps) {
  const { onBack } = props;
  const goOn = useGoOn(props);
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
      goOn();
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
        maxLength={longest.password}
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
          maxLength={longest.recoveryCode}
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

/** By what is so when the proof has come, which may take a while: nothing goes on where it was left meanwhile, or where it cannot be done any more. */
function useGoOn({ onProven, onBack, blocked = null, onBlocked = onBack }: ProofFormProps): () => void {
  const stale = useStale();
  const then = useRef(onProven);
  then.current = (stale ?? blocked) === null ? onProven : onBlocked;
  const isHere = useRef(false);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  return () => isHere.current && then.current();
}
