import { type FormEvent, useState } from 'react';
import { sessionApi } from '../../lib/api/session.ts';
import { Failure } from '../../lib/failure.ts';
import { Button } from '../../ui/button.tsx';
import type { Proven } from './proven.ts';
import { SignInProblem } from './sign-in-problem.tsx';

export interface PasswordFormProps {
  readonly onSignedIn: () => void;
  readonly onCodeNeeded: (proven: Proven) => void;
}

export function PasswordForm({ onSignedIn, onCodeNeeded }: PasswordFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isAsking, setAsking] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsking(true);
    setError(null);
    try {
      await sessionApi.signIn({ email, password });
      onSignedIn();
    } catch (failure) {
      if (failure instanceof Failure && failure.code === 'second_factor_required') onCodeNeeded({ email, password });
      else setError(failure);
    } finally {
      setAsking(false);
    }
  };
  return (
    <form className="gate-form" onSubmit={(event) => void submit(event)}>
      <SignInProblem error={error} />
      <div className="field">
        <label htmlFor="email">E-mail</label>
        <input
          id="email"
          className="input big"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="password">Password</label>
        <input
          id="password"
          className="input big"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      </div>
      <Button type="submit" kind="prime" size="big" disabled={isAsking}>
        {isAsking ? 'Signing in' : 'Sign in'}
      </Button>
    </form>
  );
}
