import { leftActs, useLeftActs } from '../lib/act/left-acts.ts';
import { needsProof } from '../lib/act/use-act.ts';
import { Failure } from '../lib/failure.ts';
import { Button } from '../ui/button.tsx';
import { Note } from '../ui/note.tsx';

/** What came of acts whose dialog was closed while they worked. It stays until somebody has seen it. */
export function LeftActs() {
  const left = useLeftActs();
  return left.map(({ id, title, error }) => (
    <Note key={id} shape={error === null ? 'healthy' : 'lost'} alert>
      <div className="row between">
        <span className="wrap-anywhere">
          <b>{title}</b> {outcomeOf(error)}
        </span>
        <Button size="tiny" onClick={() => leftActs.seen(id)}>
          Seen
        </Button>
      </div>
    </Note>
  ));
}

function outcomeOf(error: unknown): string {
  if (error === null) return 'It was recorded; the events tell what came of it.';
  if (needsProof(error)) return 'Nothing was changed: it needs a new proof of who you are. Ask for it again.';
  return error instanceof Failure ? `${error.message} ${error.remedy}` : 'The page itself has failed here. Reload it.';
}
