import type { BindingInput } from '@serverctl/contract';
import { Failure } from '../../lib/failure.ts';
import { Part } from '../../ui/dialog.tsx';
import { CheckField } from '../../ui/field.tsx';
import { Warnings } from './trial-report.tsx';

/** What stands at a name that is not ours, as the refusal showed it, and the marks that a yes is for (R21). */
export interface Stands {
  readonly sentences: readonly string[];
  readonly marks: Pick<BindingInput, 'expectMark' | 'expectMarkAaaa'>;
}

/** Null for any other refusal: what nobody was shown nobody can say yes to. */
export function readStands(error: unknown): Stands | null {
  if (!(error instanceof Failure) || !['record_not_ours', 'dns_foreign_mark'].includes(error.code)) return null;
  const { stands, mark, markAaaa } = error.details;
  if (!Array.isArray(stands) || stands.length === 0) return null;
  return {
    sentences: stands.map(String),
    marks: { expectMark: textOf(mark), ...(markAaaa !== undefined && { expectMarkAaaa: textOf(markAaaa) }) },
  };
}

const textOf = (mark: unknown): string | null => (typeof mark === 'string' ? mark : null);

export interface TakeOverProps {
  readonly stands: Stands;
  readonly isYes: boolean;
  readonly onYes: (isYes: boolean) => void;
}

/** The explicit yes. When another mark stands there by the time it comes, nothing changes. */
export function TakeOver({ stands, isYes, onYes }: TakeOverProps) {
  return (
    <Part title="It is not ours">
      <div className="grid gap-3">
        <Warnings warnings={stands.sentences} />
        <CheckField label="Write the active member’s address over it" checked={isYes} onChecked={onYes} />
      </div>
    </Part>
  );
}
