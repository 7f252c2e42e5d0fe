import { Failure } from '../lib/failure.ts';
import { Note } from './note.tsx';
import { RefusedList } from './refused-list.tsx';

export interface FailureNoteProps {
  readonly error: unknown;
  /** Who shows it tells its details below, in better words. */
  readonly isDetailed?: boolean;
}

/** Why an act did not happen, in the server's words, and what to do; in place, unchanged (DESIGN.md, section 10). */
export function FailureNote({ error, isDetailed = false }: FailureNoteProps) {
  const failure = error instanceof Failure ? error : null;
  return (
    <Note shape={failure?.status === 403 ? 'refused' : 'lost'} alert>
      <b>{failure?.message ?? 'The page itself has failed here.'}</b> {failure?.remedy ?? 'Reload it.'}
      {!isDetailed && <RefusedList error={error} />}
      {failure?.requestId != null && (
        <div className="tiny dimmer">
          In the server’s log: <span className="mono">{failure.requestId}</span>
        </div>
      )}
    </Note>
  );
}
