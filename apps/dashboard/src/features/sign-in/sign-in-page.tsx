import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter, useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import { useTitle } from '../../lib/use-title.ts';
import { CalmFact } from '../../ui/calm-fact.tsx';
import { Gate } from '../../ui/gate.tsx';
import { Note } from '../../ui/note.tsx';
import { CodeForm } from './code-form.tsx';
import { PasswordForm } from './password-form.tsx';
import type { Proven } from './proven.ts';

const route = getRouteApi('/sign-in');

/** The gate: password, then a code where the account has an authenticator; then to where one was. */
export function SignInPage() {
  const { to = '/pools', ended } = route.useSearch();
  const email = useRouterState({ select: ({ location }) => location.state.email });
  const [proven, setProven] = useState<Proven | null>(null);
  const queries = useQueryClient();
  const router = useRouter();
  useTitle('Sign in');
  const enter = () => {
    queries.clear();
    router.history.push(to);
  };
  return (
    <Gate fact={<CalmFact />}>
      <div>
        <h1>Sign in</h1>
        <p className="lede">
          to <span className="mono">{location.host}</span>
        </p>
      </div>
      {ended === true && proven === null && (
        <Note shape="unknown">Your session has ended. Sign in, and you are back where you were.</Note>
      )}
      {proven === null ? (
        <PasswordForm onSignedIn={enter} onCodeNeeded={setProven} {...(email !== undefined && { email })} />
      ) : (
        <CodeForm proven={proven} onSignedIn={enter} onBack={() => setProven(null)} />
      )}
      <p className="tiny dimmer">
        Forgotten? An administrator can send you a new link, or run <span className="mono">serverctl admin reset</span>{' '}
        on the control plane.
      </p>
      <p className="tiny dimmer">
        Nobody has an account yet? The first administrator comes by the setup link: on the control plane’s host{' '}
        <span className="mono">serverctl admin setup-link</span> makes one.
      </p>
    </Gate>
  );
}
