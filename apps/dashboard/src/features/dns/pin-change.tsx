import { RecordChange } from '../../ui/act-dialog.tsx';
import { pairsText } from './panel-draft.ts';

/** A pinned certificate beside the one that takes its place, as after a renewal. */
export function PinChange({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <RecordChange
      title="Another certificate than the pinned one"
      lines={[
        { sign: '-', text: pairsText(before), note: 'pinned until now' },
        { sign: '+', text: pairsText(after), note: 'instead of it' },
      ]}
    />
  );
}
