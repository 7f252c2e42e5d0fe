import { Failure } from '../../lib/failure.ts';
import { Note } from '../../ui/note.tsx';
import { RefusedList } from '../../ui/refused-list.tsx';

/** The server's sentence, unchanged, and what to do. */
export function SignInProblem({ error }: { readonly error: unknown }) {
  if (error === null) return null;
  const known = error instanceof Failure ? error : null;
  const waits = known?.details['retryAfterSeconds'];
  return (
    <Note shape={known?.status === 0 ? 'unknown' : 'refused'} alert>
      <b>{known?.message ?? 'The page itself has failed here.'}</b> {known?.remedy ?? 'Reload it.'}
      {typeof waits === 'number' && ` Again in ${Math.ceil(waits)} s.`}
      <RefusedList error={error} />
    </Note>
  );
}
