import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Mark } from '../../ui/mark.tsx';
import { Note } from '../../ui/note.tsx';
import { CalmFact } from './calm-fact.tsx';
import { CodeForm } from './code-form.tsx';
import { PasswordForm } from './password-form.tsx';
import type { Proven } from './proven.ts';

const route = getRouteApi('/sign-in');

/** The gate: password, then a code where the account has an authenticator; then to where one was. */
export function SignInPage() {
  const { to = '/pools', ended } = route.useSearch();
  const [proven, setProven] = useState<Proven | null>(null);
  const queries = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    document.title = 'Sign in · ServerCTL';
  }, []);
  const enter = () => {
    queries.clear();
    router.history.push(to);
  };
  return (
    <main className="gate">
      <div className="gl">
        <div className="form">
          <div className="brand">
            <Mark size={28} />
            ServerCTL
          </div>
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
            <PasswordForm onSignedIn={enter} onCodeNeeded={setProven} />
          ) : (
            <CodeForm proven={proven} onSignedIn={enter} onBack={() => setProven(null)} />
          )}
          <p className="tiny dimmer">
            Forgotten? An administrator can send you a new link, or run{' '}
            <span className="mono">serverctl admin reset</span> on the control plane.
          </p>
        </div>
      </div>
      <CalmFact />
    </main>
  );
}
