import { leftActs, useLeftActs } from '../lib/act/left-acts.ts';
import { needsProof } from '../lib/act/use-act.ts';
import { refusalText } from '../lib/refusal.ts';
import { Button } from '../ui/button.tsx';
import { Note } from '../ui/note.tsx';

/** What came of acts whose dialog was closed while they worked. It stays until somebody has seen it. */
export function LeftActs() {
  const left = useLeftActs();
  return left.map(({ id, title, error, outcome }) => (
    <Note key={id} shape={error === null ? 'healthy' : 'lost'} alert>
      <div className="row between">
        <span className="wrap-anywhere">
          <b>{title}</b> {error === null ? (outcome ?? recorded) : failureOf(error)}
        </span>
        <Button size="tiny" onClick={() => leftActs.seen(id)}>
          Seen
        </Button>
      </div>
    </Note>
  ));
}

const recorded = 'It was recorded; the events tell what came of it.';

function failureOf(error: unknown): string {
  if (needsProof(error)) return 'Nothing was changed: it needs a new proof of who you are. Ask for it again.';
  return refusalText(error);
}
