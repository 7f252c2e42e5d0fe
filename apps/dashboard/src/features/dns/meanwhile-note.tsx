import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';

export interface MeanwhileNoteProps {
  /** What is stored otherwise by now, a line each. */
  readonly lines: readonly string[];
  readonly onTake: () => void;
  readonly onKeep: () => void;
}

/** Somebody else stored something while the form was open: nothing is saved before a person says whose it shall be. */
export function MeanwhileNote({ lines, onTake, onKeep }: MeanwhileNoteProps) {
  return (
    <Note shape="needs-you" alert>
      <b>Changed meanwhile, not by you here.</b> It is stored now with:
      <ul className="small mt-1">
        {lines.map((line) => (
          <li key={line} className="wrap-anywhere">
            {line}
          </li>
        ))}
      </ul>
      What you wrote is kept and not saved. “Keep mine” keeps it, and takes theirs where you wrote nothing.
      <div className="row mt-2">
        <Button size="tiny" onClick={onTake}>
          Take theirs
        </Button>
        <Button size="tiny" onClick={onKeep}>
          Keep mine
        </Button>
      </div>
    </Note>
  );
}
