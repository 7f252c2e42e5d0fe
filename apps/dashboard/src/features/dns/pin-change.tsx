import { RecordChange } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import { Fingerprint } from './fingerprint.tsx';
import { fingerprintRows } from './panel-draft.ts';
import { Fact } from './trial-report.tsx';

export interface PinChangeProps {
  /** The pin that is stored. */
  readonly before: string;
  readonly after: string;
  /** Whether `after` stands in the form and would be stored; else it is only what was shown. */
  readonly isWritten: boolean;
}

/**
 * What would be stored instead of the stored pin, or, where the form leaves that as it is, what is shown instead of it; null = neither. What
 * is shown is never told as what will be stored before a person trusts it.
 */
export function pinChange(stored: string | null, written: string | null, shown: string | null): PinChangeProps | null {
  if (stored === null) return null;
  if (written !== null && written !== stored) return { before: stored, after: written, isWritten: true };
  return shown === null || shown === stored ? null : { before: stored, after: shown, isWritten: false };
}

const title = 'Another certificate than the pinned one';

/** A pinned certificate beside another one, as after a renewal. */
export function PinChange({ before, after, isWritten }: PinChangeProps) {
  if (!isWritten)
    return (
      <Part title={title}>
        <dl className="facts pins">
          <Fact word="Pinned">
            <Fingerprint sha256={before} />
          </Fact>
          <Fact word="Shown now">
            <Fingerprint sha256={after} />
          </Fact>
        </dl>
      </Part>
    );
  return (
    <RecordChange
      title={title}
      lines={[
        { sign: '-', text: rowsOf(before), note: 'pinned until now' },
        { sign: '+', text: rowsOf(after), note: 'in this form, to be stored' },
      ]}
    />
  );
}

const rowsOf = (sha256: string): string => fingerprintRows(sha256).join('\n');
