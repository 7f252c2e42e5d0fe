import { Link, useRouter } from '@tanstack/react-router';
import { EmptyState, Problem } from '../ui/absent.tsx';
import { Button } from '../ui/button.tsx';
import { SignOutFailed, useSignOut } from './sign-out.tsx';

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
  const signOut = useSignOut(onLeave);
  return (
    <main className="page">
      <h1 className="vh">ServerCTL</h1>
      <SignOutFailed error={signOut.error} />
      <EmptyState title="You have no role in any pool">
        An administrator can give you one, everywhere or in single pools; then reload this page.
      </EmptyState>
      <Button onClick={() => signOut.mutate()} disabled={signOut.isPending}>
        Sign out
      </Button>
    </main>
  );
}
