import { RecordChange } from '../../ui/act-dialog.tsx';
import { fingerprintRows } from './panel-draft.ts';

/** A pinned certificate beside the one that takes its place, as after a renewal. */
export function PinChange({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <RecordChange
      title="Another certificate than the pinned one"
      lines={[
        { sign: '-', text: rowsOf(before), note: 'pinned until now' },
        { sign: '+', text: rowsOf(after), note: 'instead of it' },
      ]}
    />
  );
}

const rowsOf = (sha256: string): string => fingerprintRows(sha256).join('\n');
