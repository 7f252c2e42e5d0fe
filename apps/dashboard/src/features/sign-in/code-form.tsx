import { type FormEvent, useEffect, useRef, useState } from 'react';
import { sessionApi } from '../../lib/api/session.ts';
import { longest } from '../../lib/longest.ts';
import { Button } from '../../ui/button.tsx';
import type { Proven } from './proven.ts';
import { SignInProblem } from './sign-in-problem.tsx';

export interface CodeFormProps {
  readonly proven: Proven;
  readonly onSignedIn: () => void;
  readonly onBack: () => void;
}

/** The second factor: the authenticator's six digits, or one of the recovery codes. */
export function CodeForm({ proven, onSignedIn, onBack }: CodeFormProps) {
  const field = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState('');
  const [byRecovery, setByRecovery] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isAsking, setAsking] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another kind of code is another field
  useEffect(() => field.current?.focus(), [byRecovery]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsking(true);
    setError(null);
    try {
      await sessionApi.signIn({
        ...proven,
        ...(byRecovery ? { recoveryCode: code } : { code: code.replaceAll(' ', '') }),
      });
      onSignedIn();
    } catch (failure) {
      setError(failure);
      setCode('');
    } finally {
      setAsking(false);
    }
  };
  const turn = () => {
    setByRecovery(!byRecovery);
    setCode('');
    setError(null);
  };
  return (
    <form className="gate-form" onSubmit={(event) => void submit(event)}>
      <SignInProblem error={error} />
      <div className="field">
        <label htmlFor="code">{byRecovery ? 'Recovery code' : 'Authenticator code'}</label>
        <input
          id="code"
          ref={field}
          key={byRecovery ? 'recovery' : 'authenticator'}
          className="input big mono"
          type="text"
          inputMode={byRecovery ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          maxLength={longest.recoveryCode}
          aria-describedby="code-hint"
          required
          value={code}
          onChange={({ target }) => setCode(target.value)}
        />
        <span id="code-hint" className="hint">
          {byRecovery ? 'Each works once, instead of a code.' : 'Six digits. Each works once.'}
        </span>
      </div>
      <Button type="submit" kind="prime" size="big" disabled={isAsking}>
        {isAsking ? 'Signing in' : 'Sign in'}
      </Button>
      <div className="row between">
        <Button kind="bare" onClick={turn}>
          {byRecovery ? 'Use the authenticator' : 'Use a recovery code'}
        </Button>
        <Button kind="bare" onClick={onBack}>
          Another account
        </Button>
      </div>
    </form>
  );
}
