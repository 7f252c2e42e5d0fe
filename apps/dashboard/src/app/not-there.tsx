import { useMutation } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { sessionApi } from '../lib/api/session.ts';
import { needsSignIn } from '../lib/failure.ts';
import { EmptyState, Problem } from '../ui/absent.tsx';
import { Button } from '../ui/button.tsx';
import { Note } from '../ui/note.tsx';

export function NotFound() {
  return (
    <main className="page">
      <h1 className="vh">Not found</h1>
      <EmptyState title="There is no such page">
        The address may be from another release, or what it showed is gone. <Link to="/pools">All pools</Link>
      </EmptyState>
    </main>
  );
}

export function LoadFailed({ error }: { readonly error: unknown }) {
  const router = useRouter();
  return (
    <main className="page">
      <h1 className="vh">ServerCTL</h1>
      <Problem error={error} what="The page" onRetry={() => void router.invalidate()} />
    </main>
  );
}

/** Signed in, and no role in any pool. */
export function NothingToRead({ onLeave }: { readonly onLeave: () => void }) {
  const signOut = useMutation({
    mutationFn: sessionApi.signOut,
    onSuccess: onLeave,
    onError(error) {
      if (needsSignIn(error)) onLeave();
    },
  });
  const isRefused = signOut.error !== null && !needsSignIn(signOut.error);
  return (
    <main className="page">
      <h1 className="vh">ServerCTL</h1>
      {isRefused && (
        <Note shape="needs-you" alert>
          <b>You are still signed in.</b> {signOut.error.message}
        </Note>
      )}
      <EmptyState title="You have no role in any pool">
        An administrator can give you one, everywhere or in single pools; then reload this page.
      </EmptyState>
      <Button onClick={() => signOut.mutate()} disabled={signOut.isPending}>
        Sign out
      </Button>
    </main>
  );
}
