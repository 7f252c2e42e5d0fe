import { type FormEvent, useState } from 'react';
import { sessionApi } from '../../lib/api/session.ts';
import { Failure } from '../../lib/failure.ts';
import { longest } from '../../lib/longest.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import type { Proven } from './proven.ts';
import { SignInProblem } from './sign-in-problem.tsx';

export interface PasswordFormProps {
  /** Of whom is known who comes: from a link that was just used. */
  readonly email?: string;
  readonly onSignedIn: () => void;
  readonly onCodeNeeded: (proven: Proven) => void;
}

export function PasswordForm({ email: given, onSignedIn, onCodeNeeded }: PasswordFormProps) {
  const [email, setEmail] = useState(given ?? '');
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
      <TextField
        label="E-mail"
        type="email"
        big
        autoComplete="username"
        maxLength={longest.email}
        required
        value={email}
        onValue={setEmail}
      />
      <TextField
        label="Password"
        type="password"
        big
        autoComplete="current-password"
        maxLength={longest.password}
        required
        autoFocus={given !== undefined}
        value={password}
        onValue={setPassword}
      />
      <Button type="submit" kind="prime" size="big" disabled={isAsking}>
        {isAsking ? 'Signing in' : 'Sign in'}
      </Button>
    </form>
  );
}
