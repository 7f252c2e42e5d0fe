import { useMutation } from '@tanstack/react-query';
import { sessionApi } from '../lib/api/session.ts';
import { Note } from '../ui/note.tsx';
import { signOutWords } from './sign-out-words.ts';

/** Signs out; `onLeft` also where the session was over already. */
export function useSignOut(onLeft: () => unknown) {
  return useMutation({
    mutationFn: sessionApi.signOut,
    onSuccess: onLeft,
    onError: (error) => signOutWords(error) === null && onLeft(),
  });
}

/** What is the case where signing out failed. */
export function SignOutFailed({ error }: { readonly error: Error | null }) {
  const words = error === null ? null : signOutWords(error);
  if (error === null || words === null) return null;
  return (
    <Note shape="needs-you" alert>
      <b>{words}</b> {error.message}
    </Note>
  );
}
