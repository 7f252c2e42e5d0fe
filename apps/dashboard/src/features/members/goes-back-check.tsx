import type { MemberView, PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { CheckField } from '../../ui/field.tsx';
import { goesBackBy, type Ordered, ordersRecords, yesTo } from './goes-back.ts';
import { membersQuery } from './queries.ts';

interface GoesBackCheck {
  readonly check: ReactNode;
  /** Why the form cannot be sent; null = it can. */
  readonly lack: string | null;
  /** What is sent with it: the yes that was given. */
  readonly yes: Partial<ReturnType<typeof yesTo>>;
}

const none: GoesBackCheck = { check: null, lack: null, yes: {} };

/** A yes to the records that a priority in a form moves later (R12), and why the form cannot be sent without it. `change` is null where the form changes none. */
export function useGoesBackCheck(
  pool: PoolView,
  change: ((members: readonly MemberView[]) => readonly Ordered[]) | null,
): GoesBackCheck {
  const { data: members } = useQuery(membersQuery(pool.id));
  // The sentence that was agreed to: another one is another move.
  const [agreed, setAgreed] = useState<string | null>(null);
  if (change === null || !ordersRecords(pool)) return none;
  if (members === undefined) return { ...none, lack: 'The order of the others is not read yet.' };
  const goesBack = goesBackBy(pool, members, change(members));
  if (goesBack === null) return none;
  const { sentence } = goesBack;
  const check = (
    <div className="mt-3">
      <CheckField
        label={sentence}
        hint="This priority puts it before the active member. Tick this if that is meant."
        checked={agreed === sentence}
        onChecked={(isAgreed) => setAgreed(isAgreed ? sentence : null)}
      />
    </div>
  );
  if (agreed !== sentence) return { check, lack: 'It moves records: say yes to that.', yes: {} };
  return { check, lack: null, yes: yesTo(goesBack) };
}
