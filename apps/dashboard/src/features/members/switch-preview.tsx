import { Skeleton } from '../../ui/absent.tsx';
import { RecordChange } from '../../ui/act-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Note } from '../../ui/note.tsx';
import type { SwitchPreviewRead } from './use-switch-preview.ts';

/** What a switchover before the maintenance moves, name by name; or why there can be none. */
export function SwitchPreview({ preview: read }: { readonly preview: SwitchPreviewRead }) {
  const { preview, error, lines } = read;
  if (error !== null)
    return (
      <div className="grid gap-3">
        <FailureNote error={error} />
        <div>
          <Button size="tiny" onClick={read.again}>
            Look again
          </Button>
        </div>
      </div>
    );
  if (preview === undefined) return <Skeleton title="Looking who would take over" lines={3} />;
  if (preview === null) return <p className="dim">No record moves.</p>;
  const ttlSeconds = Math.max(0, ...preview.names.map((one) => one.ttlSeconds));
  const changed = lines.filter(({ isNew = false }) => isNew).map(({ text, note }) => `${text} ${note ?? ''}`);
  return (
    <div className="grid gap-3">
      <p>{preview.sentence}</p>
      <RecordChange lines={lines} />
      <div className="vh" role="status">
        {changed.length === 0 ? '' : `The preview changed: ${changed.join('; ')}`}
      </div>
      <p className="small dim">Clients may hold the old address for {ttlSeconds} s.</p>
      {[...new Set(preview.names.flatMap(({ warnings }) => warnings))].map((warning) => (
        <Note key={warning} shape="needs-you">
          {warning}
        </Note>
      ))}
    </div>
  );
}
